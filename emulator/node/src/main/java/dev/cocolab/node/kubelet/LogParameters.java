package dev.cocolab.node.kubelet;

import dev.cocolab.node.log.LogQuery;
import io.vertx.core.MultiMap;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Query parameters of a log request (core/v1 PodLogOptions). */
final class LogParameters {
  private LogParameters() {}

  /** Throws {@link IllegalArgumentException} naming the parameter. */
  static LogQuery read(MultiMap parameters, Clock clock) {
    Optional<Instant> since = Optional.empty();
    OptionalLong seconds = number(parameters, "sinceSeconds");
    if (seconds.isPresent()) {
      since = Optional.of(earlier(clock.instant(), seconds.getAsLong()));
    }
    String time = parameters.get("sinceTime");
    if (time != null && !time.isEmpty()) {
      try {
        since = Optional.of(Instant.parse(time));
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException("sinceTime must be a RFC 3339 time: " + time, e);
      }
    }
    OptionalLong tail = number(parameters, "tailLines");
    return new LogQuery(
        tail.isEmpty()
            ? OptionalInt.empty()
            : OptionalInt.of((int) Math.min(Integer.MAX_VALUE, tail.getAsLong())),
        since,
        isTrue(parameters, "timestamps"),
        isTrue(parameters, "follow"),
        number(parameters, "limitBytes"));
  }

  private static boolean isTrue(MultiMap parameters, String name) {
    String value = parameters.get(name);
    return "true".equals(value) || "1".equals(value);
  }

  /** No earlier than there are instants. */
  private static Instant earlier(Instant now, long seconds) {
    return seconds > now.getEpochSecond() - Instant.MIN.getEpochSecond()
        ? Instant.MIN
        : now.minusSeconds(seconds);
  }

  /** As the API server reads it: a sign is allowed, and 64 bits. */
  private static OptionalLong number(MultiMap parameters, String name) {
    String value = parameters.get(name);
    if (value == null) {
      return OptionalLong.empty();
    }
    if (value.matches("[+-]?[0-9]{1,100}")) {
      BigInteger number = new BigInteger(value);
      if (number.signum() >= 0 && number.bitLength() < Long.SIZE) {
        return OptionalLong.of(number.longValueExact());
      }
    }
    throw new IllegalArgumentException(
        name + " must be a non-negative number of 64 bits: " + shown(value));
  }

  private static String shown(String value) {
    return value.length() > 100 ? value.substring(0, 100) + "..." : value;
  }
}
