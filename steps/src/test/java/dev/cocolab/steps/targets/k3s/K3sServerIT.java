package dev.cocolab.steps.targets.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.utility.DockerImageName;

/** Field case C44: a container that is up is not yet a server that can be used. */
class K3sServerIT {
  @Test
  void aContainerThatServesNothingYetIsNotReady() {
    assumeThat(DockerClientFactory.instance().isDockerAvailable())
        .as("skipped: Docker does not answer here")
        .isTrue();
    String image = System.getenv("COCOLAB_K3S_IMAGE");
    assumeThat(image)
        .as("skipped: COCOLAB_K3S_IMAGE names no image that this engine has")
        .isNotBlank();

    try (K3sServer server =
        new K3sServer(
            DockerImageName.parse(image), K3sServer.freePort(), Duration.ofMillis(1_500))) {
      assertThatThrownBy(server::start)
          .isInstanceOf(ContainerLaunchException.class)
          .hasStackTraceContaining("after 1 s it still lacks a kubeconfig");
      assertThat(server.missing()).isEqualTo("a kubeconfig");
    }
  }
}
