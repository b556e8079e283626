package dev.cocolab.steps.performance;

import dev.cocolab.load.Demand;
import dev.cocolab.steps.performance.Check.Unit;
import dev.cocolab.steps.targets.TrusteeState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one run has measured so far. A load is made once in a run, by the first scenario that asks
 * for it; the others judge the same numbers. Scenarios that measure run alone, one at a time.
 */
public final class Measurements implements AutoCloseable {
  private static final double MILLIS = 1e6;
  private static final double WHOLE = 100;

  /** A judgement, and how busy other programs were. */
  private record Judged(Check check, double others) {}

  private final Map<Demand, Load> loads = new LinkedHashMap<>();
  private final Map<String, Judged> checks = new LinkedHashMap<>();
  private Optional<LoadBench.Cost> cost = Optional.empty();
  private Optional<Load> atRate = Optional.empty();
  private final List<Load> replaced = new ArrayList<>();
  private PodStartTimes podStarts = PodStartTimes.none();
  private boolean unreached;
  private Optional<LoadProcess> clients = Optional.empty();
  private final Map<String, String> environment;

  /**
   * Nothing measured yet.
   *
   * @param environment of the process that makes the loads
   */
  public Measurements(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** The loads of these numbers of clients; those that are missing are made. */
  public synchronized List<Load> sweep(List<Integer> counts, TrusteeState trustee) {
    List<Demand> wanted = counts.stream().<Demand>map(Demand.Clients::new).toList();
    make(wanted.stream().filter(demand -> !loads.containsKey(demand)).toList(), trustee);
    return wanted.stream().map(loads::get).toList();
  }

  private void make(List<Demand> demands, TrusteeState trustee) {
    if (demands.isEmpty()) {
      return;
    }
    LoadBench bench = bench(trustee);
    if (cost.isEmpty()) {
      cost = Optional.of(bench.cost());
    }
    demands.forEach(demand -> count(bench.run(demand, cost.get(), best())));
  }

  /** From now on its numbers count for what was asked of it. */
  void count(Load load) {
    Optional.ofNullable(loads.put(load.demand(), load)).ifPresent(replaced::add);
  }

  /** The load at a part of the peak rate of the sweep; made if it is missing. */
  public synchronized Load atPartOfPeak(double part, TrusteeState trustee) {
    if (atRate.isEmpty()) {
      atRate = Optional.of(rate(part * peak().perSecond(), trustee));
    }
    return atRate.get();
  }

  private Load rate(double perSecond, TrusteeState trustee) {
    if (perSecond <= 0) {
      throw new AssertionError("no attestation succeeded, so there is no rate to take a part of");
    }
    Demand demand = new Demand.Rate(perSecond);
    return bench(trustee).run(demand, cost.orElseThrow(), best());
  }

  /**
   * One process makes all loads of a run: a cold one could not keep a rate from its first second.
   */
  private LoadBench bench(TrusteeState trustee) {
    if (clients.isEmpty() || !clients.get().alive()) {
      clients = Optional.of(LoadProcess.start(environment));
    }
    return LoadBench.on(trustee, clients.get());
  }

  /** Ends the process that makes the loads. */
  @Override
  public synchronized void close() {
    clients.ifPresent(LoadProcess::close);
    clients = Optional.empty();
  }

  private double best() {
    return loads.values().stream().mapToDouble(Load::perSecond).max().orElse(0);
  }

  /** The load with the highest rate. */
  public synchronized Load peak() {
    return loads.values().stream()
        .max(Comparator.comparingDouble(Load::perSecond))
        .orElseThrow(() -> new AssertionError("no load has been made yet"));
  }

  /** The loads whose numbers count. */
  public synchronized List<Load> all() {
    List<Load> all = new ArrayList<>(loads.values());
    atRate.ifPresent(all::add);
    return all;
  }

  /** The load that counts for what was asked of this one. */
  public synchronized Load of(Load load) {
    return loads.getOrDefault(load.demand(), load);
  }

  /** All loads that were made, with those that were made again: what failed has failed. */
  public synchronized List<Load> everMade() {
    List<Load> made = new ArrayList<>(all());
    made.addAll(replaced);
    return made;
  }

  /** Makes a load of the sweep again, whose numbers then count. */
  public synchronized Load again(Load load, TrusteeState trustee) {
    make(List.of(load.demand()), trustee);
    return loads.get(load.demand());
  }

  /**
   * Measures the peak rate again, then the load at a part of it, whose numbers then count: what
   * else keeps the machine busy may have changed since.
   */
  public synchronized Load partAgain(double part, TrusteeState trustee) {
    again(peak(), trustee);
    atRate.ifPresent(replaced::add);
    atRate = Optional.of(rate(part * peak().perSecond(), trustee));
    return atRate.get();
  }

  /** Keeps the phases of pods' starts: for each pod when it came to each phase. */
  public synchronized PodStartTimes podStarts(List<Map<String, Duration>> reached) {
    podStarts = PodStartTimes.of(reached);
    return podStarts;
  }

  /**
   * Judges a number of loads, and keeps the judgement for the report.
   *
   * @param of the loads that it is made of, as they are when it has been measured for the last time
   * @param again measures once more, if the number missed its bound by little
   * @throws AssertionError with number and bound when it does not hold
   * @throws TestAbortedException when it does not hold and other programs kept the machine busy
   *     during one of these loads, or when that is known
   */
  public synchronized void require(Check check, Supplier<List<Load>> of, DoubleSupplier again) {
    judge(check.repeatedIfBorderline(again), () -> others(of.get()), unreached);
  }

  /** As {@link #require}, also while limits are known not to be reached. */
  public synchronized void requireFloor(
      Check check, Supplier<List<Load>> of, DoubleSupplier again) {
    judge(check.repeatedIfBorderline(again), () -> others(of.get()), false);
  }

  /** From now on a limit that is missed is a known shortfall, which is told and fails nothing. */
  public synchronized void expectUnreached() {
    unreached = true;
  }

  /** From now on a limit that is missed is a failure. */
  public synchronized void expectReached() {
    unreached = false;
  }

  /** Judges a number that does not depend on what else the machine does. */
  public synchronized void requireAnyhow(Check check, DoubleSupplier again) {
    judge(check.repeatedIfBorderline(again), () -> 0, false);
  }

  private void judge(Check check, DoubleSupplier disturbance, boolean known) {
    double others = disturbance.getAsDouble();
    checks.put(check.id(), new Judged(check, others));
    if (check.disturbed(others)) {
      throw new TestAbortedException(
          "skipped: not judged, because other programs kept %.0f %% of the processors busy; %s"
              .formatted(WHOLE * others, check.sentence()));
    }
    if (!check.held() && known) {
      throw new TestAbortedException(
          "skipped: not reached yet, as LIMITATIONS.md says; " + check.sentence());
    }
    if (!check.held()) {
      throw new AssertionError(check.sentence());
    }
  }

  /** How busy other programs were during the one of these loads that they disturbed most. */
  private static double others(List<Load> loads) {
    return loads.stream().mapToDouble(Load::others).max().orElse(0);
  }

  /**
   * Judges a number against the budget of whoever runs the scenarios, whatever else the machine
   * did; without a budget nothing.
   */
  public void requireBudget(
      Budgets budgets, Budgets.Budget budget, String claim, double measured, DoubleSupplier again) {
    budgets
        .of(budget)
        .ifPresent(
            bound ->
                requireAnyhow(
                    budget == Budgets.Budget.RATE
                        ? Check.atLeast(budget.property(), claim, Unit.PER_SECOND, bound, measured)
                        : Check.atMost(budget.property(), claim, Unit.MS, bound, measured),
                    again));
  }

  /**
   * Writes {@code cocolab-performance/1}; a run that measured nothing leaves no file, also none of
   * an earlier run.
   */
  public synchronized void write(Path file, Instant started, String target) throws IOException {
    Objects.requireNonNull(started, "started");
    Files.deleteIfExists(file);
    if (loads.isEmpty() && podStarts.count() == 0) {
      return;
    }
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("format", "cocolab-performance/1");
    root.put("started", started.toString()).put("target", target);
    cost.ifPresent(
        known ->
            root.put(
                "crypto_provider",
                "%s (clients), %s (Trustee)".formatted(known.client(), known.here())));
    var list = root.putArray("loads");
    all().forEach(load -> load.addTo(list.addObject()));
    var again = root.putArray("replaced");
    replaced.forEach(load -> load.addTo(again.addObject()));
    podStarts.addTo(root.putObject("pod_start"));
    var judged = root.putArray("checks");
    checks.values().forEach(one -> one.check().addTo(judged.addObject(), one.others()));
    Files.writeString(
        file,
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n",
        StandardCharsets.UTF_8);
  }

  static double millis(Duration time) {
    return time.toNanos() / MILLIS;
  }
}
