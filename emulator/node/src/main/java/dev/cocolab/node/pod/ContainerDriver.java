package dev.cocolab.node.pod;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts, watches and restarts the containers of one pod. Confined to the pod's executor, as is its
 * owner.
 */
final class ContainerDriver {
  private static final Logger log = LoggerFactory.getLogger(ContainerDriver.class);
  private static final Duration RETRY = Duration.ofSeconds(10);
  private static final Duration PULL_SETTLES = Duration.ofSeconds(1);

  /** The pod as its containers need to know it. */
  interface Owner {
    Pod pod();

    /** Whether containers may be started; otherwise the pod is being stopped or has ended. */
    boolean isRunning();

    /** Grace period of the stop that is under way. */
    Duration stopGrace();

    /** Something changed that the status shows. */
    void report();

    /** A container has ended and will not be restarted. */
    void ended(ContainerRun run, int exitCode);

    /** A start or a run came to its end while the pod is being stopped. */
    void settled();
  }

  private final Owner owner;
  private final PodReporter reporter;
  private final Timers timers;
  private final Plans plans;
  private final Clock clock;
  private final Executor io;
  private final Executor loop;
  private Optional<PreparedPod> place = Optional.empty();
  private int underWay;

  ContainerDriver(Owner owner, PodWorker.Surroundings surroundings, Plans plans, Executor loop) {
    this.owner = owner;
    this.reporter = surroundings.reporter();
    this.timers = surroundings.timers();
    this.plans = plans;
    this.clock = surroundings.clock();
    this.io = surroundings.io();
    this.loop = loop;
  }

  void place(PreparedPod prepared) {
    place = Optional.of(prepared);
  }

  /** Whether a start has not yet succeeded or failed. */
  boolean isStarting() {
    return underWay > 0;
  }

  void launch(ContainerRun run) {
    int launch = run.launching();
    if (run.state() instanceof ContainerRun.Waiting waiting
        && waiting.reason().equals("PodInitializing")
        && !run.init()) {
      run.waiting("ContainerCreating", "");
    }
    underWay++;
    PreparedPod here = place.orElseThrow();
    ContainerStart start =
        new ContainerStart(
            owner.pod(), run.container(), run.init(), run.restartCount(), sink(owner.pod()));
    io.execute(
        () -> {
          try {
            RunningContainer running = here.start(start);
            loop.execute(() -> started(run, launch, running));
          } catch (ContainerStartException e) {
            loop.execute(() -> startFailed(run, e));
          } catch (IllegalArgumentException e) {
            // what a manifest asks for cannot be handed to a process, and the text says why
            loop.execute(
                () ->
                    startFailed(
                        run,
                        new ContainerStartException(
                            ContainerStartException.Reason.CREATE, message(e), e)));
          } catch (RuntimeException e) {
            log.error("container {} could not be started", run.name(), e);
            loop.execute(
                () ->
                    startFailed(
                        run,
                        new ContainerStartException(
                            ContainerStartException.Reason.CREATE, String.valueOf(e), e)));
          }
        });
  }

  private void started(ContainerRun run, int launch, RunningContainer running) {
    underWay--;
    Instant now = clock.instant();
    run.running(running, now);
    running
        .exited()
        .whenComplete(
            (exit, problem) ->
                loop.execute(
                    () ->
                        exited(
                            run,
                            launch,
                            problem == null
                                ? exit
                                : new RunningContainer.Exit(255, String.valueOf(problem)))));
    if (!owner.isRunning()) {
      running.stop(owner.stopGrace());
      return;
    }
    beginProbes(run, running);
    owner.report();
  }

  private void startFailed(ContainerRun run, ContainerStartException e) {
    underWay--;
    if (!owner.isRunning()) {
      owner.settled();
      return;
    }
    boolean pull = e.reason() == ContainerStartException.Reason.IMAGE_PULL;
    run.waiting(e.reason().word(), message(e));
    String text = pull ? e.reason().word() : message(e);
    reporter.event(
        owner.pod(), EventSink.Type.WARNING, "Failed", "Error: " + text, run.fieldPath());
    if (pull) {
      Duration delay = run.pulls().next(clock.instant());
      plans.after(PULL_SETTLES, () -> backOffPull(run));
      plans.after(delay.isZero() ? RETRY : delay, () -> launch(run));
    } else {
      plans.after(RETRY, () -> launch(run));
    }
    owner.report();
  }

  private void backOffPull(ContainerRun run) {
    if (run.state() instanceof ContainerRun.Waiting waiting
        && waiting.reason().equals(ContainerStartException.Reason.IMAGE_PULL.word())) {
      String text = "Back-off pulling image \"" + run.container().getImage() + "\"";
      run.waiting("ImagePullBackOff", text);
      reporter.event(owner.pod(), EventSink.Type.NORMAL, "BackOff", text, run.fieldPath());
      reporter.event(
          owner.pod(),
          EventSink.Type.WARNING,
          "Failed",
          "Error: ImagePullBackOff",
          run.fieldPath());
      owner.report();
    }
  }

  private void exited(ContainerRun run, int launch, RunningContainer.Exit exit) {
    if (run.launch() != launch || !(run.state() instanceof ContainerRun.Running running)) {
      return;
    }
    Instant now = clock.instant();
    String id = run.handle().map(RunningContainer::containerId).orElse("");
    String reason = exit.code() == 0 ? "Completed" : "Error";
    run.terminated(
        new ContainerRun.Terminated(
            exit.code(), reason, exit.message(), running.startedAt(), now, id));
    if (!owner.isRunning()) {
      owner.settled();
      return;
    }
    if (RestartRules.restarts(owner.pod(), run.init(), exit.code())) {
      restart(run, now);
    } else {
      owner.ended(run, exit.code());
      return;
    }
    owner.report();
  }

  private void restart(ContainerRun run, Instant now) {
    Duration delay = run.restarts().next(now);
    if (delay.isZero()) {
      relaunch(run);
      return;
    }
    String who = run.name() + " in pod " + identity();
    run.waiting(
        "CrashLoopBackOff",
        "back-off "
            + StatusRenderer.goDuration(delay)
            + " restarting failed container="
            + run.name()
            + " pod="
            + identity());
    reporter.event(
        owner.pod(),
        EventSink.Type.WARNING,
        "BackOff",
        "Back-off restarting failed container " + who,
        run.fieldPath());
    plans.after(delay, () -> relaunch(run));
  }

  private void relaunch(ContainerRun run) {
    run.countRestart();
    if (run.state() instanceof ContainerRun.Terminated) {
      run.waiting("ContainerCreating", "");
    }
    launch(run);
    owner.report();
  }

  private void beginProbes(ContainerRun run, RunningContainer running) {
    ContainerProbes.Listener listener =
        new ContainerProbes.Listener() {
          @Override
          public void changed() {
            owner.report();
          }

          @Override
          public void failed(String kind, String message, boolean restart) {
            unhealthy(run, kind, message, restart);
          }
        };
    ContainerProbes probes = new ContainerProbes(run, running, timers, io, loop, listener);
    run.probedBy(probes);
    probes.begin();
  }

  private void unhealthy(ContainerRun run, String kind, String message, boolean restart) {
    reporter.event(owner.pod(), EventSink.Type.WARNING, "Unhealthy", message, run.fieldPath());
    if (restart) {
      String text =
          "Container "
              + run.name()
              + " failed "
              + kind.toLowerCase(Locale.ROOT)
              + " probe, will be restarted";
      reporter.event(owner.pod(), EventSink.Type.NORMAL, "Killing", text, run.fieldPath());
      run.handle().ifPresent(handle -> handle.stop(specGrace()));
    }
  }

  private Duration specGrace() {
    Long seconds = owner.pod().getSpec().getTerminationGracePeriodSeconds();
    return Duration.ofSeconds(seconds == null ? 30 : seconds);
  }

  private String identity() {
    return owner.pod().getMetadata().getName()
        + "_"
        + owner.pod().getMetadata().getNamespace()
        + "("
        + owner.pod().getMetadata().getUid()
        + ")";
  }

  private EventSink sink(Pod pod) {
    return (type, reason, message, path) -> reporter.event(pod, type, reason, message, path);
  }

  private static String message(Throwable e) {
    return String.valueOf(e.getMessage());
  }
}
