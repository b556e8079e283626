package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.BooleanValue;
import dev.cocolab.rego.value.NumberValue;
import dev.cocolab.rego.value.SetValue;
import dev.cocolab.rego.value.Value;
import java.math.BigInteger;
import java.util.Map;
import java.util.TreeSet;

/** The infix operators, by the names they have as functions. */
public final class Operators {

  private static final Map<String, Operator> BY_NAME =
      Map.ofEntries(
          Map.entry("equal", (meter, a, b) -> BooleanValue.of(a.compareTo(b) == 0)),
          Map.entry("neq", (meter, a, b) -> BooleanValue.of(a.compareTo(b) != 0)),
          Map.entry("lt", (meter, a, b) -> BooleanValue.of(a.compareTo(b) < 0)),
          Map.entry("lte", (meter, a, b) -> BooleanValue.of(a.compareTo(b) <= 0)),
          Map.entry("gt", (meter, a, b) -> BooleanValue.of(a.compareTo(b) > 0)),
          Map.entry("gte", (meter, a, b) -> BooleanValue.of(a.compareTo(b) >= 0)),
          Map.entry("plus", (meter, a, b) -> numbers(meter, a, b).plus(number(b))),
          Map.entry("minus", Operators::minus),
          Map.entry("mul", Operators::times),
          Map.entry("div", Operators::divide),
          Map.entry("rem", Operators::remainder),
          Map.entry("and", Operators::intersection),
          Map.entry("or", Operators::union));

  private Operators() {}

  /** What an operator computes from two defined values. */
  @FunctionalInterface
  public interface Operator {
    /**
     * Computes the value.
     *
     * @throws BuiltinException for operands of a wrong kind, and for division by zero
     */
    Value apply(Meter meter, Value left, Value right);
  }

  /** The operator of a name that the parser gives. */
  public static Operator of(String name) {
    return BY_NAME.get(name);
  }

  static Map<String, Operator> all() {
    return BY_NAME;
  }

  private static NumberValue number(Value value) {
    if (value instanceof NumberValue number) {
      return number;
    }
    throw new BuiltinException("operand must be a number, not " + value.typeName());
  }

  /** The left one of two numbers, after charging for the digits of both. */
  private static NumberValue numbers(Meter meter, Value left, Value right) {
    NumberValue a = number(left);
    meter.charge(a.weight() + number(right).weight() - 2);
    return a;
  }

  private static SetValue set(Value value) {
    if (value instanceof SetValue set) {
      return set;
    }
    throw new BuiltinException("operand must be a set, not " + value.typeName());
  }

  private static Value minus(Meter meter, Value left, Value right) {
    if (left instanceof SetValue a && right instanceof SetValue b) {
      meter.charge(a.size());
      return SetValue.of(a.elements().stream().filter(each -> !b.contains(each)).toList());
    }
    return numbers(meter, left, right).minus(number(right));
  }

  private static Value times(Meter meter, Value left, Value right) {
    return numbers(meter, left, right).times(number(right));
  }

  private static Value divide(Meter meter, Value left, Value right) {
    NumberValue divisor = number(right);
    if (divisor.decimal().signum() == 0) {
      throw new BuiltinException("divide by zero");
    }
    return numbers(meter, left, right).dividedBy(divisor);
  }

  private static Value remainder(Meter meter, Value left, Value right) {
    NumberValue a = numbers(meter, left, right);
    NumberValue b = number(right);
    if (!a.isInteger() || !b.isInteger()) {
      throw new BuiltinException("modulo on floating-point number");
    }
    BigInteger divisor = b.toBigInteger();
    if (divisor.signum() == 0) {
      throw new BuiltinException("modulo by zero");
    }
    return NumberValue.of(a.toBigInteger().remainder(divisor));
  }

  private static Value intersection(Meter meter, Value left, Value right) {
    SetValue other = set(right);
    meter.charge(set(left).size());
    return SetValue.of(set(left).elements().stream().filter(other::contains).toList());
  }

  private static Value union(Meter meter, Value left, Value right) {
    TreeSet<Value> all = new TreeSet<>(set(left).elements());
    all.addAll(set(right).elements());
    meter.charge(all.size());
    return SetValue.of(all);
  }
}
