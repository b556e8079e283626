package dev.cocolab.broker.nebula;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as {@code 8760h10m10s}. */
final class GoDuration {
  private static final Pattern FORM =
      Pattern.compile("(?=.)(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?");

  private GoDuration() {}

  /**
   * Reads a duration.
   *
   * @throws BrokerException PLUGIN when it is none, or not positive
   */
  static Duration parse(String text) {
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      Duration out =
          Duration.ofHours(number(form.group(1)))
              .plusMinutes(number(form.group(2)))
              .plusSeconds(number(form.group(3)));
      if (!out.isZero()) {
        return out;
      }
    }
    throw new BrokerException(
        Reason.PLUGIN, "invalid duration \"" + text + "\": needs the form 8760h10m10s");
  }

  private static long number(String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
