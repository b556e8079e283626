package dev.cocolab.azure.sweep;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.Delays;
import dev.cocolab.azure.control.CloudControl;
import dev.cocolab.azure.control.Deletion;
import dev.cocolab.azure.control.PodMachines;
import dev.cocolab.azure.control.PodMachines.PodCard;
import dev.cocolab.azure.control.PodMachines.PodResource;
import dev.cocolab.azure.sweep.SweepReport.Item;
import dev.cocolab.azure.sweep.SweepReport.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes pod VMs, then the network cards that are left without a VM. All deletions are started
 * before the first is waited for; one that fails is reported and the others go on.
 */
public final class Sweeper {
  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

  /** A VM that is still being created answers 409 for a while. */
  private static final int CONFLICT_TRIES = 4;

  private static final Duration CONFLICT_PAUSE = Duration.ofSeconds(15);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

  private final CloudControl control;
  private final Clock clock;
  private final Delays delays;
  private final Duration limit;

  /**
   * A sweeper.
   *
   * @param limit when it gives up waiting for deletions
   */
  public Sweeper(CloudControl control, Clock clock, Delays delays, Duration limit) {
    this.control = control;
    this.clock = clock;
    this.delays = delays;
    this.limit = limit;
  }

  /**
   * Sweeps once.
   *
   * @throws AzureException when not even the list of machines can be had; INTERRUPTED at an
   *     interrupt, after which no deletion is begun
   */
  public SweepReport sweep(SweepScope scope) {
    Instant deadline = clock.instant().plus(limit);
    List<Item> items = new ArrayList<>();
    PodMachines before = control.podMachines(scope.resourceGroup());
    remove("VM", before.machines(), scope, deadline, items);
    // Asked again: most cards go with their VM, and a card that is attached cannot be deleted.
    List<PodCard> cards;
    try {
      cards = control.podMachines(scope.resourceGroup()).cards();
    } catch (AzureException e) {
      stopAtInterrupt(e);
      // The VMs' outcomes are worth a report also without the cards'.
      items.add(new Item("*", "NIC", Outcome.FAILED, e.getMessage(), Optional.of(e.reason())));
      return new SweepReport(items);
    }
    Predicate<PodCard> loose = card -> !card.attached();
    remove("NIC", cards.stream().filter(loose).toList(), scope, deadline, items);
    return new SweepReport(items);
  }

  private void remove(
      String kind,
      List<? extends PodResource> all,
      SweepScope scope,
      Instant deadline,
      List<Item> items) {
    Map<PodResource, Deletion> started = new LinkedHashMap<>();
    Map<PodResource, String> why = new LinkedHashMap<>();
    for (PodResource one : all) {
      SweepScope.Verdict verdict = scope.judge(one);
      switch (verdict.choice()) {
        case KEEP -> items.add(item(one, kind, Outcome.KEPT, verdict.why()));
        case REPORT -> items.add(item(one, kind, Outcome.UNTAGGED, verdict.why()));
        case DELETE -> {
          LOG.info("deleting {} {}: {}", kind, one.name(), verdict.why());
          why.put(one, verdict.why());
          try {
            started.put(one, start(one, deadline));
          } catch (AzureException e) {
            stopAtInterrupt(e);
            items.add(failed(one, kind, e));
          }
        }
      }
    }
    await(started, why, kind, deadline, items);
  }

  private Deletion start(PodResource one, Instant deadline) {
    for (int attempt = 1; ; attempt++) {
      try {
        return control.delete(one.id());
      } catch (AzureException e) {
        boolean again =
            e.reason() == Reason.CONFLICT
                && attempt < CONFLICT_TRIES
                && clock.instant().plus(CONFLICT_PAUSE).isBefore(deadline);
        if (!again) {
          throw e;
        }
        delays.pause(CONFLICT_PAUSE);
      }
    }
  }

  private void await(
      Map<PodResource, Deletion> open,
      Map<PodResource, String> why,
      String kind,
      Instant deadline,
      List<Item> items) {
    while (!open.isEmpty()) {
      Duration pause = LONGEST_PAUSE;
      for (PodResource one : List.copyOf(open.keySet())) {
        Deletion deletion = open.get(one);
        try {
          deletion.poll();
        } catch (AzureException e) {
          stopAtInterrupt(e);
          open.remove(one);
          items.add(failed(one, kind, e));
          continue;
        }
        if (deletion.done()) {
          open.remove(one);
          items.add(item(one, kind, Outcome.DELETED, why.get(one)));
        } else if (deletion.pause().compareTo(pause) < 0) {
          pause = deletion.pause();
        }
      }
      if (open.isEmpty()) {
        return;
      }
      if (!clock.instant().plus(pause).isBefore(deadline)) {
        open.keySet().forEach(one -> items.add(late(one, kind)));
        return;
      }
      delays.pause(pause);
    }
  }

  /** Who interrupts wants no further deletion to begin. */
  private static void stopAtInterrupt(AzureException e) {
    if (e.reason() == Reason.INTERRUPTED) {
      throw e;
    }
  }

  private Item late(PodResource one, String kind) {
    return failed(
        one,
        kind,
        new AzureException(
            Reason.UNREACHABLE,
            "its deletion was accepted and is not through after %d minutes"
                .formatted(limit.toMinutes())));
  }

  private static Item item(PodResource one, String kind, Outcome outcome, String detail) {
    return new Item(one.name(), kind, outcome, detail, Optional.empty());
  }

  private static Item failed(PodResource one, String kind, AzureException e) {
    return new Item(one.name(), kind, Outcome.FAILED, e.getMessage(), Optional.of(e.reason()));
  }
}
