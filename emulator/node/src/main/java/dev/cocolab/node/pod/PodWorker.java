package dev.cocolab.node.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

  private enum Stage {
    PREPARING,
    RUNNING,
    STOPPING,
    ENDED
  }

  private final PodBackend backend;
  private final PodReporter reporter;
  private final Clock clock;
  private final Executor io;
  private final SerialExecutor loop;
  private final StatusRenderer renderer;
  private final List<ContainerRun> inits = new ArrayList<>();
  private final List<ContainerRun> apps = new ArrayList<>();
  private final Plans plans;
  private final ContainerDriver driver;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private Pod pod;
  private Stage stage = Stage.PREPARING;
  private Optional<PreparedPod> prepared = Optional.empty();
  private Optional<StatusRenderer.Verdict> verdict = Optional.empty();
  private final SetupRetries retries = new SetupRetries();
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
    this.clock = surroundings.clock();
    this.io = surroundings.io();
    this.loop = new SerialExecutor(io);
    this.plans = new Plans(surroundings.timers(), loop);
    this.driver = new ContainerDriver(new Owner(), surroundings, plans, loop);
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
          List<String> ignored = SpecChanges.withoutEffect(pod, changed);
          pod = changed;
          ignored.forEach(
              text -> reporter.event(pod, EventSink.Type.WARNING, "UnsupportedByNode", text, ""));
          considerDeletion();
        });
  }

  /** The container with this name, if it runs. */
  public CompletableFuture<Optional<RunningContainer>> running(String container) {
    return CompletableFuture.supplyAsync(
        () ->
            allRuns().stream()
                .filter(run -> run.name().equals(container) && run.running())
                .findFirst()
                .flatMap(ContainerRun::handle),
        loop);
  }

  /** The pod's place on this machine, as long as it has one. */
  public CompletableFuture<Optional<PreparedPod>> place() {
    return CompletableFuture.supplyAsync(() -> prepared, loop);
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
    driver.place(result);
    renderer.sandboxReady(result.podIp());
    if (stage == Stage.STOPPING) {
      finishWhenStopped();
      return;
    }
    stage = Stage.RUNNING;
    new StorageWatch(result, plans, io, loop, () -> stage == Stage.RUNNING, this::evict).begin(pod);
    advance();
  }

  private void evict(String why) {
    if (stage == Stage.RUNNING) {
      reporter.event(pod, EventSink.Type.WARNING, "Evicted", why, "");
      verdict = Optional.of(StatusRenderer.Verdict.failed("Evicted", why));
      stop(Duration.ZERO);
    }
  }

  private void setupFailed(PodSetupException e) {
    preparing = false;
    if (stage == Stage.STOPPING) {
      finishWhenStopped();
      return;
    }
    reporter.event(
        pod, EventSink.Type.WARNING, e.step().event(), String.valueOf(e.getMessage()), "");
    plans.after(retries.delay(e.step()), this::prepare);
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
        driver.launch(next.get());
      }
    } else {
      apps.stream().filter(run -> !run.launched()).forEach(driver::launch);
    }
    report();
  }

  private final class Owner implements ContainerDriver.Owner {
    @Override
    public Pod pod() {
      return pod;
    }

    @Override
    public boolean isRunning() {
      return stage == Stage.RUNNING;
    }

    @Override
    public Duration stopGrace() {
      return grace;
    }

    @Override
    public void report() {
      PodWorker.this.report();
    }

    @Override
    public void ended(ContainerRun run, int exitCode) {
      containerEnded(run, exitCode);
    }

    @Override
    public void settled() {
      finishWhenStopped();
    }
  }

  private void containerEnded(ContainerRun run, int exitCode) {
    if (run.init() && exitCode == 0) {
      advance();
    } else if (run.init()) {
      end(StatusRenderer.Verdict.failed("", ""));
    } else if (apps.stream().allMatch(app -> app.state() instanceof ContainerRun.Terminated)) {
      end(
          apps.stream().allMatch(ContainerRun::succeeded)
              ? StatusRenderer.Verdict.succeeded()
              : StatusRenderer.Verdict.failed("", ""));
    } else {
      report();
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
        || driver.isStarting()
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
}
