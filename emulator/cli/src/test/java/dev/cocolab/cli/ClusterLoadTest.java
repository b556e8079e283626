package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.cli.bench.BrokerProcess;
import dev.cocolab.lab.Lab;
import dev.cocolab.lab.Machine;
import dev.cocolab.lab.Persona;
import dev.cocolab.lab.fitness.Check;
import dev.cocolab.lab.fitness.MachineChecks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A load made by the pods of a Job, against a lab's cluster and a broker beside it. */
@TestInstance(Lifecycle.PER_CLASS)
class ClusterLoadTest {
  private Machine machine;
  private Lab lab;
  private Process broker;
  private String url;
  private Path kubeconfig;
  private Screen screen;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    Files.createDirectories(LabProcess.HOME);
    List<String> unfit =
        new MachineChecks(LabProcess.HOME, System.getenv())
            .all().stream().filter(check -> check.unfit().isPresent()).map(Check::finding).toList();
    assumeTrue(unfit.isEmpty(), () -> "labs do not work here: " + unfit);
    machine = Machine.open(LabProcess.HOME, System.getenv(), line -> {});
    lab = Lab.builder(machine).name("load").start();
    kubeconfig = folder.resolve("kubeconfig");
    lab.writeKubeconfig(kubeconfig);
    broker =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                BrokerProcess.class.getName(),
                folder.resolve("broker").toString(),
                LabProcess.HOME.resolve("roots/platform").toString(),
                "redhat-1.2",
                "http")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String ready = broker.inputReader(StandardCharsets.UTF_8).readLine();
    url = JsonMapper.shared().readTree(ready).path("url").asString();
  }

  @AfterAll
  void stop() {
    if (broker != null) {
      broker.destroyForcibly();
    }
    if (lab != null) {
      lab.close();
    }
    if (machine != null) {
      machine.close();
    }
  }

  @AfterEach
  void nothingStays() {
    var admin = lab.client(Persona.ADMIN);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                admin.batch().v1().jobs().inAnyNamespace().list().getItems().isEmpty()
                    && admin
                        .pods()
                        .inAnyNamespace()
                        .withLabel("app.kubernetes.io/name", "cocolab-load")
                        .list()
                        .getItems()
                        .isEmpty());
  }

  private int attest(String... options) {
    screen = new Screen(LabProcess.ENVIRONMENT);
    List<String> line = new ArrayList<>(List.of("bench", "attest", "--url", url, "--in-cluster"));
    line.addAll(List.of("--kubeconfig", kubeconfig.toString()));
    line.addAll(List.of(options));
    return screen.run(line.toArray(String[]::new));
  }

  @Test
  void twoWorkersMeasureTogether() {
    int code =
        attest(
            "--workers",
            "2",
            "--clients",
            "2",
            "--tee",
            "az-snp-vtpm",
            "--seconds",
            "1",
            "--start-within",
            "8",
            "--json");

    assertThat(code).as(screen.err()).isZero();
    JsonNode json = JsonMapper.shared().readTree(screen.out());
    assertThat(json.path("clients").asInt()).isEqualTo(4);
    assertThat(json.path("attestations").asInt()).isPositive();
    assertThat(json.path("seconds").asDouble()).isBetween(0.9, 3.0);
    assertThat(json.path("latency_ms").path("p50").asDouble()).isPositive();
    assertThat(json.path("limit").isNull()).as("the workers' machines are not this one").isTrue();
  }

  @Test
  void anImageThatCannotBePulledIsNamed() {
    int code = attest("--tee", "sample", "--image", "quay.io/no/such:1", "--start-within", "3");

    assertThat(code).isEqualTo(3);
    assertThat(screen.err())
        .contains("1 of 1 workers had not started after 3 s; the image quay.io/no/such:1: ")
        .doesNotContain("\tat ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --workers 0        | --workers 0 is not in 1 to 200
          --workers 201      | --workers 201 is not in 1 to 200
          --start-within 1   | --start-within 1 is not in 2 to 3600
          """)
  void whatCannotBeMeantIsUsage(String options, String message) {
    assertThat(attest(options.split(" "))).isEqualTo(2);
    assertThat(screen.err()).contains(message);
  }

  @Test
  void aFileThatIsNoKubeconfigIsNotQuoted(@TempDir Path folder) throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "s3cret-content: [");
    screen = new Screen(LabProcess.ENVIRONMENT);

    int code =
        screen.run(
            "bench", "attest", "--url", url, "--in-cluster", "--kubeconfig", secret.toString());

    assertThat(code).isEqualTo(2);
    assertThat(screen.err()).contains(secret + " is no kubeconfig").doesNotContain("s3cret");
  }
}
