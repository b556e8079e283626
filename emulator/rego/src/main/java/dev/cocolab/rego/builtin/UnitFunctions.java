package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.NumberValue;
import dev.cocolab.rego.value.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code units.parse} (numbers with SI or binary prefixes) and {@code units.parse_bytes}. */
final class UnitFunctions {

  private static final Pattern AMOUNT =
      Pattern.compile("([+-]?[0-9.]+(?:[eE][+-]?[0-9]{1,3}(?![0-9]))?)([A-Za-z]*)");
  private static final String PREFIXES = "kmgtpe";

  private UnitFunctions() {}

  static List<Builtin> all() {
    return List.of(
        new Builtin("units.parse", 1, (meter, args) -> parse(args)),
        new Builtin("units.parse_bytes", 1, (meter, args) -> parseBytes(args)));
  }

  private static Matcher amount(List<Value> args) {
    String text = Arguments.string(args, 0).replace("\"", "");
    if (text.isEmpty() || text.contains(" ")) {
      throw new BuiltinException(
          text.isEmpty() ? "no amount provided" : "spaces not allowed in resource strings");
    }
    Matcher matcher = AMOUNT.matcher(text);
    if (!matcher.matches()) {
      throw new BuiltinException("could not parse amount to a number");
    }
    return matcher;
  }

  private static BigDecimal number(Matcher matcher) {
    try {
      return new BigDecimal(matcher.group(1));
    } catch (NumberFormatException e) {
      throw new BuiltinException("could not parse amount to a number");
    }
  }

  private static Value parse(List<Value> args) {
    Matcher matcher = amount(args);
    String unit = matcher.group(2);
    // Only here does case matter: m is a thousandth, M a million.
    if (unit.equals("m")) {
      return new NumberValue(number(matcher).movePointLeft(3));
    }
    return new NumberValue(number(matcher).multiply(factor(unit.toLowerCase(Locale.ROOT))));
  }

  private static Value parseBytes(List<Value> args) {
    Matcher matcher = amount(args);
    String unit = matcher.group(2).toLowerCase(Locale.ROOT);
    String prefix = unit.endsWith("b") ? unit.substring(0, unit.length() - 1) : unit;
    return new NumberValue(number(matcher).multiply(factor(prefix)).setScale(0, RoundingMode.DOWN));
  }

  private static BigDecimal factor(String prefix) {
    int power = prefix.isEmpty() ? 0 : PREFIXES.indexOf(prefix.charAt(0)) + 1;
    if (prefix.isEmpty()) {
      return BigDecimal.ONE;
    }
    if (power == 0 || !(prefix.length() == 1 || prefix.substring(1).equals("i"))) {
      throw new BuiltinException("unit " + prefix + " not recognized");
    }
    return BigDecimal.valueOf(prefix.length() == 1 ? 1000 : 1024).pow(power);
  }
}
