package dev.cocolab.cli.evidence;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.evidence.Tee;
import java.util.List;
import java.util.stream.Collectors;

/** The option {@code --tee}. */
public final class TeeName {
  private TeeName() {}

  /**
   * The TEE of this name, if it is one of those that a command knows.
   *
   * @throws CliException {@link ExitCode#USAGE} with the names that are known
   */
  public static Tee parse(String name, List<Tee> known) {
    return Tee.ofWireName(name)
        .filter(known::contains)
        .orElseThrow(
            () ->
                new CliException(
                    ExitCode.USAGE, "--tee '%s' is none of %s".formatted(name, names(known))));
  }

  /** Their names, separated by commas. */
  public static String names(List<Tee> tees) {
    return tees.stream().map(Tee::wireName).collect(Collectors.joining(", "));
  }
}
