package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.codec.BodyDecoder;
import dev.cocolab.apiserver.codec.DecodedBody;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.resource.Applies;
import dev.cocolab.apiserver.resource.Applies.Applied;
import dev.cocolab.apiserver.resource.Author;
import dev.cocolab.apiserver.resource.DeleteOptions;
import dev.cocolab.apiserver.resource.ResourceReader.Page;
import dev.cocolab.apiserver.resource.ResourceRemover.Deleted;
import dev.cocolab.apiserver.resource.ResourceService;
import dev.cocolab.apiserver.resource.ResourceWriter.Part;
import dev.cocolab.apiserver.resource.Target;
import dev.cocolab.apiserver.resource.WriteOptions;
import dev.cocolab.apiserver.status.ApiException;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Requests about objects themselves: methods to service calls, results to answers. */
final class ResourceHandler {
  /** Kinds whose deletion answers with the object instead of a Status. */
  private static final Set<String> ANSWER_WITH_OBJECT =
      Set.of("pods", "services", "serviceaccounts");

  private final ResourceService service;
  private final BodyDecoder decoder;
  private final Rendering rendering;
  private final WatchHandler watches;
  private final WriteChecks checks;
  private final TransientBody bodies;

  ResourceHandler(
      ResourceService service,
      BodyDecoder decoder,
      Rendering rendering,
      WatchHandler watches,
      WriteChecks checks,
      TransientBody bodies) {
    this.service = service;
    this.decoder = decoder;
    this.rendering = rendering;
    this.watches = watches;
    this.checks = checks;
    this.bodies = bodies;
  }

  void handle(Exchange exchange, Target target, String method) {
    boolean collection = target.name().isEmpty();
    if (!method.equals("GET")) {
      requireAnswerable(exchange);
    }
    switch (method) {
      case "GET" -> {
        if (exchange.query().flag("watch")) {
          watches.handle(exchange, target);
        } else if (collection) {
          list(exchange, target);
        } else {
          exchange.answer(
              200, rendering.single(exchange, target.type(), service.reader().get(target)));
        }
      }
      case "POST" -> {
        require(collection);
        if (target.type().namespaced() && target.namespace().isEmpty()) {
          throw ApiException.methodNotAllowed();
        }
        exchange.answer(
            201,
            rendering.single(
                exchange,
                target.type(),
                service.writer().create(target, decode(exchange), writeOptions(exchange))));
      }
      case "PUT" -> {
        require(!collection);
        replace(exchange, target, Part.MAIN);
      }
      case "PATCH" -> {
        require(!collection);
        patch(exchange, target, Part.MAIN);
      }
      case "DELETE" -> {
        if (collection) {
          deleteCollection(exchange, target);
        } else {
          delete(exchange, target);
        }
      }
      default -> throw ApiException.methodNotAllowed();
    }
  }

  /** Throws 406 when no form can be given: nothing is written that cannot be answered. */
  private static void requireAnswerable(Exchange exchange) {
    exchange.accept().form();
  }

  private static void require(boolean allowed) {
    if (!allowed) {
      throw ApiException.methodNotAllowed();
    }
  }

  private WriteOptions writeOptions(Exchange exchange) {
    return exchange
        .query()
        .write(exchange::warn)
        .guardedBy(checks.of(exchange.user()))
        .by(author(exchange.user()));
  }

  private static Author author(User user) {
    return new Author(user.name(), user.uid(), user.groups(), user.extra());
  }

  private DecodedBody decode(Exchange exchange) {
    return decoder.decode(exchange.contentType(), exchange.body());
  }

  void replace(Exchange exchange, Target target, Part part) {
    requireAnswerable(exchange);
    ObjectNode after =
        service.writer().replace(target, part, decode(exchange), writeOptions(exchange));
    exchange.answer(200, rendering.single(exchange, target.type(), after));
  }

  void patch(Exchange exchange, Target target, Part part) {
    requireAnswerable(exchange);
    String mediaType = BodyDecoder.mediaType(exchange.contentType());
    if (mediaType.equals(Applies.MEDIA_TYPE)) {
      Applied applied =
          service
              .applies()
              .apply(
                  target,
                  part,
                  exchange.body(),
                  exchange
                      .query()
                      .write(exchange::warn, true)
                      .guardedBy(checks.ofApply(exchange.user()))
                      .by(author(exchange.user())));
      exchange.answer(
          applied.created() ? 201 : 200,
          rendering.single(exchange, target.type(), applied.object()));
      return;
    }
    ObjectNode after =
        service.patches().patch(target, part, mediaType, exchange.body(), writeOptions(exchange));
    exchange.answer(200, rendering.single(exchange, target.type(), after));
  }

  private void list(Exchange exchange, Target target) {
    ResourceType type = target.type();
    Page page = service.reader().list(type, target.namespace(), exchange.query().list(type));
    exchange.answer(200, rendering.list(exchange, type, page));
  }

  private DeleteOptions deleteOptions(Exchange exchange) {
    if (exchange.body().length == 0) {
      return exchange.query().delete(DeleteOptions.parse(Trees.object()));
    }
    return exchange
        .query()
        .delete(DeleteOptions.parse(bodies.read(exchange, "meta/v1.DeleteOptions")));
  }

  private void delete(Exchange exchange, Target target) {
    Deleted deleted = service.remover().delete(target, deleteOptions(exchange));
    ResourceType type = target.type();
    if (!deleted.gone() || ANSWER_WITH_OBJECT.contains(type.storageName())) {
      exchange.answer(200, rendering.single(exchange, type, deleted.object()));
      return;
    }
    ObjectNode status = Trees.object().put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Success");
    ObjectNode details = status.putObject("details").put("name", target.name());
    if (!type.group().isEmpty()) {
      details.put("group", type.group());
    }
    details
        .put("kind", type.plural())
        .put("uid", Trees.textOrEmpty(deleted.object(), "metadata", "uid"));
    exchange.answer(200, status);
  }

  private void deleteCollection(Exchange exchange, Target target) {
    ResourceType type = target.type();
    if ((type.namespaced() && target.namespace().isEmpty()) || type.is("", "namespaces")) {
      throw ApiException.methodNotAllowed();
    }
    Page page =
        service
            .remover()
            .deleteCollection(
                type, target.namespace(), exchange.query().list(type), deleteOptions(exchange));
    exchange.answer(200, rendering.list(exchange, type, page));
  }
}
