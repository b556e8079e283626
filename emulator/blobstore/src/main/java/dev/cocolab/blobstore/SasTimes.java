package dev.cocolab.blobstore;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Times in a SAS: {@code 2026-01-01}, {@code 2026-01-01T10:00Z}, {@code 2026-01-01T10:00:00Z}, with
 * up to seven decimals.
 */
final class SasTimes {

  private static final Pattern SHAPE =
      Pattern.compile("\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,7})?)?Z)?");
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private SasTimes() {}

  static Instant parse(String text) {
    if (!SHAPE.matcher(text).matches()) {
      throw RefusedException.authentication("Signature fields not well formed.");
    }
    try {
      if (text.indexOf('T') < 0) {
        return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
      }
      return LocalDateTime.parse(text.substring(0, text.length() - 1)).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw RefusedException.authentication("Signature fields not well formed.");
    }
  }

  /** Whole seconds in UTC, as the SDKs write it. */
  static String format(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** RFC 1123 with two digits for the day. */
  static String httpDate(Instant time) {
    return HTTP_DATE.format(time);
  }
}
