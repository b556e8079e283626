package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.codec.BodyDecoder;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.kubelet.KubeletLogs;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.resource.DeleteOptions;
import dev.cocolab.apiserver.resource.ResourceService;
import dev.cocolab.apiserver.resource.ResourceWriter.Part;
import dev.cocolab.apiserver.resource.Target;
import dev.cocolab.apiserver.resource.WriteOptions;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Reason;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests about parts of objects: status, approval, scale, log, binding, eviction, finalize,
 * token.
 */
final class SubresourceHandler {
  private static final Set<String> UNSUPPORTED = Set.of("proxy", "ephemeralcontainers");

  private final ResourceService service;
  private final ResourceHandler objects;
  private final BodyDecoder decoder;
  private final Rendering rendering;
  private final KubeletLogs logs;
  private final StreamHandler streams;
  private final TokenHandler tokens;
  private final TransientBody bodies;

  SubresourceHandler(
      ResourceService service,
      ResourceHandler objects,
      BodyDecoder decoder,
      Rendering rendering,
      KubeletLogs logs,
      StreamHandler streams,
      TokenHandler tokens,
      TransientBody bodies) {
    this.service = service;
    this.objects = objects;
    this.decoder = decoder;
    this.rendering = rendering;
    this.logs = logs;
    this.streams = streams;
    this.tokens = tokens;
    this.bodies = bodies;
  }

  void handle(Exchange exchange, Target target, String subresource, String method) {
    ResourceType type = target.type();
    if (subresource.equals("status") && type.status()) {
      part(exchange, target, method, Part.STATUS);
    } else if (subresource.equals("approval")
        && type.is("certificates.k8s.io", "certificatesigningrequests")) {
      part(exchange, target, method, Part.APPROVAL);
    } else if (subresource.equals("scale") && type.scale().isPresent()) {
      scale(exchange, target, method);
    } else if (type.is("", "pods") && StreamHandler.answers(subresource)) {
      streams.handle(exchange, target, subresource);
    } else if (type.is("", "pods") && UNSUPPORTED.contains(subresource)) {
      throw ApiException.of(
          Reason.METHOD_NOT_ALLOWED, "pods/" + subresource + " is not supported by this server");
    } else {
      String route = method + " " + type.storageName() + "/" + subresource;
      switch (route) {
        case "GET pods/log" ->
            logs.answer(
                service.reader().get(target),
                exchange.request().params(),
                exchange.request().response(),
                failure -> Exchange.refuse(exchange.request(), failure));
        case "POST pods/binding" -> {
          service
              .subresources()
              .bind(target, bodies.read(exchange, "core/v1.Binding"), options(exchange));
          exchange.answer(201, success());
        }
        case "POST pods/eviction" -> {
          JsonNode options = bodies.read(exchange, "policy/v1.Eviction").path("deleteOptions");
          service.remover().delete(target, exchange.query().delete(DeleteOptions.parse(options)));
          exchange.answer(201, success());
        }
        case "PUT namespaces/finalize" ->
            exchange.answer(
                200,
                service
                    .subresources()
                    .finalizeNamespace(
                        target,
                        decoder.decode(exchange.contentType(), exchange.body()),
                        options(exchange)));
        case "POST serviceaccounts/token" ->
            exchange.answer(
                201, tokens.issue(target, bodies.read(exchange, "authentication/v1.TokenRequest")));
        default -> {
          if (type.custom().isPresent()) {
            throw ApiException.notFound(type.about(target.name()));
          }
          boolean known =
              Set.of("log", "binding", "eviction", "finalize", "token").contains(subresource);
          throw known ? ApiException.methodNotAllowed() : ApiException.unknownPath();
        }
      }
    }
  }

  private static WriteOptions options(Exchange exchange) {
    return exchange.query().write(exchange::warn);
  }

  private static ObjectNode success() {
    ObjectNode status = Trees.object().put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    return status.put("status", "Success").put("code", 201);
  }

  private void part(Exchange exchange, Target target, String method, Part part) {
    switch (method) {
      case "GET" ->
          exchange.answer(
              200, rendering.single(exchange, target.type(), service.reader().get(target)));
      case "PUT" -> objects.replace(exchange, target, part);
      case "PATCH" -> objects.patch(exchange, target, part);
      default -> throw ApiException.methodNotAllowed();
    }
  }

  private void scale(Exchange exchange, Target target, String method) {
    switch (method) {
      case "GET" -> exchange.answer(200, service.subresources().scale(target));
      case "PUT" -> {
        ObjectNode wanted = bodies.read(exchange, "autoscaling/v1.Scale");
        exchange.answer(
            200, service.subresources().changeScale(target, scale -> wanted, options(exchange)));
      }
      case "PATCH" ->
          exchange.answer(
              200,
              service
                  .patches()
                  .patchScale(
                      service.subresources(),
                      target,
                      BodyDecoder.mediaType(exchange.contentType()),
                      exchange.body(),
                      options(exchange)));
      default -> throw ApiException.methodNotAllowed();
    }
  }
}
