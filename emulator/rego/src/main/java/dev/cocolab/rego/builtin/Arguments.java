package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.NumberValue;
import dev.cocolab.rego.value.ObjectValue;
import dev.cocolab.rego.value.SetValue;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Value;
import java.math.BigInteger;
import java.util.List;

/** Arguments by kind; a wrong kind is a {@link BuiltinException} that names the operand. */
final class Arguments {

  private Arguments() {}

  static BuiltinException wrong(List<Value> args, int index, String expected) {
    return new BuiltinException(
        "operand " + (index + 1) + " must be " + expected + ", not " + args.get(index).typeName());
  }

  static String string(List<Value> args, int index) {
    if (args.get(index) instanceof StringValue string) {
      return string.value();
    }
    throw wrong(args, index, "string");
  }

  static NumberValue number(List<Value> args, int index) {
    if (args.get(index) instanceof NumberValue number) {
      return number;
    }
    throw wrong(args, index, "number");
  }

  static BigInteger integer(List<Value> args, int index) {
    NumberValue number = number(args, index);
    if (!number.isInteger()) {
      throw new BuiltinException(
          "operand " + (index + 1) + " must be integer number but got floating-point number");
    }
    return number.toBigInteger();
  }

  static int smallInteger(List<Value> args, int index) {
    BigInteger integer = integer(args, index);
    if (integer.bitLength() >= Integer.SIZE) {
      throw new BuiltinException("operand " + (index + 1) + " is out of range");
    }
    return integer.intValueExact();
  }

  static ArrayValue array(List<Value> args, int index) {
    if (args.get(index) instanceof ArrayValue array) {
      return array;
    }
    throw wrong(args, index, "array");
  }

  static SetValue set(List<Value> args, int index) {
    if (args.get(index) instanceof SetValue set) {
      return set;
    }
    throw wrong(args, index, "set");
  }

  static ObjectValue object(List<Value> args, int index) {
    if (args.get(index) instanceof ObjectValue object) {
      return object;
    }
    throw wrong(args, index, "object");
  }

  /** Items of an array or elements of a set. */
  static List<Value> list(List<Value> args, int index) {
    if (args.get(index) instanceof ArrayValue array) {
      return array.items();
    }
    if (args.get(index) instanceof SetValue set) {
      return set.elements();
    }
    throw wrong(args, index, "array or set");
  }

  /** The strings in an array or set. */
  static List<String> strings(List<Value> args, int index) {
    return list(args, index).stream()
        .map(
            item -> {
              if (item instanceof StringValue string) {
                return string.value();
              }
              throw new BuiltinException(
                  "operand " + (index + 1) + " must hold strings, not " + item.typeName());
            })
        .toList();
  }
}
