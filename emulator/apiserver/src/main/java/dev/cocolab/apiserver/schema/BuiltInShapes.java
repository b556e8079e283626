package dev.cocolab.apiserver.schema;

import dev.cocolab.apiserver.schema.MessageType.Field;
import dev.cocolab.apiserver.schema.MessageType.FieldType;
import dev.cocolab.apiserver.schema.MessageType.Ownership;
import dev.cocolab.apiserver.schema.TypeShape.Elements;
import dev.cocolab.apiserver.schema.TypeShape.Fields;
import dev.cocolab.apiserver.schema.TypeShape.Items;
import dev.cocolab.apiserver.schema.TypeShape.Primitive;
import dev.cocolab.apiserver.schema.TypeShape.Scalar;
import dev.cocolab.apiserver.schema.TypeShape.Unknown;
import java.util.List;
import java.util.Optional;

/** Shapes of the built-in kinds, from the table of API types. */
public final class BuiltInShapes {
  static final TypeShape STRING = new Scalar(Primitive.STRING);
  private static final Ownership NONE = new Ownership(List.of(), false, false, "");

  private final ApiTypes types;

  public BuiltInShapes(ApiTypes types) {
    this.types = types;
  }

  /** Shape of a whole object, for example of {@code core/v1.Pod}. */
  public TypeShape object(String structure) {
    MessageType type = types.message(structure);
    return new Fields(
        type.atomic(),
        name ->
            name.equals("kind") || name.equals("apiVersion")
                ? Optional.of(STRING)
                : field(type, name),
        Optional::empty);
  }

  /** Shape of a structure inside an object. */
  TypeShape structure(String structure, boolean atomic) {
    MessageType type = types.message(structure);
    return new Fields(atomic || type.atomic(), name -> field(type, name), Optional::empty);
  }

  private Optional<TypeShape> field(MessageType type, String name) {
    return Optional.ofNullable(type.byJsonName().get(name)).map(this::shape);
  }

  private TypeShape shape(Field field) {
    return shape(field.type(), field.ownership());
  }

  private TypeShape shape(FieldType type, Ownership ownership) {
    return switch (type.shape()) {
      case STRING, BYTES -> STRING;
      case BOOL -> new Scalar(Primitive.BOOLEAN);
      case INT32, INT64, DOUBLE -> new Scalar(Primitive.NUMBER);
      case TIME, MICROTIME, DURATION, QUANTITY, INT_OR_STRING -> new Scalar(Primitive.ANY);
      case RAW, ANY -> new Unknown();
      case MESSAGE -> structure(type.element(), ownership.atomic());
      case MAP ->
          new Fields(
              ownership.atomic(), name -> Optional.empty(), () -> Optional.of(element(type)));
      case LIST ->
          new Items(
              elements(ownership),
              ownership.keys(),
              key -> keyDefault(type, key),
              () -> element(type));
    };
  }

  private TypeShape element(FieldType type) {
    return shape(ApiTypes.type(type.element()), NONE);
  }

  private static Elements elements(Ownership ownership) {
    if (!ownership.keys().isEmpty()) {
      return Elements.KEYED;
    }
    return ownership.set() ? Elements.SET : Elements.ATOMIC;
  }

  private String keyDefault(FieldType list, String key) {
    String structure = ApiTypes.type(list.element()).element();
    return types.message(structure).byJsonName().get(key).ownership().defaultValue();
  }
}
