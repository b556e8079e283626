package dev.cocolab.node.container;

import dev.cocolab.node.ResidentProcess;
import dev.cocolab.node.log.ContainerLog;
import dev.cocolab.node.pod.CommandRefusedException;
import dev.cocolab.node.pod.CommandSession;
import dev.cocolab.node.pod.ContainerCommand;
import dev.cocolab.node.pod.RunningContainer;
import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A container that is an object in this JVM. */
final class RunningResident implements RunningContainer {
  private static final int KILLED = 137;

  private final String id;
  private final String imageId;
  private final ResidentProcess process;
  private final NetworkProbe network;
  private final ContainerLog log;
  private final CompletableFuture<Exit> exited = new CompletableFuture<>();

  RunningResident(
      String id, String imageId, ResidentProcess process, NetworkProbe network, ContainerLog log) {
    this.id = id;
    this.imageId = imageId;
    this.process = process;
    this.network = network;
    this.log = log;
    process
        .exited()
        .whenComplete(
            (code, problem) -> {
              if (problem != null) {
                log.add("stderr", "program failed: " + problem, true);
              }
              end(problem == null ? code : 1);
            });
  }

  private void end(int code) {
    log.close();
    exited.complete(new Exit(code, ""));
  }

  @Override
  public String containerId() {
    return "cri-o://" + id;
  }

  @Override
  public String imageId() {
    return imageId;
  }

  @Override
  public CompletionStage<Exit> exited() {
    return exited.copy();
  }

  @Override
  public CommandSession exec(ContainerCommand command) {
    throw new CommandRefusedException(
        "container " + id + " is a program of the lab itself, in which no command can run");
  }

  @Override
  public void stop(Duration grace) {
    process.stop();
    CompletableFuture.delayedExecutor(grace.toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> end(KILLED));
  }

  @Override
  public Optional<String> probe(Probe probe) {
    return probe.getExec() == null
        ? network.run(probe)
        : Optional.of("exec probes do not work in resident programs");
  }
}
