package dev.cocolab.cli;

import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** The option by which a command finds its lab. */
public final class LabName {
  @Option(
      names = "--lab",
      paramLabel = "NAME",
      defaultValue = "default",
      description = "Name of the lab (default: ${DEFAULT-VALUE}).")
  private String name;

  LabDirectory in(Path home) {
    return LabDirectory.of(home, name);
  }

  LabDirectory in(Map<String, String> environment) {
    return in(HomeFolder.open(environment));
  }
}
