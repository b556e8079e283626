package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.BooleanValue;
import dev.cocolab.rego.value.NullValue;
import dev.cocolab.rego.value.NumberValue;
import dev.cocolab.rego.value.ObjectValue;
import dev.cocolab.rego.value.SetValue;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Value;
import dev.cocolab.rego.value.ValueLimitException;
import java.util.List;
import java.util.regex.Pattern;

/** Kinds of values, and conversions between them. */
final class TypeFunctions {

  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

  private TypeFunctions() {}

  static List<Builtin> all() {
    return List.of(
        is("is_null", NullValue.class),
        is("is_boolean", BooleanValue.class),
        is("is_number", NumberValue.class),
        is("is_string", StringValue.class),
        is("is_array", ArrayValue.class),
        is("is_set", SetValue.class),
        is("is_object", ObjectValue.class),
        new Builtin("type_name", 1, (meter, args) -> new StringValue(args.get(0).typeName())),
        new Builtin("to_number", 1, TypeFunctions::toNumber),
        new Builtin("trace", 1, TypeFunctions::trace));
  }

  private static Builtin is(String name, Class<? extends Value> kind) {
    return new Builtin(name, 1, (meter, args) -> BooleanValue.of(kind.isInstance(args.get(0))));
  }

  private static Value toNumber(Meter meter, List<Value> args) {
    Value value = args.get(0);
    if (value instanceof NumberValue) {
      return value;
    } else if (value instanceof NullValue) {
      return NumberValue.of(0);
    } else if (value instanceof BooleanValue flag) {
      return NumberValue.of(flag.value() ? 1 : 0);
    } else if (value instanceof StringValue string) {
      return parse(string.value());
    }
    throw Arguments.wrong(args, 0, "null, boolean, number or string");
  }

  private static Value parse(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new BuiltinException("invalid syntax");
    }
    try {
      return NumberValue.parse(text);
    } catch (NumberFormatException | ArithmeticException | ValueLimitException e) {
      throw new BuiltinException("number is out of range");
    }
  }

  /** Notes go to a tracer in other engines; here the trace holds every expression anyway. */
  private static Value trace(Meter meter, List<Value> args) {
    Arguments.string(args, 0);
    return BooleanValue.TRUE;
  }
}
