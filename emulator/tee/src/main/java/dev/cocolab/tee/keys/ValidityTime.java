package dev.cocolab.tee.keys;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.x509.Time;

/** Times in certificates and revocation lists: UTCTime until 2049, then GeneralizedTime. */
public final class ValidityTime {

  private static final int FIRST_GENERALIZED_YEAR = 2050;
  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT);
  private static final DateTimeFormatter GENERALIZED_TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT);

  private ValidityTime() {}

  /** The time in seconds, in the form of RFC 5280, 4.1.2.5. */
  public static Time of(Instant instant) {
    OffsetDateTime utc = instant.atOffset(ZoneOffset.UTC);
    return utc.getYear() < FIRST_GENERALIZED_YEAR
        ? new Time(new DERUTCTime(UTC_TIME.format(utc)))
        : new Time(new DERGeneralizedTime(GENERALIZED_TIME.format(utc)));
  }
}
