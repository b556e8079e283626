package dev.cocolab.apiserver.ownership;

import dev.cocolab.apiserver.schema.TypeShape;
import dev.cocolab.apiserver.schema.TypeShape.Elements;
import dev.cocolab.apiserver.schema.TypeShape.Fields;
import dev.cocolab.apiserver.schema.TypeShape.Items;
import dev.cocolab.apiserver.schema.TypeShape.Primitive;
import dev.cocolab.apiserver.schema.TypeShape.Scalar;
import dev.cocolab.apiserver.schema.TypeShape.Unknown;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Shapes of values whose type says nothing. */
final class Shapes {
  private static final TypeShape UNKNOWN = new Unknown();
  private static final Fields MAP =
      new Fields(false, name -> Optional.empty(), () -> Optional.of(UNKNOWN));
  private static final Items LIST = new Items(Elements.ATOMIC, List.of(), key -> "", () -> UNKNOWN);
  private static final Scalar PLAIN = new Scalar(Primitive.ANY);

  private Shapes() {}

  /** The shape; where it is unknown, the one that the value suggests. */
  static TypeShape of(TypeShape shape, JsonNode value) {
    if (!(shape instanceof Unknown)) {
      return shape;
    }
    if (value.isArray()) {
      return LIST;
    }
    return value.isObject() || value.isNull() || value.isMissingNode() ? MAP : PLAIN;
  }

  /** Shape under a name; unknown where the type does not have it. */
  static TypeShape at(Fields fields, String name) {
    return fields.at(name).orElse(UNKNOWN);
  }
}
