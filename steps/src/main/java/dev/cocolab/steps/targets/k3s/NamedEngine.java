package dev.cocolab.steps.targets.k3s;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The engine that the user names, and no other: Testcontainers goes on to the next one it knows
 * when that does not answer.
 */
final class NamedEngine {
  private NamedEngine() {}

  /**
   * Looks whether the engine that was found is the one that was named, if one was.
   *
   * @param environment environment variables
   * @param found where Testcontainers found one that answers; empty: nowhere
   * @throws CliException UNFIT otherwise, or when none was found
   */
  static void require(Map<String, String> environment, Optional<URI> found) {
    Optional<String> named = value(environment, "DOCKER_HOST");
    if (named.isPresent() && !found.map(at -> isSame(named.get(), at)).orElse(false)) {
      throw unfit(
          "the engine that DOCKER_HOST names, %s, does not answer%s: start it, or unset DOCKER_HOST"
              .formatted(
                  withoutUser(named.get()),
                  found.map(at -> " (%s does, and is not taken)".formatted(at)).orElse("")));
    }
    if (named.isEmpty()
        && value(environment, "DOCKER_CONTEXT")
            .filter(name -> !name.equals("default"))
            .isPresent()) {
      throw unfit(
          "DOCKER_CONTEXT is not read here: let DOCKER_HOST say where the engine is, as 'docker"
              + " context inspect' shows it");
    }
    if (found.isEmpty()) {
      throw unfit("it does not answer here: start it, or let DOCKER_HOST say where it is");
    }
  }

  private static CliException unfit(String why) {
    return new CliException(ExitCode.UNFIT, "the target 'k3s' needs Docker; " + why);
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank());
  }

  /** A socket by its path, anything else by host and port. */
  private static boolean isSame(String named, URI found) {
    try {
      URI wanted = URI.create(named.strip());
      return "unix".equals(wanted.getScheme())
          ? "unix".equals(found.getScheme()) && wanted.getPath().equals(found.getPath())
          : Objects.equals(wanted.getHost(), found.getHost())
              && wanted.getPort() == found.getPort();
    } catch (IllegalArgumentException noUri) {
      return false;
    }
  }

  private static String withoutUser(String named) {
    return named.strip().replaceFirst("//[^/@]*@", "//").replaceAll("\\p{Cntrl}", " ");
  }
}
