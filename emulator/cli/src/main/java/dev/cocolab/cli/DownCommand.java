package dev.cocolab.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.json.JsonMapper;

/** Stops a running lab and waits until its process has gone. */
@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    description = "Stop a lab; returns when nothing of it runs any more.")
final class DownCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Mixin private LabName lab;

  DownCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    LabDirectory directory = lab.in(environment);
    Optional<String> status =
        ControlSocket.ask(directory.controlSocket(), LabControl.STATUS, StatusCommand.PATIENCE);
    if (status.isEmpty()) {
      return nothingAnswers(directory);
    }
    long pid = JsonMapper.shared().readTree(status.get()).path("pid").asLong();
    ControlSocket.ask(directory.controlSocket(), LabControl.STOP, StatusCommand.PATIENCE);
    awaitEnd(directory, pid);
    terminal.tell("stopped lab '%s'".formatted(directory.name()));
    return ExitCode.OK.code();
  }

  private int nothingAnswers(LabDirectory directory) throws IOException {
    Optional<LabDirectory.Held> free = directory.tryHold();
    if (free.isEmpty()) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "the lab '%s' is starting or stopping and does not answer yet; try again"
              .formatted(directory.name()));
    }
    free.get().close();
    terminal.tell("no lab named '%s' runs".formatted(directory.name()));
    return ExitCode.OK.code();
  }

  private static void awaitEnd(LabDirectory directory, long pid) throws InterruptedException {
    if (!ProcessEnd.await(pid, PATIENCE)) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "the lab '%s' (pid %d) did not end within %d s; 'kill -9 %2$d' ends it and leaves nothing behind"
              .formatted(directory.name(), pid, PATIENCE.toSeconds()));
    }
  }
}
