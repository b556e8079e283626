package dev.cocolab.node.kubelet;

import dev.cocolab.node.log.LogQuery;
import io.vertx.core.MultiMap;
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
      since = Optional.of(clock.instant().minusSeconds(seconds.getAsLong()));
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

  private static OptionalLong number(MultiMap parameters, String name) {
    String value = parameters.get(name);
    if (value == null || value.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!value.matches("\\d{1,18}")) {
      throw new IllegalArgumentException(name + " must be a non-negative number: " + value);
    }
    return OptionalLong.of(Long.parseLong(value));
  }
}
