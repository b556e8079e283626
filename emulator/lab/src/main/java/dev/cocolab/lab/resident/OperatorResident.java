package dev.cocolab.lab.resident;

import dev.cocolab.broker.SecretConverter;
import dev.cocolab.node.ResidentContext;
import dev.cocolab.node.ResidentProcess;
import dev.cocolab.node.ResidentProgram;
import dev.cocolab.operators.OperatorProgram;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The two programs in the operator's image: {@code /manager} and {@code /secret-converter}. */
public final class OperatorResident implements ResidentProgram {
  private static final int COMMAND_NOT_FOUND = 127;

  private final OperatorProgram manager;

  public OperatorResident(OperatorProgram manager) {
    this.manager = Objects.requireNonNull(manager, "manager");
  }

  @Override
  public ResidentProcess start(ResidentContext context) {
    String command = context.args().isEmpty() ? "" : context.args().get(0);
    List<String> arguments =
        context.args().subList(Math.min(1, context.args().size()), context.args().size());
    return switch (command) {
      case "/manager" ->
          new RunningOperator(manager.start(arguments, context.env(), context.stdout()));
      case "/secret-converter" ->
          new Ended(
              SecretConverter.run(arguments, context.env(), context::resolve, context.stdout()));
      default -> {
        context.stderr().accept(command + ": not found in this image");
        yield new Ended(COMMAND_NOT_FOUND);
      }
    };
  }

  private record RunningOperator(OperatorProgram.Running running) implements ResidentProcess {
    @Override
    public CompletionStage<Integer> exited() {
      return running.exited();
    }

    @Override
    public void stop() {
      new Thread(running::close, "trustee-operator-stop").start();
    }
  }

  /** A program that has done its work. */
  private record Ended(int code) implements ResidentProcess {
    @Override
    public CompletionStage<Integer> exited() {
      return CompletableFuture.completedFuture(code);
    }

    @Override
    public void stop() {
      // There is nothing left to stop.
    }
  }
}
