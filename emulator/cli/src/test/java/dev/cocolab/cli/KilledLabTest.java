package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code kill -9} of a lab that is a process of its own. */
class KilledLabTest {
  private static final Duration AT_ONCE = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String NAME = "killed";

  private final LabProcess lab = new LabProcess(NAME);

  @BeforeEach
  void machineIsFit() throws IOException {
    lab.assumeFit();
  }

  @AfterEach
  void endWhatATestLeft() {
    lab.close();
  }

  @Test
  void leavesNoProcessMountOrPortAtOnceAndNoFileAfterTheNextStart() throws Exception {
    Process killed = lab.up();
    runPod();
    Traces traces = Traces.of(killed.toHandle(), LabProcess.HOME);
    assertThat(traces.processes()).hasSizeGreaterThan(3);
    assertThat(traces.listening()).hasSizeGreaterThan(3);

    killed.destroyForcibly();

    Awaitility.await()
        .atMost(AT_ONCE)
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(traces.left()).isEmpty());
    assertThat(killed.waitFor(1, TimeUnit.SECONDS)).isTrue();

    Process next = lab.up();
    Screen screen = new Screen(LabProcess.ENVIRONMENT);
    assertThat(screen.run("down", "--lab", NAME)).isZero();
    assertThat(next.waitFor()).isZero();
    assertThat(filesOf(killed.pid())).isEmpty();
    assertThat(filesOf(next.pid())).isEmpty();
    assertThat(traces.socketFolders()).isNotEmpty().allSatisfy(p -> assertThat(p).doesNotExist());
    assertThat(lab.folder().resolve("control.sock")).doesNotExist();
  }

  /** A pod of the plain runtime: a container with namespaces and mounts of its own. */
  private void runPod() throws IOException {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName("sleeper")
            .endMetadata()
            .withNewSpec()
            .addNewContainer()
            .withName("sleeper")
            .withImage("quay.io/confidential-devhub/signed/fraud-detection:latest")
            .withCommand("sh", "-c", "trap '' TERM; while :; do sleep 1; done")
            .endContainer()
            .endSpec()
            .build();
    try (KubernetesClient client = lab.client()) {
      client.pods().inNamespace("default").resource(pod).create();
      client
          .pods()
          .inNamespace("default")
          .withName("sleeper")
          .waitUntilCondition(
              found -> found != null && "Running".equals(found.getStatus().getPhase()),
              LIMIT.toMillis(),
              TimeUnit.MILLISECONDS);
    }
  }

  /** Everything below the home folder whose name says that the process made it. */
  private static List<Path> filesOf(long pid) throws IOException {
    try (Stream<Path> files = Files.walk(LabProcess.HOME)) {
      return files
          .filter(path -> path.getFileName().toString().matches("\\.?(new-)?" + pid + "-.*"))
          .toList();
    }
  }
}
