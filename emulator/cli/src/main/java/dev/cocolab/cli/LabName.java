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

  /** Where a running lab of this name keeps the cluster admin's kubeconfig. */
  public Path kubeconfig(Map<String, String> environment) {
    return in(environment).kubeconfig();
  }

  LabDirectory in(Map<String, String> environment) {
    return in(HomeFolder.open(environment));
  }
}
