package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.lab.fitness.Check;
import dev.cocolab.lab.fitness.MachineChecks;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code kill -9} of a lab that is a process of its own. */
class KilledLabTest {
  /** Kept between runs, since it holds images that take some seconds to build. */
  private static final Path HOME = Path.of("../../target/test-home").toAbsolutePath().normalize();

  private static final Map<String, String> ENVIRONMENT =
      Map.of("COCOLAB_HOME", HOME.toString(), "PATH", System.getenv("PATH"));
  private static final Duration AT_ONCE = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String NAME = "killed";

  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void machineIsFit() throws IOException {
    Files.createDirectories(HOME);
    int path = LabDirectory.LONGEST_SOCKET_PATH - ("/labs/" + NAME + "/control.sock").length();
    assumeTrue(HOME.toString().length() <= path, "the path of this checkout is too long");
    List<String> unfit =
        new MachineChecks(HOME, ENVIRONMENT)
            .all().stream().filter(check -> check.unfit().isPresent()).map(Check::finding).toList();
    assumeTrue(unfit.isEmpty(), () -> "labs do not work here: " + unfit);
  }

  @AfterEach
  void endWhatATestLeft() throws InterruptedException {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void leavesNoProcessMountOrPortAtOnceAndNoFileAfterTheNextStart() throws Exception {
    Process killed = up();
    runPod();
    Traces traces = Traces.of(killed.toHandle(), HOME);
    assertThat(traces.processes()).hasSizeGreaterThan(3);
    assertThat(traces.listening()).hasSizeGreaterThan(3);

    killed.destroyForcibly();

    Awaitility.await()
        .atMost(AT_ONCE)
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(traces.left()).isEmpty());
    assertThat(killed.waitFor(1, TimeUnit.SECONDS)).isTrue();

    Process next = up();
    Screen screen = new Screen(ENVIRONMENT);
    assertThat(screen.run("down", "--lab", NAME)).isZero();
    assertThat(next.waitFor()).isZero();
    assertThat(filesOf(killed.pid())).isEmpty();
    assertThat(filesOf(next.pid())).isEmpty();
    assertThat(traces.socketFolders()).isNotEmpty().allSatisfy(p -> assertThat(p).doesNotExist());
    assertThat(HOME.resolve("labs").resolve(NAME).resolve("control.sock")).doesNotExist();
  }

  /** Starts a lab and waits for its last line. */
  private Process up() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            CocoLab.class.getName(),
            "up",
            "--lab",
            NAME);
    builder.environment().putAll(ENVIRONMENT);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    started.add(process);
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    assertThat(line).startsWith("READY kubeconfig=");
    return process;
  }

  /** A pod of the plain runtime: a container with namespaces and mounts of its own. */
  private static void runPod() throws IOException {
    String kubeconfig = Files.readString(HOME.resolve("labs").resolve(NAME).resolve("kubeconfig"));
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
    Config config = Config.fromKubeconfig(kubeconfig);
    config.setClientKeyAlgo("EC");
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
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
    try (Stream<Path> files = Files.walk(HOME)) {
      return files
          .filter(path -> path.getFileName().toString().matches("\\.?(new-)?" + pid + "-.*"))
          .toList();
    }
  }
}
