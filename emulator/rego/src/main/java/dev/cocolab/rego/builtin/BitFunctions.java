package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.NumberValue;
import dev.cocolab.rego.value.Value;
import java.math.BigInteger;
import java.util.List;
import java.util.function.BinaryOperator;

/** {@code bits.*}, on integers of any size in two's complement. */
final class BitFunctions {

  private static final int MAX_SHIFT = 30_000;

  private BitFunctions() {}

  static List<Builtin> all() {
    return List.of(
        binary("bits.and", BigInteger::and),
        binary("bits.or", BigInteger::or),
        binary("bits.xor", BigInteger::xor),
        new Builtin(
            "bits.negate", 1, (meter, args) -> NumberValue.of(Arguments.integer(args, 0).not())),
        new Builtin(
            "bits.lsh",
            2,
            (meter, args) -> NumberValue.of(Arguments.integer(args, 0).shiftLeft(shift(args)))),
        new Builtin(
            "bits.rsh",
            2,
            (meter, args) -> NumberValue.of(Arguments.integer(args, 0).shiftRight(shift(args)))));
  }

  private static Builtin binary(String name, BinaryOperator<BigInteger> operator) {
    return new Builtin(
        name,
        2,
        (meter, args) ->
            NumberValue.of(operator.apply(Arguments.integer(args, 0), Arguments.integer(args, 1))));
  }

  private static int shift(List<Value> args) {
    int shift = Arguments.smallInteger(args, 1);
    if (shift < 0 || shift > MAX_SHIFT) {
      throw new BuiltinException("operand 2 must be between 0 and " + MAX_SHIFT);
    }
    return shift;
  }
}
