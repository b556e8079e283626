package dev.cocolab.steps.targets.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose engine a run on k3s uses: the one that is named, or none. */
class NamedEngineTest {
  private static void require(String variable, String value, String found) {
    NamedEngine.require(
        value == null ? Map.of() : Map.of(variable, value),
        Optional.ofNullable(found).map(URI::create));
  }

  private static void assertRefused(String variable, String value, String found, String text) {
    assertThatThrownBy(() -> require(variable, value, found))
        .isInstanceOfSatisfying(
            CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNFIT))
        .hasMessage("the target 'k3s' needs Docker; " + text);
  }

  @ParameterizedTest
  @CsvSource({
    ", unix:///var/run/docker.sock",
    "'', unix:///var/run/docker.sock",
    "unix:///var/run/docker.sock, unix:///var/run/docker.sock",
    "unix:///var/run/docker.sock, unix://localhost/var/run/docker.sock",
    "tcp://127.0.0.1:2375, tcp://127.0.0.1:2375",
  })
  void theOneThatIsNamedIsTaken(String named, String found) {
    assertThatCode(() -> require("DOCKER_HOST", named, found)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "tcp://127.0.0.1:9",
    "tcp://127.0.0.1:2376",
    "unix:///run/user/1000/docker.sock",
    "ssh://elsewhere",
    "no engine at all",
  })
  void anotherIsNotTakenInItsPlace(String named) {
    for (String found : new String[] {"unix:///var/run/docker.sock", "tcp://127.0.0.1:2375"}) {
      assertRefused(
          "DOCKER_HOST",
          named,
          found,
          "the engine that DOCKER_HOST names, %s, does not answer (%s does, and is not taken): start it, or unset DOCKER_HOST"
              .formatted(named, found));
    }
  }

  @Test
  void oneThatDoesNotAnswerIsNamedWithoutItsUser() {
    assertRefused(
        "DOCKER_HOST",
        "tcp://me:secret@elsewhere:1",
        null,
        "the engine that DOCKER_HOST names, tcp://elsewhere:1, does not answer: start it, or unset DOCKER_HOST");
  }

  @Test
  void aContextOfDockersOwnIsNotPassedOver() {
    assertRefused(
        "DOCKER_CONTEXT",
        "elsewhere",
        "unix:///var/run/docker.sock",
        "DOCKER_CONTEXT is not read here: let DOCKER_HOST say where the engine is, as 'docker"
            + " context inspect' shows it");
    assertThatCode(() -> require("DOCKER_CONTEXT", "default", "unix:///var/run/docker.sock"))
        .doesNotThrowAnyException();
  }

  @Test
  void withoutAnyTheRemedyIsNamed() {
    assertRefused(
        "DOCKER_HOST",
        null,
        null,
        "it does not answer here: start it, or let DOCKER_HOST say where it is");
  }
}
