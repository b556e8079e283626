package dev.cocolab.apiserver.schema;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.schema.TypeShape.Elements;
import dev.cocolab.apiserver.schema.TypeShape.Fields;
import dev.cocolab.apiserver.schema.TypeShape.Items;
import dev.cocolab.apiserver.schema.TypeShape.Primitive;
import dev.cocolab.apiserver.schema.TypeShape.Scalar;
import dev.cocolab.apiserver.schema.TypeShape.Unknown;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Shapes of custom kinds, from the schemas of their definitions: {@code x-kubernetes-list-type},
 * {@code -list-map-keys}, {@code -map-type}, {@code -preserve-unknown-fields}, {@code
 * -int-or-string}, {@code -embedded-resource}.
 */
public final class CustomShapes {
  private static final String METADATA = "meta/v1.ObjectMeta";

  private final BuiltInShapes builtIn;

  public CustomShapes(BuiltInShapes builtIn) {
    this.builtIn = builtIn;
  }

  /** Shape of a whole object with the given {@code openAPIV3Schema}. */
  public TypeShape object(JsonNode schema) {
    return resource(schema);
  }

  private TypeShape resource(JsonNode schema) {
    Fields plain = fields(schema);
    return new Fields(
        plain.atomic(),
        name ->
            switch (name) {
              case "kind", "apiVersion" -> Optional.of(BuiltInShapes.STRING);
              case "metadata" -> Optional.of(builtIn.structure(METADATA, false));
              default -> plain.declared().apply(name);
            },
        plain.others());
  }

  private Fields fields(JsonNode schema) {
    JsonNode properties = schema.path("properties");
    JsonNode additional = schema.path("additionalProperties");
    boolean open =
        schema.path("x-kubernetes-preserve-unknown-fields").booleanValue(false)
            || additional.booleanValue(false)
            || (!properties.isObject() && !additional.isObject());
    return new Fields(
        Trees.textOrEmpty(schema, "x-kubernetes-map-type").equals("atomic"),
        name -> properties.has(name) ? Optional.of(shape(properties.path(name))) : Optional.empty(),
        () -> {
          if (additional.isObject()) {
            return Optional.of(shape(additional));
          }
          return open ? Optional.of(new Unknown()) : Optional.empty();
        });
  }

  private TypeShape shape(JsonNode schema) {
    if (schema.path("x-kubernetes-int-or-string").booleanValue(false)) {
      return new Scalar(Primitive.ANY);
    }
    return switch (Trees.textOrEmpty(schema, "type")) {
      case "string" -> BuiltInShapes.STRING;
      case "integer", "number" -> new Scalar(Primitive.NUMBER);
      case "boolean" -> new Scalar(Primitive.BOOLEAN);
      case "array" -> items(schema);
      case "object" ->
          schema.path("x-kubernetes-embedded-resource").booleanValue(false)
              ? resource(schema)
              : fields(schema);
      default -> new Unknown();
    };
  }

  private TypeShape items(JsonNode schema) {
    JsonNode element = schema.path("items");
    Elements elements =
        switch (Trees.textOrEmpty(schema, "x-kubernetes-list-type")) {
          case "map" -> Elements.KEYED;
          case "set" -> Elements.SET;
          default -> Elements.ATOMIC;
        };
    return new Items(
        elements,
        Trees.texts(schema, "x-kubernetes-list-map-keys"),
        key -> element.path("properties").path(key).path("default").asString(""),
        () -> shape(element));
  }
}
