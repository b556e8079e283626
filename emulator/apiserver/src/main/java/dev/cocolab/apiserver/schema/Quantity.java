package dev.cocolab.apiserver.schema;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number with a suffix, as {@code 250m} or {@code 1Gi} (resource.Quantity of apimachinery).
 *
 * @param value exact, rounded up to one thousand-millionth
 * @param format which suffixes it is written with
 */
public record Quantity(BigDecimal value, Format format) {
  private static final Pattern FORM =
      Pattern.compile(
          "([+-]?(?:[0-9]{1,80}(?:\\.[0-9]{0,80})?|\\.[0-9]{1,80}))"
              + "(|[KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,3})");
  private static final List<String> BINARY = List.of("Ki", "Mi", "Gi", "Ti", "Pi", "Ei");
  private static final List<String> DECIMAL =
      List.of("n", "u", "m", "", "k", "M", "G", "T", "P", "E");
  private static final int SMALLEST = -9;
  private static final BigDecimal KIBI = BigDecimal.valueOf(1024);

  /** The families of suffixes. */
  public enum Format {
    DECIMAL,
    BINARY,
    EXPONENT
  }

  /** Reads; empty for what is no quantity. */
  public static Optional<Quantity> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    BigDecimal number = new BigDecimal(form.group(1).replaceFirst("^([+-]?)\\.", "$10."));
    String suffix = form.group(2);
    Format format;
    if (BINARY.contains(suffix)) {
      format = Format.BINARY;
      number = number.multiply(KIBI.pow(BINARY.indexOf(suffix) + 1));
    } else if (suffix.length() > 1) {
      format = Format.EXPONENT;
      number = number.scaleByPowerOfTen(Integer.parseInt(suffix.substring(1).replace("+", "")));
    } else {
      format = Format.DECIMAL;
      number = number.scaleByPowerOfTen(3 * DECIMAL.indexOf(suffix) + SMALLEST);
    }
    if (number.scale() > -SMALLEST) {
      number = number.setScale(-SMALLEST, RoundingMode.UP);
    }
    return Optional.of(new Quantity(number, format));
  }

  /** The shortest form: no fraction, the largest suffix. */
  @Override
  public String toString() {
    if (value.signum() == 0) {
      return "0";
    }
    boolean small = value.abs().compareTo(KIBI) < 0;
    if (format == Format.BINARY && !small) {
      return binary();
    }
    return decimal(format == Format.EXPONENT);
  }

  private String binary() {
    BigDecimal number = value.setScale(0, RoundingMode.UP);
    int power = 0;
    while (power < BINARY.size() && number.remainder(KIBI).signum() == 0) {
      number = number.divideToIntegralValue(KIBI);
      power++;
    }
    return number.toBigInteger() + (power == 0 ? "" : BINARY.get(power - 1));
  }

  private String decimal(boolean exponent) {
    BigDecimal bare = value.stripTrailingZeros();
    int power = Math.floorDiv(-bare.scale(), 3) * 3;
    if (!exponent) {
      power = Math.min(power, 3 * (DECIMAL.size() - 1) + SMALLEST);
    }
    String digits = bare.scaleByPowerOfTen(-power).toBigIntegerExact().toString();
    if (exponent) {
      return power == 0 ? digits : digits + "e" + power;
    }
    return digits + DECIMAL.get((power - SMALLEST) / 3);
  }
}
