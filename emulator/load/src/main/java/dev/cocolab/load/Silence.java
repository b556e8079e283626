package dev.cocolab.load;

import java.util.Optional;

/**
 * Notices that a server has gone: for some seconds connections fail and nobody has an answer. Safe
 * for use by several threads.
 */
final class Silence {
  private final long patience;
  private Optional<Long> since = Optional.empty();
  private Optional<String> gone = Optional.empty();

  /**
   * A server that answers.
   *
   * @param patience nanoseconds from a first failed connection to one that means the end
   */
  Silence(long patience) {
    this.patience = patience;
  }

  /** Takes note of an attempt that ended now; true when the server has gone. */
  synchronized boolean note(Attempt attempt, long now) {
    Optional<AttemptFailure> silent = attempt.failure().filter(AttemptFailure::isSilence);
    if (silent.isEmpty()) {
      since = Optional.empty();
    } else if (since.isEmpty()) {
      since = Optional.of(now);
    } else if (now - since.get() >= patience && gone.isEmpty()) {
      gone = Optional.of(silent.get().getMessage());
    }
    return gone.isPresent();
  }

  /** The last words on the server, when it has gone. */
  synchronized Optional<String> gone() {
    return gone;
  }
}
