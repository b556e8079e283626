package dev.cocolab.steps.run;

import dev.cocolab.cli.CommandProvider;
import dev.cocolab.cli.Terminal;
import java.util.List;
import java.util.Map;

/** Registers {@code cocolab run}. */
public final class RunCommands implements CommandProvider {
  @Override
  public List<Object> commands(Terminal terminal, Map<String, String> environment) {
    return List.of(new RunCommand(terminal, RunSetting.ofProcess(environment)));
  }
}
