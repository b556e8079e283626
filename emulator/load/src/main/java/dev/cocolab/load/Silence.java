package dev.cocolab.load;

import java.util.Optional;

/**
 * Notices that a server has gone: for some seconds nobody has an answer, and those who wait for one
 * have waited in vain. A single attempt that fails is an error like others. Safe for use by several
 * threads.
 */
final class Silence {
  private final long patience;
  private Optional<Long> lastAnswer = Optional.empty();
  private Optional<AttemptFailure> last = Optional.empty();
  private long since;
  private long noted;
  private int failures;
  private Optional<String> gone = Optional.empty();

  /**
   * A server that answers.
   *
   * @param patience nanoseconds of silence that mean the end
   */
  Silence(long patience) {
    this.patience = patience;
  }

  /** Takes note of an attempt that ended now; true when the server has gone. */
  synchronized boolean note(Attempt attempt, long now) {
    Optional<AttemptFailure> silent = attempt.failure().filter(AttemptFailure::isSilence);
    if (silent.isEmpty()) {
      lastAnswer = Optional.of(now);
      last = Optional.empty();
      failures = 0;
      return gone.isPresent();
    }
    if (last.isEmpty()) {
      // Who waits in vain has waited since before; others may have had their answers meanwhile.
      since = Math.max(now - attempt.waited(), lastAnswer.orElse(Long.MIN_VALUE));
    }
    last = silent;
    noted = now;
    failures++;
    if (failures > 1 && lasted() && gone.isEmpty()) {
      gone = silent.map(AttemptFailure::getMessage);
    }
    return gone.isPresent();
  }

  /**
   * There will be no further attempts. A server that refuses connections now has gone too, and one
   * that left the only client without an answer.
   */
  synchronized void over() {
    boolean refuses =
        failures > 1 && last.filter(f -> f.kind().equals(AttemptFailure.CONNECT)).isPresent();
    if (gone.isEmpty() && last.isPresent() && (refuses || lasted())) {
      gone = last.map(AttemptFailure::getMessage);
    }
  }

  private boolean lasted() {
    return noted - since >= patience;
  }

  /** The last words on the server, when it has gone. */
  synchronized Optional<String> gone() {
    return gone;
  }

  /** Since when nobody had an answer, when the server has gone. */
  synchronized long since() {
    return since;
  }
}
