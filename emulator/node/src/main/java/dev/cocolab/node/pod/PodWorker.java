package dev.cocolab.node.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one pod from its binding to its deletion. All state is confined to one serial executor;
 * whatever blocks runs beside it and comes back as a task.
 */
public final class PodWorker {
  private static final Logger log = LoggerFactory.getLogger(PodWorker.class);
  private static final Duration RETRY = Duration.ofSeconds(10);
  private static final Duration FIRST_VOLUME_RETRY = Duration.ofMillis(500);
  private static final Duration LONGEST_VOLUME_RETRY = Duration.ofSeconds(122);
  private static final Duration ROOM_RETRY = Duration.ofSeconds(5);
  private static final Duration PULL_SETTLES = Duration.ofSeconds(1);

  private enum Stage {
    PREPARING,
    RUNNING,
    STOPPING,
    ENDED
  }

  private final PodBackend backend;
  private final PodReporter reporter;
  private final Timers timers;
  private final Clock clock;
  private final Executor io;
  private final SerialExecutor loop;
  private final StatusRenderer renderer;
  private final List<ContainerRun> inits = new ArrayList<>();
  private final List<ContainerRun> apps = new ArrayList<>();
  private final Plans plans;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private Pod pod;
  private Stage stage = Stage.PREPARING;
  private Optional<PreparedPod> prepared = Optional.empty();
  private Optional<StatusRenderer.Verdict> verdict = Optional.empty();
  private Duration volumeRetry = FIRST_VOLUME_RETRY;
  private int underWay;
  private boolean deleteWhenEnded;
  private boolean vanished;
  private Duration grace = Duration.ZERO;
  private boolean preparing;

  /** What a worker needs besides its pod. */
  public record Surroundings(
      PodBackend backend,
      PodReporter reporter,
      Timers timers,
      Clock clock,
      Executor io,
      String hostIp) {}

  /** A worker for a pod that is bound to this node; nothing happens before {@link #start}. */
  public PodWorker(Pod pod, Surroundings surroundings) {
    this.pod = Objects.requireNonNull(pod, "pod");
    this.backend = surroundings.backend();
    this.reporter = surroundings.reporter();
    this.timers = surroundings.timers();
    this.clock = surroundings.clock();
    this.io = surroundings.io();
    this.loop = new SerialExecutor(io);
    this.plans = new Plans(timers, loop);
    Instant now = clock.instant();
    this.renderer =
        new StatusRenderer(surroundings.hostIp(), Optional.ofNullable(pod.getStatus()), now);
    boolean withInit = !pod.getSpec().getInitContainers().isEmpty();
    String initial = withInit ? "PodInitializing" : "ContainerCreating";
    for (Container container : pod.getSpec().getInitContainers()) {
      inits.add(new ContainerRun(container, true, new ContainerRun.Waiting(initial, "")));
    }
    for (Container container : pod.getSpec().getContainers()) {
      apps.add(new ContainerRun(container, false, new ContainerRun.Waiting(initial, "")));
    }
  }

  /**
   * Begins.
   *
   * @param refusal why this node does not run the pod: it fails at once with that message
   */
  public void start(Optional<StatusRenderer.Verdict> refusal) {
    loop.execute(
        () -> {
          if (refusal.isPresent()) {
            refuse(refusal.get());
          } else if (EarlierLife.isOver(pod)) {
            stage = Stage.ENDED;
            ended.complete(null);
          } else if (EarlierLife.resume(pod, inits, apps, clock.instant())) {
            end(StatusRenderer.Verdict.failed("", ""));
          } else {
            report();
            prepare();
          }
          considerDeletion();
        });
  }

  /** The pod object has changed; most important is its deletion time stamp. */
  public void update(Pod changed) {
    loop.execute(
        () -> {
          pod = changed;
          considerDeletion();
        });
  }

  /** The pod object is gone; its containers are killed without grace. */
  public void forget() {
    loop.execute(
        () -> {
          vanished = true;
          stop(Duration.ZERO);
        });
  }

  /** Ends the containers because the node ends; the pod object stays. */
  public CompletionStage<Void> shutDown(Duration allowed) {
    loop.execute(
        () -> {
          vanished = true;
          stop(allowed);
        });
    return ended.copy();
  }

  private void refuse(StatusRenderer.Verdict refusal) {
    reporter.event(pod, EventSink.Type.WARNING, refusal.reason(), refusal.message(), "");
    verdict = Optional.of(refusal);
    stage = Stage.ENDED;
    report();
    ended.complete(null);
  }

  private void considerDeletion() {
    if (pod.getMetadata().getDeletionTimestamp() == null) {
      return;
    }
    deleteWhenEnded = true;
    Long seconds = pod.getMetadata().getDeletionGracePeriodSeconds();
    stop(Duration.ofSeconds(seconds == null ? 30 : seconds));
  }

  private void prepare() {
    preparing = true;
    Pod current = pod;
    io.execute(
        () -> {
          try {
            PreparedPod result = backend.prepare(current, sink());
            loop.execute(() -> prepared(result));
          } catch (PodSetupException e) {
            loop.execute(() -> setupFailed(e));
          } catch (RuntimeException e) {
            log.error("pod {} could not be set up", current.getMetadata().getName(), e);
            loop.execute(
                () ->
                    setupFailed(
                        new PodSetupException(
                            PodSetupException.Step.SANDBOX,
                            "Failed to create pod sandbox: " + e.getMessage(),
                            e)));
          }
        });
  }

  private void prepared(PreparedPod result) {
    preparing = false;
    prepared = Optional.of(result);
    renderer.sandboxReady(result.podIp());
    if (stage == Stage.STOPPING) {
      finishWhenStopped();
      return;
    }
    stage = Stage.RUNNING;
    advance();
  }

  private void setupFailed(PodSetupException e) {
    preparing = false;
    if (stage == Stage.STOPPING) {
      finishWhenStopped();
      return;
    }
    reporter.event(pod, EventSink.Type.WARNING, e.step().event(), message(e), "");
    Duration delay;
    switch (e.step()) {
      case VOLUME -> {
        delay = volumeRetry;
        volumeRetry = shorter(volumeRetry.multipliedBy(2), LONGEST_VOLUME_RETRY);
      }
      case ROOM -> delay = ROOM_RETRY;
      default -> delay = RETRY;
    }
    plans.after(delay, this::prepare);
    report();
  }

  /** Starts what may start now, then reports. */
  private void advance() {
    if (stage != Stage.RUNNING) {
      return;
    }
    Optional<ContainerRun> next = inits.stream().filter(run -> !run.succeeded()).findFirst();
    if (next.isPresent()) {
      if (!next.get().launched()) {
        launch(next.get());
      }
    } else {
      apps.stream().filter(run -> !run.launched()).forEach(this::launch);
    }
    report();
  }

  private void launch(ContainerRun run) {
    int launch = run.launching();
    if (run.state() instanceof ContainerRun.Waiting waiting
        && waiting.reason().equals("PodInitializing")
        && !run.init()) {
      run.waiting("ContainerCreating", "");
    }
    underWay++;
    PreparedPod place = prepared.orElseThrow();
    ContainerStart start =
        new ContainerStart(pod, run.container(), run.init(), run.restartCount(), sink());
    io.execute(
        () -> {
          try {
            RunningContainer running = place.start(start);
            loop.execute(() -> started(run, launch, running));
          } catch (ContainerStartException e) {
            loop.execute(() -> startFailed(run, e));
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
    if (stage == Stage.STOPPING) {
      running.stop(grace);
      return;
    }
    beginProbes(run, running);
    report();
  }

  private void startFailed(ContainerRun run, ContainerStartException e) {
    underWay--;
    if (stage != Stage.RUNNING) {
      finishWhenStopped();
      return;
    }
    boolean pull = e.reason() == ContainerStartException.Reason.IMAGE_PULL;
    run.waiting(e.reason().word(), message(e));
    String text = pull ? e.reason().word() : message(e);
    reporter.event(pod, EventSink.Type.WARNING, "Failed", "Error: " + text, run.fieldPath());
    if (pull) {
      Duration delay = run.pulls().next(clock.instant());
      plans.after(PULL_SETTLES, () -> backOffPull(run));
      plans.after(delay.isZero() ? RETRY : delay, () -> launch(run));
    } else {
      plans.after(RETRY, () -> launch(run));
    }
    report();
  }

  private void backOffPull(ContainerRun run) {
    if (run.state() instanceof ContainerRun.Waiting waiting
        && waiting.reason().equals(ContainerStartException.Reason.IMAGE_PULL.word())) {
      String text = "Back-off pulling image \"" + run.container().getImage() + "\"";
      run.waiting("ImagePullBackOff", text);
      reporter.event(pod, EventSink.Type.NORMAL, "BackOff", text, run.fieldPath());
      reporter.event(
          pod, EventSink.Type.WARNING, "Failed", "Error: ImagePullBackOff", run.fieldPath());
      report();
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
    if (stage != Stage.RUNNING) {
      finishWhenStopped();
      return;
    }
    if (RestartRules.restarts(pod, run.init(), exit.code())) {
      restart(run, now);
    } else if (run.init()) {
      if (exit.code() == 0) {
        advance();
        return;
      }
      end(StatusRenderer.Verdict.failed("", ""));
      return;
    } else if (apps.stream().allMatch(app -> app.state() instanceof ContainerRun.Terminated)) {
      end(
          apps.stream().allMatch(ContainerRun::succeeded)
              ? StatusRenderer.Verdict.succeeded()
              : StatusRenderer.Verdict.failed("", ""));
      return;
    }
    report();
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
        pod,
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
    report();
  }

  private void beginProbes(ContainerRun run, RunningContainer running) {
    ContainerProbes.Listener listener =
        new ContainerProbes.Listener() {
          @Override
          public void changed() {
            report();
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
    reporter.event(pod, EventSink.Type.WARNING, "Unhealthy", message, run.fieldPath());
    if (restart) {
      String text =
          "Container "
              + run.name()
              + " failed "
              + kind.toLowerCase(Locale.ROOT)
              + " probe, will be restarted";
      reporter.event(pod, EventSink.Type.NORMAL, "Killing", text, run.fieldPath());
      run.handle().ifPresent(handle -> handle.stop(specGrace()));
    }
  }

  /** The pod has come to its end by itself. */
  private void end(StatusRenderer.Verdict outcome) {
    verdict = Optional.of(outcome);
    stage = Stage.ENDED;
    plans.cancelAll();
    report();
    closePlace();
  }

  private void stop(Duration allowed) {
    if (stage == Stage.ENDED) {
      if (deleteWhenEnded && !vanished && ended.isDone()) {
        reporter.delete(pod);
      }
      return;
    }
    boolean first = stage != Stage.STOPPING;
    if (!first && allowed.compareTo(grace) >= 0) {
      return;
    }
    stage = Stage.STOPPING;
    grace = allowed;
    plans.cancelAll();
    for (ContainerRun run : allRuns()) {
      if (run.running()) {
        if (first) {
          reporter.event(
              pod,
              EventSink.Type.NORMAL,
              "Killing",
              "Stopping container " + run.name(),
              run.fieldPath());
        }
        run.endProbes();
        run.handle().ifPresent(handle -> handle.stop(allowed));
      }
    }
    finishWhenStopped();
  }

  private void finishWhenStopped() {
    if (stage != Stage.STOPPING
        || preparing
        || underWay > 0
        || allRuns().stream().anyMatch(ContainerRun::running)) {
      return;
    }
    stage = Stage.ENDED;
    boolean success =
        apps.stream().allMatch(ContainerRun::succeeded)
            && inits.stream().allMatch(ContainerRun::succeeded);
    if (verdict.isEmpty()) {
      verdict =
          Optional.of(
              success ? StatusRenderer.Verdict.succeeded() : StatusRenderer.Verdict.failed("", ""));
    }
    if (!vanished) {
      report();
    }
    closePlace();
  }

  private void closePlace() {
    Optional<PreparedPod> place = prepared;
    prepared = Optional.empty();
    io.execute(
        () -> {
          try {
            place.ifPresent(PreparedPod::close);
          } finally {
            loop.execute(
                () -> {
                  ended.complete(null);
                  if (deleteWhenEnded && !vanished) {
                    reporter.delete(pod);
                  }
                });
          }
        });
  }

  private void report() {
    if (vanished) {
      return;
    }
    PodStatus status = renderer.render(pod, inits, apps, verdict, clock.instant());
    reporter.status(pod, status);
  }

  private EventSink sink() {
    return (type, reason, message, path) -> reporter.event(pod, type, reason, message, path);
  }

  private List<ContainerRun> allRuns() {
    List<ContainerRun> all = new ArrayList<>(inits);
    all.addAll(apps);
    return all;
  }

  private Duration specGrace() {
    Long seconds = pod.getSpec().getTerminationGracePeriodSeconds();
    return Duration.ofSeconds(seconds == null ? 30 : seconds);
  }

  private String identity() {
    return pod.getMetadata().getName()
        + "_"
        + pod.getMetadata().getNamespace()
        + "("
        + pod.getMetadata().getUid()
        + ")";
  }

  private static String message(Throwable e) {
    return String.valueOf(e.getMessage());
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
