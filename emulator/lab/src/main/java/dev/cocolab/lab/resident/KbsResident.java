package dev.cocolab.lab.resident;

import dev.cocolab.broker.KbsProgram;
import dev.cocolab.broker.RunningKbs;
import dev.cocolab.node.ResidentContext;
import dev.cocolab.node.ResidentProcess;
import dev.cocolab.node.ResidentProgram;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code /usr/local/bin/kbs} in the image of Trustee. */
public final class KbsResident implements ResidentProgram {
  /** The pod counts as started when the broker listens, so that 1/1 means that it answers. */
  private static final Duration START_LIMIT = Duration.ofSeconds(10);

  private final KbsProgram program;

  public KbsResident(KbsProgram program) {
    this.program = Objects.requireNonNull(program, "program");
  }

  @Override
  public ResidentProcess start(ResidentContext context) {
    List<String> arguments = context.args();
    RunningKbs running =
        program.start(
            arguments.subList(Math.min(1, arguments.size()), arguments.size()),
            context.env(),
            context::resolve,
            context.podAddress(),
            context.stdout());
    awaitListeningOrEnd(running);
    return new Started(running);
  }

  private static void awaitListeningOrEnd(RunningKbs running) {
    try {
      CompletableFuture.anyOf(
              running.listening().toCompletableFuture(), running.exited().toCompletableFuture())
          .get(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      running.close();
      throw new IllegalStateException(
          "kbs does not listen after %d s".formatted(START_LIMIT.toSeconds()), e);
    }
  }

  private record Started(RunningKbs running) implements ResidentProcess {
    @Override
    public CompletionStage<Integer> exited() {
      return running.exited();
    }

    @Override
    public void stop() {
      new Thread(running::close, "kbs-stop").start();
    }
  }
}
