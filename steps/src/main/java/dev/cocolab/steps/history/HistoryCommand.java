package dev.cocolab.steps.history;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.Terminal;
import dev.cocolab.reports.History;
import dev.cocolab.reports.Night;
import dev.cocolab.reports.ReportException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Adds a run to a history and writes the page of its trend. */
@Command(
    name = "history",
    mixinStandardHelpOptions = true,
    description = "Add the run whose report lies in a folder to a history, and write the trend.")
final class HistoryCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Clock clock;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      required = true,
      description = "The history so far; need not be there yet. It is read only.")
  private Path file;

  @Option(
      names = "--site",
      paramLabel = "DIR",
      required = true,
      description = "Folder of the report; takes history.json and trend.html.")
  private Path site;

  @Option(
      names = "--verdict",
      paramLabel = "WORD",
      required = true,
      description = "E.g. passed, product-failed, azure-failed.")
  private String verdict;

  @Option(names = "--link", paramLabel = "URL", description = "Where there is more.")
  private String link;

  HistoryCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    try {
      Night tonight = History.tonight(site, verdict, Optional.ofNullable(link), clock.instant());
      History history = History.read(file).with(tonight);
      history.writeTo(site);
      terminal.print(
          "%d runs in %s".formatted(history.nights().size(), site.resolve("trend.html")));
      return ExitCode.OK.code();
    } catch (ReportException | IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, e.getMessage(), e);
    }
  }
}
