package dev.cocolab.azure.control;

import dev.cocolab.azure.Https;
import java.time.Duration;
import java.util.Optional;

/** The header {@code Retry-After} in seconds, the form that Azure uses (RFC 9110, 10.2.3). */
final class RetryAfter {
  private RetryAfter() {}

  /** Empty where there is none, or a date; at least one second, so that nobody asks in a loop. */
  static Optional<Duration> of(Https.Answer answer) {
    return answer
        .header("Retry-After")
        .map(String::strip)
        .filter(text -> text.matches("\\d{1,6}"))
        .map(text -> Duration.ofSeconds(Math.max(1, Integer.parseInt(text))));
  }
}
