package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.http.Accept.Form;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.resource.ResourceReader.Page;
import dev.cocolab.apiserver.table.TableRenderer;
import java.util.List;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the parts of an answer look like in the form that the client wants. */
final class Rendering {
  private final TableRenderer tables;

  Rendering(TableRenderer tables) {
    this.tables = tables;
  }

  ObjectNode single(Exchange exchange, ResourceType type, ObjectNode object) {
    return switch (exchange.accept().form()) {
      case OBJECT -> object;
      case TABLE ->
          tables.table(
              type,
              List.of(object),
              Trees.textOrEmpty(object, "metadata", "resourceVersion"),
              exchange.query().text("includeObject"));
      case METADATA -> metadata(object);
    };
  }

  ObjectNode list(Exchange exchange, ResourceType type, Page page) {
    Form form = exchange.accept().form();
    if (form == Form.TABLE) {
      ObjectNode table =
          tables.table(
              type,
              page.objects(),
              Long.toString(page.revision()),
              exchange.query().text("includeObject"));
      paging(Trees.child(table, "metadata"), page);
      return table;
    }
    boolean partial = form == Form.METADATA;
    ObjectNode list =
        Trees.object()
            .put("kind", partial ? "PartialObjectMetadataList" : type.listKind())
            .put("apiVersion", partial ? "meta.k8s.io/v1" : type.apiVersion());
    ObjectNode metadata =
        list.putObject("metadata").put("resourceVersion", Long.toString(page.revision()));
    paging(metadata, page);
    ArrayNode items = list.putArray("items");
    for (ObjectNode object : page.objects()) {
      items.add(partial ? metadata(object) : item(type, object));
    }
    return list;
  }

  /** What a built-in list holds is said once, by the list. */
  private static ObjectNode item(ResourceType type, ObjectNode object) {
    if (type.custom().isPresent()) {
      return object;
    }
    ObjectNode item = Trees.object();
    item.setAll(object);
    item.remove(List.of("kind", "apiVersion"));
    return item;
  }

  private static void paging(ObjectNode metadata, Page page) {
    if (!page.continueToken().isEmpty()) {
      metadata.put("continue", page.continueToken());
    }
    page.remaining().ifPresent(count -> metadata.put("remainingItemCount", count));
  }

  static ObjectNode metadata(ObjectNode object) {
    ObjectNode partial =
        Trees.object().put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
    partial.set("metadata", object.path("metadata"));
    return partial;
  }

  /** How the objects of a watch's events look; a Table has its columns in the first event only. */
  UnaryOperator<ObjectNode> events(Exchange exchange, ResourceType type) {
    Form form = exchange.accept().form();
    if (form == Form.METADATA) {
      return Rendering::metadata;
    }
    return form == Form.TABLE
        ? tables.events(type, exchange.query().text("includeObject"))
        : UnaryOperator.identity();
  }
}
