package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.NumberValue;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Value;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** Rounding, ranges and notations of numbers. */
final class NumberFunctions {

  private NumberFunctions() {}

  static List<Builtin> all() {
    return List.of(
        new Builtin(
            "abs", 1, (meter, args) -> new NumberValue(Arguments.number(args, 0).decimal().abs())),
        rounding("ceil", RoundingMode.CEILING),
        rounding("floor", RoundingMode.FLOOR),
        rounding("round", RoundingMode.HALF_UP),
        new Builtin(
            "numbers.range",
            2,
            (meter, args) ->
                range(
                    meter, Arguments.integer(args, 0), Arguments.integer(args, 1), BigInteger.ONE)),
        new Builtin("numbers.range_step", 3, NumberFunctions::rangeStep),
        new Builtin("format_int", 2, NumberFunctions::formatInt));
  }

  private static Builtin rounding(String name, RoundingMode mode) {
    return new Builtin(
        name,
        1,
        (meter, args) -> new NumberValue(Arguments.number(args, 0).decimal().setScale(0, mode)));
  }

  private static Value rangeStep(Meter meter, List<Value> args) {
    BigInteger step = Arguments.integer(args, 2);
    if (step.signum() <= 0) {
      throw new BuiltinException("step must be a positive number above zero");
    }
    return range(meter, Arguments.integer(args, 0), Arguments.integer(args, 1), step);
  }

  private static Value range(Meter meter, BigInteger from, BigInteger to, BigInteger step) {
    boolean up = from.compareTo(to) <= 0;
    BigInteger stride = up ? step : step.negate();
    List<Value> numbers = new ArrayList<>();
    for (BigInteger n = from; up ? n.compareTo(to) <= 0 : n.compareTo(to) >= 0; ) {
      meter.charge(1);
      numbers.add(NumberValue.of(n));
      n = n.add(stride);
    }
    return ArrayValue.of(numbers);
  }

  private static Value formatInt(Meter meter, List<Value> args) {
    BigInteger number =
        Arguments.number(args, 0).decimal().setScale(0, RoundingMode.DOWN).toBigInteger();
    int base = Arguments.smallInteger(args, 1);
    if (base != 2 && base != 8 && base != 10 && base != 16) {
      throw new BuiltinException("operand 2 must be one of 2, 8, 10, 16");
    }
    meter.charge(number.bitLength() / 8);
    return new StringValue(number.toString(base));
  }
}
