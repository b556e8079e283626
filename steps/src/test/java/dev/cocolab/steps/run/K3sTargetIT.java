package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.HomeFolder;
import dev.cocolab.steps.run.CommandRun.Ended;
import dev.cocolab.steps.targets.Targets;
import dev.cocolab.steps.targets.k3s.K3sProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;

/**
 * The target k3s, with the image that {@code COCOLAB_K3S_IMAGE} names and this engine has. What it
 * holds, k3s or a stand-in, decides what a green run shows.
 */
class K3sTargetIT {
  private static final String FEATURES = System.getProperty("cocolab.root", "..") + "/features/";

  @TempDir private Path home;

  @BeforeAll
  static void needsDocker() {
    assumeThat(DockerClientFactory.instance().isDockerAvailable())
        .as("skipped: Docker does not answer here")
        .isTrue();
  }

  private static Targets.Place place() {
    return new Targets.Place(HomeFolder.open(System.getenv()), line -> {}, Optional.empty());
  }

  private static String image() {
    String image = System.getenv("COCOLAB_K3S_IMAGE");
    assumeThat(image)
        .as("skipped: COCOLAB_K3S_IMAGE names no image that this engine has")
        .isNotBlank();
    return image;
  }

  @Test
  void scenariosRunOnAServerInAContainerAndNothingStays() throws IOException {
    String image = image();
    // the run closes it
    K3sProvider provider = K3sProvider.open(place(), Map.of("COCOLAB_K3S_IMAGE", image));
    Ended ended =
        CommandRun.on(provider, home)
            .run(FEATURES + "worker-node", FEATURES + "blackbox/blackbox.feature");

    assertThat(ended.stdout()).contains("7 passed, 0 failed, 0 skipped");
    assertThat(ended.summary().path("target").asString())
        .isEqualTo(image.contains("rancher/k3s") ? "k3s" : "k3s glue (stand-in image)");
    assertThat(
            DockerClientFactory.instance()
                .client()
                .listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(List.of("dev.cocolab.k3s.owner"))
                .exec())
        .as("containers that are left")
        .isEmpty();
    try (Stream<Path> files = Files.list(HomeFolder.open(System.getenv()))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.endsWith(".kubeconfig"));
    }
  }

  @Test
  void aNameThatIsNoImageIsWrongUsage() {
    assertThatThrownBy(() -> K3sProvider.open(place(), Map.of("COCOLAB_K3S_IMAGE", "Not An Image")))
        .isInstanceOfSatisfying(
            CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage("COCOLAB_K3S_IMAGE 'Not An Image' names no image");
  }
}
