package dev.cocolab.operators.workload;

import dev.cocolab.operators.control.ObjectKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Pods that a ReplicaSet has asked for or sent away and that its watch has not reported yet. Until
 * it has, the observed state is older than the last decision and must not lead to a second one.
 * Given up after five minutes, in case an event got lost.
 */
final class Expectations {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final class Pending {
    private int creations;
    private final Set<String> deletions = new HashSet<>();
    private Instant since;
  }

  private final Clock clock;
  private final Map<ObjectKey, Pending> pending = new HashMap<>();

  Expectations(Clock clock) {
    this.clock = clock;
  }

  synchronized void expectCreations(ObjectKey owner, int count) {
    Pending p = of(owner);
    p.creations += count;
    p.since = clock.instant();
  }

  synchronized void expectDeletions(ObjectKey owner, Set<String> uids) {
    Pending p = of(owner);
    p.deletions.addAll(uids);
    p.since = clock.instant();
  }

  /** A pod has appeared, or its creation has failed. */
  synchronized void creationSettled(ObjectKey owner) {
    Pending p = pending.get(owner);
    if (p != null && p.creations > 0) {
      p.creations--;
    }
  }

  /** A pod has begun to end, or its deletion has failed. */
  synchronized void deletionSettled(ObjectKey owner, String uid) {
    Pending p = pending.get(owner);
    if (p != null) {
      p.deletions.remove(uid);
    }
  }

  synchronized boolean settled(ObjectKey owner) {
    Pending p = pending.get(owner);
    if (p == null) {
      return true;
    }
    if ((p.creations == 0 && p.deletions.isEmpty())
        || p.since.plus(PATIENCE).isBefore(clock.instant())) {
      pending.remove(owner);
      return true;
    }
    return false;
  }

  synchronized void forget(ObjectKey owner) {
    pending.remove(owner);
  }

  private Pending of(ObjectKey owner) {
    return pending.computeIfAbsent(owner, k -> new Pending());
  }
}
