package dev.cocolab.load;

import java.util.Map;
import java.util.Optional;

/**
 * One attestation that was tried.
 *
 * @param phases how long each phase took that ended well, in nanoseconds
 * @param waited what the client waited for the server, in nanoseconds; with the phase that failed
 * @param connections how many connections were opened for it
 * @param failure why it came to nothing
 */
record Attempt(
    Map<Phase, Long> phases, long waited, int connections, Optional<AttemptFailure> failure) {
  Attempt {
    phases = Map.copyOf(phases);
  }

  /** Whether its time says something about the server: it succeeded, or waited in vain. */
  boolean isTimed() {
    return failure.isEmpty() || failure.get().kind().equals(AttemptFailure.TIMEOUT);
  }
}
