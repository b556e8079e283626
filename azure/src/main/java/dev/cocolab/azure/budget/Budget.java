package dev.cocolab.azure.budget;

import dev.cocolab.azure.AroConfig.Limits;
import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Says when a run must stop. It goes from running to stopped and never back; whoever asks sweeps.
 * Safe for use by several threads.
 */
public final class Budget {
  private final Limits limits;
  private final Clock clock;
  private final Instant begin;
  private final Set<String> machines = new HashSet<>();
  private Optional<String> stopped = Optional.empty();

  /** A budget of which the time runs from now. */
  public Budget(Limits limits, Clock clock) {
    this.limits = limits;
    this.clock = clock;
    this.begin = clock.instant();
  }

  /**
   * Counts machines; each name once, however often it is seen, and also after it is gone.
   *
   * @param names of the pod VMs of this run that exist now
   */
  public synchronized void seen(Collection<String> names) {
    machines.addAll(names);
  }

  /** Why the run must stop; empty while it may go on. */
  public synchronized Optional<String> stop() {
    if (stopped.isEmpty()) {
      Duration used = Duration.between(begin, clock.instant());
      if (machines.size() > limits.machines()) {
        stopped =
            Optional.of(
                "the run has used %d pod VMs, its limit is %d"
                    .formatted(machines.size(), limits.machines()));
      } else if (used.compareTo(limits.time()) >= 0) {
        stopped =
            Optional.of(
                "the run has lasted %d minutes, its limit is %d"
                    .formatted(used.toMinutes(), limits.time().toMinutes()));
      }
    }
    return stopped;
  }

  /**
   * To be asked before each scenario, and before each machine.
   *
   * @param wanted machines that the caller is about to make; 0 asks for time alone
   * @throws AzureException BUDGET when the run must stop, or would with these machines
   */
  public synchronized void check(int wanted) {
    Optional<String> now = stop();
    if (now.isEmpty() && wanted > 0 && machines.size() + wanted > limits.machines()) {
      stopped =
          Optional.of(
              "the run has used %d pod VMs and needs %d more, its limit is %d"
                  .formatted(machines.size(), wanted, limits.machines()));
      now = stopped;
    }
    if (now.isPresent()) {
      throw new AzureException(Reason.BUDGET, now.get());
    }
  }

  /** How many machines have been counted. */
  public synchronized int machines() {
    return machines.size();
  }
}
