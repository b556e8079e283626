package dev.cocolab.cli.bench;

import dev.cocolab.cli.Terminal;
import dev.cocolab.cli.crypto.CryptoProviders;
import dev.cocolab.load.WorkerProgram;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The command of a worker's container; nobody types it. */
@Command(
    name = "worker",
    hidden = true,
    description = "Make a worker's part of a load; its plan is in COCOLAB_LOAD_PLAN.")
public final class WorkerCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Map<String, String> environment;

  /** Reads nothing yet. */
  public WorkerCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() throws InterruptedException {
    new CryptoProviders().install(environment);
    return new WorkerProgram(terminal::print, Clock.systemUTC(), new SecureRandom())
        .run(environment);
  }
}
