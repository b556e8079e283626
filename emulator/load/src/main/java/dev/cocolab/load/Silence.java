package dev.cocolab.load;

import java.util.Map;
import java.util.Optional;

/**
 * Notices that a server has gone: for some seconds nobody has heard a word of it, and several have
 * waited in vain. A single attempt that fails is an error like others, and a server that answers
 * something is slow, not gone. Safe for use by several threads.
 */
final class Silence {
  private final long patience;
  private Optional<Long> answered = Optional.empty();
  private long heard = Long.MIN_VALUE;
  private Optional<AttemptFailure> last = Optional.empty();
  private long since;
  private long noted;
  private int unheard;
  private int vain;
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
      answered = Optional.of(now);
      heard = now;
      last = Optional.empty();
      unheard = 0;
      vain = 0;
      return gone.isPresent();
    }
    last = silent;
    noted = now;
    vain++;
    if (attempt.phases().keySet().stream().anyMatch(Silence::isAnswer)) {
      heard = Math.max(heard, now - inVain(attempt));
      unheard = 0;
    } else if (++unheard == 1) {
      // Who waits in vain has waited since before; others may have had their answers meanwhile.
      since = Math.max(now - attempt.waited(), heard);
    }
    if (unheard > 1 && noted - since >= patience && gone.isEmpty()) {
      gone = silent.map(AttemptFailure::getMessage);
    }
    return gone.isPresent();
  }

  /** Connections are taken by the kernel of a server that hangs, too. */
  private static boolean isAnswer(Phase phase) {
    return phase == Phase.AUTH || phase == Phase.ATTEST || phase == Phase.RESOURCE;
  }

  /** What was waited in the phase that failed. */
  private static long inVain(Attempt attempt) {
    long ended =
        attempt.phases().entrySet().stream()
            .filter(phase -> phase.getKey().waiting())
            .mapToLong(Map.Entry::getValue)
            .sum();
    return Math.max(0, attempt.waited() - ended);
  }

  /**
   * There will be no further attempts. A server that refuses connections now has gone too, and one
   * that answered before and has left several without a word since.
   */
  synchronized void over() {
    if (gone.isPresent() || last.isEmpty() || vain < 2) {
      return;
    }
    boolean refuses =
        unheard > 1 && last.filter(f -> f.kind().equals(AttemptFailure.CONNECT)).isPresent();
    if (!refuses && answered.isPresent() && noted - heard >= patience) {
      since = heard;
      gone = last.map(AttemptFailure::getMessage);
    } else if (refuses) {
      gone = last.map(AttemptFailure::getMessage);
    }
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
