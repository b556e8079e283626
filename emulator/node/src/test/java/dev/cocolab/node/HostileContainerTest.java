package dev.cocolab.node;

import static dev.cocolab.node.PodConditions.phase;
import static dev.cocolab.node.PodConditions.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One container that takes all it can get: the lab answers, and other pods start and end. */
@ExtendWith(ClusterExtension.class)
class HostileContainerTest {
  private static final long LOG_BYTES = 10L * 1024 * 1024;

  private final TestCluster cluster;

  HostileContainerTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  private Pod hostile(String name, String program) {
    return cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s}
        spec:
          terminationGracePeriodSeconds: 0
          containers:
          - name: app
            image: quay.io/lab/tools:1
            command: [perl, -e, '%s']
        """
            .formatted(name, program),
        ready());
  }

  private void delete(String name) {
    cluster.client.pods().inNamespace("default").withName(name).delete();
    cluster.awaitGone(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          forks   ~ fork while 1
          spins   ~ fork for 1 .. 3; 1 while 1
          opens   ~ while (1) { $n++ if open($h[$n], "<", "/dev/null") }
          writes  ~ open(F, ">", "/f"); while (1) { syswrite F, "x" x 65536 or seek F, 0, 0 }
          shares  ~ open(F, ">", "/dev/shm/f"); while (1) { syswrite F, "x" x 65536 or seek F, 0, 0 }
          logs    ~ print "x" x 200, "\\n" while 1
          shouts  ~ print "x" x 60000 while 1
          """)
  void doesNoHarm(String name, String program) {
    hostile(name, program);
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: beside-%s}
        spec:
          restartPolicy: Never
          containers: [{name: app, image: "quay.io/lab/tools:1", command: [sh, -c, "echo unharmed"]}]
        """
            .formatted(name),
        phase("Succeeded"));

    assertThat(cluster.logs("beside-" + name, "app")).isEqualTo("unharmed\n");
    assertThat(cluster.await(name, pod -> true).getStatus().getContainerStatuses())
        .as("it is hostile all the time")
        .singleElement()
        .satisfies(
            app -> {
              assertThat(app.getState().getRunning()).isNotNull();
              assertThat(app.getRestartCount()).isZero();
            });
    delete(name);
    delete("beside-" + name);
  }

  @Test
  void aLogWithoutEndStaysWithinItsBound() {
    Pod pod = hostile("endless", "$|=1; print \"x\" x 1000, \"\\n\" while 1");
    Path logs = cluster.base.resolve("node/logs").resolve(pod.getMetadata().getUid());

    Awaitility.await("a log that has been rotated")
        .atMost(Duration.ofSeconds(20))
        .until(() -> names(logs).contains("0.log.1"));
    assertThat(size(logs)).isLessThanOrEqualTo(LOG_BYTES + 65536);
    delete("endless");
    Awaitility.await("the end of its log").until(() -> !Files.exists(logs));
  }

  @Test
  void aVolumeAboveItsLimitEvictsThePod() {
    Pod pod =
        cluster.apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: greedy}
            spec:
              volumes: [{name: scratch, emptyDir: {sizeLimit: 1Mi}}]
              containers:
              - name: app
                image: quay.io/lab/tools:1
                command: [sh, -c, "head -c 2000000 /dev/zero > /scratch/f; exec sleep 1000"]
                volumeMounts: [{name: scratch, mountPath: /scratch}]
            """,
            phase("Failed"));

    assertThat(pod.getStatus().getReason()).isEqualTo("Evicted");
    assertThat(pod.getStatus().getMessage())
        .isEqualTo("Usage of EmptyDir volume \"scratch\" exceeds the limit \"1Mi\". ");
    cluster.awaitEvent("greedy", "Warning Evicted Usage of EmptyDir volume \"scratch\"");
    delete("greedy");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static long size(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
