package dev.cocolab.steps.history;

import dev.cocolab.cli.CommandProvider;
import dev.cocolab.cli.Terminal;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Registers {@code cocolab history}. */
public final class HistoryCommands implements CommandProvider {
  @Override
  public List<Object> commands(Terminal terminal, Map<String, String> environment) {
    return List.of(new HistoryCommand(terminal, Clock.systemUTC()));
  }
}
