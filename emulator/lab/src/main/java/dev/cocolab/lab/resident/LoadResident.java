package dev.cocolab.lab.resident;

import dev.cocolab.load.WorkerProgram;
import dev.cocolab.node.ResidentContext;
import dev.cocolab.node.ResidentProcess;
import dev.cocolab.node.ResidentProgram;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker of a load, as {@code bench attest --in-cluster} starts it. In a lab it runs in the lab's
 * own process, next to Trustee.
 */
public final class LoadResident implements ResidentProgram {
  private static final Logger LOG = LoggerFactory.getLogger(LoadResident.class);
  private static final int FAILED = 70;

  private final Clock clock;
  private final SecureRandom random;
  private final Path hardware;

  /**
   * A worker whose guests run on the lab's hardware. Where the pod's environment says that hardware
   * is does not count: that would be a folder of this machine, chosen by whoever may make a pod.
   *
   * @param hardware folder of the lab's emulated hardware
   */
  public LoadResident(Clock clock, SecureRandom random, Path hardware) {
    this.hardware = Objects.requireNonNull(hardware, "hardware");
    this.clock = Objects.requireNonNull(clock, "clock");
    this.random = Objects.requireNonNull(random, "random");
  }

  @Override
  public ResidentProcess start(ResidentContext context) {
    Worker worker = new Worker(new WorkerProgram(context.stdout(), clock, random, hardware));
    Thread thread = new Thread(() -> worker.run(context), "load-worker");
    thread.setDaemon(true);
    thread.start();
    return worker;
  }

  private static final class Worker implements ResidentProcess {
    private final WorkerProgram program;
    private final CompletableFuture<Integer> exited = new CompletableFuture<>();

    private Worker(WorkerProgram program) {
      this.program = program;
    }

    private void run(ResidentContext context) {
      int code = FAILED;
      try {
        code = program.run(context.env());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        LOG.warn("a worker of a load failed", e);
        context.stderr().accept("cocolab-load: " + e);
      } finally {
        exited.complete(code);
      }
    }

    @Override
    public CompletionStage<Integer> exited() {
      return exited;
    }

    @Override
    public void stop() {
      program.stop("the container was stopped");
    }
  }
}
