package dev.cocolab.node;

import static dev.cocolab.node.PodConditions.phase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.dsl.ContainerResource;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Java client through the API server's relay: what it reads of commands and files. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientStreamTest {
  private static final int RUNS = Integer.getInteger("cocolab.exec.runs", 25);
  private static final long SECONDS = 20;

  private final TestCluster cluster;

  ClientStreamTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void startPod() {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: client}
        spec:
          terminationGracePeriodSeconds: 0
          containers:
          - {name: app, image: "quay.io/lab/tools:1", command: [sleep, "1000"]}
        """,
        phase("Running"));
  }

  @AfterAll
  void deletePod() {
    cluster.client.pods().inNamespace("default").withName("client").delete();
    cluster.awaitGone("client");
  }

  private ContainerResource app() {
    return cluster.client.pods().inNamespace("default").withName("client").inContainer("app");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"echo out; exit 7", "printf o; sleep 0.05; printf ut >&1; sleep 0.05; exit 7"})
  void everyRunYieldsItsExitCodeAndItsOutput(String script) throws Exception {
    for (int run = 0; run < RUNS; run++) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (ExecWatch watch = app().writingOutput(out).exec("sh", "-c", script)) {
        assertThat(watch.exitCode().get(SECONDS, TimeUnit.SECONDS)).as("run %d", run).isEqualTo(7);
      }
      assertThat(out.toString(StandardCharsets.UTF_8).strip()).isEqualTo("out");
    }
  }

  @Test
  void aFileIsReadAndAMissingOneIsAnError() throws Exception {
    try (InputStream file = app().file("/etc/passwd").read()) {
      assertThat(new String(file.readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("root:x:0:0::");
    }
    for (int run = 0; run < 5; run++) {
      assertThatThrownBy(
              () -> {
                try (InputStream file = app().file("/no/such/file").read()) {
                  file.readAllBytes();
                }
              })
          .hasStackTraceContaining("process exited with a non-zero exit code: 1");
    }
  }
}
