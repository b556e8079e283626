package dev.cocolab.node.pod;

import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Startup, liveness and readiness probes of one start of a container. Confined to the pod's
 * executor. A container that is not ready yet is asked more often than its period says, so that it
 * becomes ready soon after it can; such early failures do not count.
 */
final class ContainerProbes {
  private static final Duration EARLY = Duration.ofMillis(100);

  /** Takes what follows from probes. */
  interface Listener {
    /** Ready or started may have changed. */
    void changed();

    /** A probe has failed; {@code kind} is Liveness, Readiness or Startup. */
    void failed(String kind, String message, boolean restart);
  }

  private enum Kind {
    STARTUP,
    LIVENESS,
    READINESS;

    String word() {
      return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }
  }

  private static final class Cycle {
    private final Kind kind;
    private final Probe probe;
    private Duration early = EARLY;
    private Duration waited = Duration.ZERO;
    private int successes;
    private int failures;

    private Cycle(Kind kind, Probe probe) {
      this.kind = kind;
      this.probe = probe;
    }

    private Duration period() {
      return Duration.ofSeconds(orElse(probe.getPeriodSeconds(), 10));
    }
  }

  private final ContainerRun run;
  private final RunningContainer container;
  private final Timers timers;
  private final Executor io;
  private final Executor loop;
  private final Listener listener;
  private final List<Timers.Planned> plans = new ArrayList<>();
  private boolean ended;

  ContainerProbes(
      ContainerRun run,
      RunningContainer container,
      Timers timers,
      Executor io,
      Executor loop,
      Listener listener) {
    this.run = run;
    this.container = container;
    this.timers = timers;
    this.io = io;
    this.loop = loop;
    this.listener = listener;
  }

  void begin() {
    Probe startup = run.container().getStartupProbe();
    if (startup == null) {
      beginAfterStartup();
    } else {
      schedule(new Cycle(Kind.STARTUP, startup), initialDelay(startup));
    }
  }

  void end() {
    ended = true;
    plans.forEach(Timers.Planned::cancel);
    plans.clear();
  }

  private void beginAfterStartup() {
    run.setStarted(true);
    Probe readiness = run.container().getReadinessProbe();
    Probe liveness = run.container().getLivenessProbe();
    run.setReady(readiness == null);
    if (readiness != null) {
      schedule(new Cycle(Kind.READINESS, readiness), initialDelay(readiness));
    }
    if (liveness != null) {
      schedule(new Cycle(Kind.LIVENESS, liveness), initialDelay(liveness));
    }
    listener.changed();
  }

  private void schedule(Cycle cycle, Duration delay) {
    plans.add(timers.after(delay, () -> io.execute(() -> ask(cycle))));
    if (plans.size() > 8) {
      plans.remove(0);
    }
  }

  private void ask(Cycle cycle) {
    Optional<String> problem = container.probe(cycle.probe);
    loop.execute(() -> answered(cycle, problem));
  }

  private void answered(Cycle cycle, Optional<String> problem) {
    if (ended || !run.running()) {
      return;
    }
    if (problem.isEmpty()) {
      succeeded(cycle);
    } else {
      failed(cycle, problem.get());
    }
  }

  private void succeeded(Cycle cycle) {
    cycle.failures = 0;
    cycle.successes++;
    if (cycle.kind == Kind.STARTUP) {
      beginAfterStartup();
      return;
    }
    if (cycle.kind == Kind.READINESS
        && !run.ready()
        && cycle.successes >= orElse(cycle.probe.getSuccessThreshold(), 1)) {
      run.setReady(true);
      listener.changed();
    }
    schedule(cycle, cycle.period());
  }

  private void failed(Cycle cycle, String problem) {
    cycle.successes = 0;
    boolean waiting = cycle.kind != Kind.LIVENESS && !run.ready();
    if (waiting && cycle.waited.plus(cycle.early).compareTo(cycle.period()) < 0) {
      cycle.waited = cycle.waited.plus(cycle.early);
      schedule(cycle, cycle.early);
      cycle.early = cycle.early.multipliedBy(2);
      return;
    }
    cycle.waited = Duration.ZERO;
    cycle.early = EARLY;
    cycle.failures++;
    boolean reached = cycle.failures >= orElse(cycle.probe.getFailureThreshold(), 3);
    boolean restart = reached && cycle.kind != Kind.READINESS;
    listener.failed(cycle.kind.word(), cycle.kind.word() + " probe failed: " + problem, restart);
    if (restart) {
      end();
      return;
    }
    if (reached && run.ready()) {
      run.setReady(false);
      listener.changed();
    }
    schedule(cycle, waiting ? cycle.early : cycle.period());
  }

  private static Duration initialDelay(Probe probe) {
    return Duration.ofSeconds(orElse(probe.getInitialDelaySeconds(), 0));
  }

  private static int orElse(Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }
}
