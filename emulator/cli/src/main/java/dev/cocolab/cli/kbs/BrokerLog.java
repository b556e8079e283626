package dev.cocolab.cli.kbs;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Hears a broker's log: passes it on, but keeps why the broker did not start. */
final class BrokerLog implements Consumer<String> {
  private static final String ERROR = "Error: ";
  private static final String CAUSE = "Caused by: ";
  private static final String NOT_LISTENING = "failed to listen on ";

  private final Consumer<String> next;
  private final List<String> complaints = new ArrayList<>();

  BrokerLog(Consumer<String> next) {
    this.next = next;
  }

  @Override
  public synchronized void accept(String line) {
    if (line.startsWith(ERROR)) {
      complaints.add(line.substring(ERROR.length()));
    } else if (line.startsWith(CAUSE)) {
      complaints.add(line.substring(CAUSE.length()));
    } else {
      next.accept(line);
    }
  }

  /** Why it ended, in one sentence. */
  synchronized CliException failure(Path config) {
    String why = complaints.isEmpty() ? "the broker did not start" : String.join(": ", complaints);
    if (why.startsWith(NOT_LISTENING)) {
      return new CliException(
          ExitCode.UNFIT,
          "%s; stop what listens there or change `sockets` in %s".formatted(why, config));
    }
    return unusable(config, why);
  }

  /** The configuration, or a file that it names, cannot be used. */
  static CliException unusable(Path config, String why) {
    return new CliException(
        ExitCode.USAGE, why.contains(config.toString()) ? why : config + ": " + why);
  }
}
