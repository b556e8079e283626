package dev.cocolab.rego.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * An exact decimal number; integers of any size up to {@link #MAX_DIGITS} digits.
 *
 * <p>Kept in one form for each number (integers with scale 0, fractions without trailing zeros), so
 * that {@code 1}, {@code 1.0} and {@code 1e0} are the same value.
 */
public record NumberValue(BigDecimal decimal) implements Value {

  /** Integer digits, and digits after the point, that a number may have. */
  public static final int MAX_DIGITS = 10_000;

  /** Digits kept of a quotient that does not end. */
  private static final MathContext QUOTIENT = new MathContext(20, RoundingMode.HALF_EVEN);

  public NumberValue {
    decimal = canonical(decimal);
  }

  public static NumberValue of(long value) {
    return new NumberValue(BigDecimal.valueOf(value));
  }

  public static NumberValue of(BigInteger value) {
    return new NumberValue(new BigDecimal(value));
  }

  /** Reads a number in JSON's notation. */
  public static NumberValue parse(String text) {
    if (text.length() > MAX_DIGITS) {
      throw tooLong();
    }
    return new NumberValue(new BigDecimal(text));
  }

  private static BigDecimal canonical(BigDecimal number) {
    if (number.scale() == 0 && number.precision() < 20) {
      return number;
    }
    if (number.signum() == 0) {
      return BigDecimal.ZERO;
    }
    long integerDigits = (long) number.precision() - number.scale();
    if (integerDigits > MAX_DIGITS || number.scale() > MAX_DIGITS + number.precision()) {
      throw tooLong();
    }
    BigDecimal stripped = number.scale() > 0 ? number.stripTrailingZeros() : number;
    if (stripped.precision() > 2 * MAX_DIGITS || stripped.scale() > MAX_DIGITS) {
      throw tooLong();
    }
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  private static ValueLimitException tooLong() {
    return new ValueLimitException("a number has more than " + MAX_DIGITS + " digits");
  }

  public boolean isInteger() {
    return decimal.scale() == 0;
  }

  public BigInteger toBigInteger() {
    return decimal.toBigInteger();
  }

  /** Whether {@link #toInt()} is exact. */
  public boolean fitsInt() {
    return isInteger() && decimal.precision() <= 11 && decimal.longValue() == decimal.intValue();
  }

  public int toInt() {
    return decimal.intValueExact();
  }

  public NumberValue plus(NumberValue other) {
    return new NumberValue(decimal.add(other.decimal));
  }

  public NumberValue minus(NumberValue other) {
    return new NumberValue(decimal.subtract(other.decimal));
  }

  public NumberValue times(NumberValue other) {
    return new NumberValue(decimal.multiply(other.decimal));
  }

  /** Quotient, exact where it has at most 20 digits or both are integers and nothing remains. */
  public NumberValue dividedBy(NumberValue other) {
    if (isInteger() && other.isInteger()) {
      BigInteger[] parts = toBigInteger().divideAndRemainder(other.toBigInteger());
      if (parts[1].signum() == 0) {
        return of(parts[0]);
      }
    }
    return new NumberValue(decimal.divide(other.decimal, QUOTIENT));
  }

  @Override
  public int rank() {
    return 2;
  }

  @Override
  public String typeName() {
    return "number";
  }

  @Override
  public long weight() {
    return decimal.scale() == 0 && decimal.unscaledValue().bitLength() < Long.SIZE
        ? 1
        : 1L + decimal.unscaledValue().bitLength() / 24;
  }

  @Override
  public int compareTo(Value other) {
    return other instanceof NumberValue n
        ? decimal.compareTo(n.decimal)
        : Value.compareRanks(this, other);
  }

  @Override
  public String toString() {
    return decimal.scale() > 20 ? decimal.toString() : decimal.toPlainString();
  }
}
