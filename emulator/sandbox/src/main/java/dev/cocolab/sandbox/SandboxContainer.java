package dev.cocolab.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process in a container: the container's own first process, or one started by {@link #exec}.
 *
 * <p>Both streams must be read, otherwise the process blocks when a pipe is full. Standard input is
 * {@code /dev/null}.
 */
public final class SandboxContainer {
  /** Signal numbers as Linux counts them. */
  public static final int SIGTERM = 15;

  /** Cannot be handled by the process. */
  public static final int SIGKILL = 9;

  private static final int END_SECONDS = 2;
  private static final Logger log = LoggerFactory.getLogger(SandboxContainer.class);

  private final PodSandbox pod;
  private final ContainerSpec spec;
  private final Process process;
  private final CompletableFuture<Integer> exited;

  SandboxContainer(PodSandbox pod, ContainerSpec spec, Process process) {
    this.pod = pod;
    this.spec = spec;
    this.process = process;
    this.exited = process.onExit().thenApply(Process::exitValue);
  }

  ContainerSpec spec() {
    return spec;
  }

  long processId() {
    return process.pid();
  }

  /** The container's id within its pod. */
  public String id() {
    return spec.id();
  }

  /** Standard output, from its first byte. */
  public InputStream stdout() {
    return process.getInputStream();
  }

  /** Standard error, from its first byte. */
  public InputStream stderr() {
    return process.getErrorStream();
  }

  /**
   * Completes with the exit code: as the program gave it, or 128 plus the number of the signal that
   * ended it. A program that could not be loaded gives 126 or 127.
   */
  public CompletionStage<Integer> exited() {
    return exited.copy();
  }

  /**
   * Sends a signal to the process; does nothing once it has ended. As the first process of its PID
   * namespace it only receives signals that it handles, and SIGKILL.
   */
  public void signal(int number) {
    if (number < 1 || number > 64) {
      throw new IllegalArgumentException("not a signal: " + number);
    }
    OutputStream control = process.getOutputStream();
    try {
      synchronized (control) {
        control.write((number + "\n").getBytes(StandardCharsets.US_ASCII));
        control.flush();
      }
    } catch (IOException e) {
      log.debug("{} has ended before signal {}", spec.id(), number);
    }
  }

  /**
   * Sends SIGTERM and, when the process is still there after the grace period, SIGKILL.
   *
   * @param grace zero means SIGKILL at once
   * @return completes as {@link #exited} does
   */
  public CompletionStage<Integer> stop(Duration grace) {
    if (grace.isZero() || grace.isNegative()) {
      signal(SIGKILL);
      return exited();
    }
    signal(SIGTERM);
    CompletableFuture<Void> kill =
        CompletableFuture.runAsync(
            () -> signal(SIGKILL),
            CompletableFuture.delayedExecutor(grace.toMillis(), TimeUnit.MILLISECONDS));
    return exited.whenComplete((code, problem) -> kill.cancel(false));
  }

  /**
   * Starts another process in the same namespaces, with the same user, environment and limits.
   *
   * @throws SandboxException as {@link PodSandbox#start}, CLOSED if the container has ended
   */
  public SandboxContainer exec(List<String> args) {
    return pod.exec(this, new ExecSpec(args, spec.env(), false, Optional.empty()));
  }

  /**
   * Starts another process in the same namespaces, with the same user and limits, for somebody
   * outside.
   *
   * @throws SandboxException as {@link PodSandbox#start}, CLOSED if the container has ended
   */
  public SandboxExec exec(ExecSpec wanted) {
    SandboxContainer started = pod.exec(this, wanted);
    return new SandboxExec(started, started.process.getOutputStream());
  }

  /**
   * Ends the process and what it has started in its session, then the one that supervises it. The
   * streams stay open for those who read them.
   */
  void destroy() {
    process.toHandle().destroy();
    exited
        .copy()
        .orTimeout(END_SECONDS, TimeUnit.SECONDS)
        .exceptionally(
            late -> {
              process.destroyForcibly();
              return 0;
            });
  }
}
