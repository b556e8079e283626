package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.NumberValue;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code time.*}: nanoseconds since 1970 as integers of 64 bits, or arrays of them and a time
 * zone's name. Not present are the functions that take a layout.
 */
final class TimeFunctions {

  private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000L);
  private static final Pattern PART =
      Pattern.compile("([0-9]*\\.?[0-9]+|[0-9]+\\.)(ns|us|µs|μs|ms|s|m|h)");
  private static final Map<String, Long> UNITS =
      Map.of(
          "ns",
          1L,
          "us",
          1_000L,
          "µs",
          1_000L,
          "μs",
          1_000L,
          "ms",
          1_000_000L,
          "s",
          1_000_000_000L,
          "m",
          60_000_000_000L,
          "h",
          3_600_000_000_000L);

  private TimeFunctions() {}

  static List<Builtin> all() {
    return List.of(
        new Builtin("time.now_ns", 0, (meter, args) -> nanos(meter.clock().instant())),
        new Builtin("time.parse_rfc3339_ns", 1, (meter, args) -> parse(args)),
        new Builtin("time.parse_duration_ns", 1, (meter, args) -> duration(args)),
        new Builtin("time.date", 1, (meter, args) -> date(time(args, 0))),
        new Builtin("time.clock", 1, (meter, args) -> clock(time(args, 0))),
        new Builtin("time.weekday", 1, (meter, args) -> weekday(time(args, 0))),
        new Builtin("time.add_date", 4, (meter, args) -> addDate(args)));
  }

  private static Value nanos(Instant instant) {
    BigInteger nanos =
        BigInteger.valueOf(instant.getEpochSecond())
            .multiply(NANOS)
            .add(BigInteger.valueOf(instant.getNano()));
    if (nanos.bitLength() >= Long.SIZE) {
      throw new BuiltinException("time outside of valid range");
    }
    return NumberValue.of(nanos);
  }

  private static Value parse(List<Value> args) {
    try {
      return nanos(OffsetDateTime.parse(Arguments.string(args, 0)).toInstant());
    } catch (DateTimeException e) {
      throw new BuiltinException("cannot parse the time as RFC 3339");
    }
  }

  private static Value duration(List<Value> args) {
    String text = Arguments.string(args, 0);
    boolean negative = text.startsWith("-");
    String rest = negative || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return NumberValue.of(0);
    }
    Matcher part = PART.matcher(rest);
    BigDecimal sum = BigDecimal.ZERO;
    int end = 0;
    while (end < rest.length() && part.find(end) && part.start() == end) {
      BigDecimal amount = new BigDecimal(part.group(1));
      sum = sum.add(amount.multiply(BigDecimal.valueOf(UNITS.get(part.group(2)))));
      end = part.end();
    }
    if (rest.isEmpty() || end < rest.length()) {
      throw new BuiltinException("invalid duration");
    }
    BigInteger nanos = sum.toBigInteger();
    if (nanos.bitLength() >= Long.SIZE) {
      throw new BuiltinException("duration outside of valid range");
    }
    return NumberValue.of(negative ? nanos.negate() : nanos);
  }

  private static ZonedDateTime time(List<Value> args, int index) {
    ZoneId zone = ZoneOffset.UTC;
    Value nanos = args.get(index);
    if (nanos instanceof ArrayValue pair && pair.size() >= 2) {
      nanos = pair.at(0);
      zone = zone(Arguments.string(pair.items(), 1));
    }
    BigInteger value = Arguments.integer(List.of(nanos), 0);
    if (value.bitLength() >= Long.SIZE) {
      throw new BuiltinException("timestamp too big");
    }
    long count = value.longValueExact();
    return Instant.ofEpochSecond(
            Math.floorDiv(count, 1_000_000_000L), Math.floorMod(count, 1_000_000_000L))
        .atZone(zone);
  }

  private static ZoneId zone(String name) {
    try {
      return switch (name) {
        case "", "UTC" -> ZoneOffset.UTC;
        case "Local" -> ZoneId.systemDefault();
        default -> ZoneId.of(name);
      };
    } catch (DateTimeException e) {
      throw new BuiltinException("unknown time zone " + name);
    }
  }

  private static Value numbers(int... numbers) {
    Value[] values = new Value[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      values[i] = NumberValue.of(numbers[i]);
    }
    return ArrayValue.of(values);
  }

  private static Value date(ZonedDateTime time) {
    return numbers(time.getYear(), time.getMonthValue(), time.getDayOfMonth());
  }

  private static Value clock(ZonedDateTime time) {
    return numbers(time.getHour(), time.getMinute(), time.getSecond());
  }

  private static Value weekday(ZonedDateTime time) {
    return new StringValue(time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH));
  }

  /**
   * Years, months and days are added together and carried, as Go does: 31 January + 1 month is 3
   * March.
   */
  private static Value addDate(List<Value> args) {
    ZonedDateTime time = time(args, 0);
    try {
      int months = Arguments.smallInteger(args, 2);
      int days = Arguments.smallInteger(args, 3);
      ZonedDateTime first = time.withDayOfMonth(1);
      ZonedDateTime month = first.plusYears(Arguments.smallInteger(args, 1)).plusMonths(months);
      return nanos(month.plusDays((long) time.getDayOfMonth() - 1 + days).toInstant());
    } catch (DateTimeException | ArithmeticException e) {
      throw new BuiltinException("time outside of valid range");
    }
  }
}
