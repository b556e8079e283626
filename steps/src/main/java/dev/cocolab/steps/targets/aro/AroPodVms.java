package dev.cocolab.steps.targets.aro;

import dev.cocolab.azure.RunTags;
import dev.cocolab.azure.budget.Budget;
import dev.cocolab.azure.control.CloudControl;
import dev.cocolab.azure.control.PodMachines.PodMachine;
import dev.cocolab.azure.cost.Cost;
import dev.cocolab.steps.targets.PodVms;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** This run's pod VMs as Azure lists them. Each look counts for the budget and for the cost. */
final class AroPodVms implements PodVms {
  private final CloudControl control;
  private final String resourceGroup;
  private final String runId;
  private final Budget budget;
  private final Clock clock;
  private final Outage outage;
  private final Map<String, Lifetime> lifetimes = new HashMap<>();

  private record Lifetime(String size, Instant from, Instant to, boolean over) {
    Lifetime until(Instant now, boolean gone) {
      return over ? this : new Lifetime(size, from, now, gone);
    }

    Cost.Use use() {
      Duration time = Duration.between(from, to);
      return new Cost.Use(size, time.isNegative() ? Duration.ZERO : time);
    }
  }

  /**
   * Those with this run's tag.
   *
   * @param resourceGroup the cluster's managed one
   */
  AroPodVms(
      CloudControl control,
      String resourceGroup,
      String runId,
      Budget budget,
      Clock clock,
      Outage outage) {
    this.control = Objects.requireNonNull(control, "control");
    this.resourceGroup = Objects.requireNonNull(resourceGroup, "resourceGroup");
    this.runId = Objects.requireNonNull(runId, "runId");
    this.budget = Objects.requireNonNull(budget, "budget");
    this.clock = Objects.requireNonNull(clock, "clock");
    this.outage = Objects.requireNonNull(outage, "outage");
  }

  @Override
  public List<PodVm> list() {
    return outage.watch(this::look);
  }

  /**
   * As {@link #list}, for who does not need it.
   *
   * @throws dev.cocolab.azure.AzureException when Azure cannot be asked
   */
  List<PodVm> look() {
    List<PodMachine> now =
        control.podMachines(resourceGroup).machines().stream()
            .filter(machine -> runId.equals(machine.tags().get(RunTags.RUN_ID)))
            .toList();
    budget.seen(now.stream().map(PodMachine::name).toList());
    count(now);
    return now.stream().map(machine -> new PodVm(machine.name(), machine.size())).toList();
  }

  private synchronized void count(List<PodMachine> machines) {
    Instant now = clock.instant();
    Set<String> there = new HashSet<>();
    for (PodMachine machine : machines) {
      there.add(machine.name());
      lifetimes.putIfAbsent(
          machine.name(), new Lifetime(machine.size(), machine.created().orElse(now), now, false));
    }
    lifetimes.replaceAll((name, known) -> known.until(now, !there.contains(name)));
  }

  /** How long each was there, from its creation to the look at which it was gone. */
  synchronized List<Cost.Use> uses() {
    return lifetimes.values().stream().map(Lifetime::use).toList();
  }

  @Override
  public List<String> guestLog() {
    return List.of();
  }
}
