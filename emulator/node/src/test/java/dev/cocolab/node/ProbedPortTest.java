package dev.cocolab.node;

import static dev.cocolab.node.PodConditions.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ports that a pod declares, with and without a program that listens there. */
@ExtendWith(ClusterExtension.class)
class ProbedPortTest {
  private final TestCluster cluster;

  ProbedPortTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tcp  | '' | {tcpSocket: {port: 8080}, periodSeconds: 1} | dial tcp %1$s:8080: ",
        "http | '' | {httpGet: {port: 8080}, periodSeconds: 1} | Get \"http://%1$s:8080/\": dial tcp %1$s:8080: ",
        "vm | 'runtimeClassName: kata-remote' | {tcpSocket: {port: 8080}, periodSeconds: 1} | dial tcp %1$s:8080: "
      })
  void portOnWhichNobodyListensIsRefused(
      String name, String specification, String probe, String reason) {
    Pod pod =
        cluster.apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: silent-%s}
            spec:
              %s
              terminationGracePeriodSeconds: 0
              containers:
              - name: app
                image: quay.io/lab/tools:1
                ports: [{containerPort: 8080}]
                command: [sleep, "100"]
                readinessProbe: %s
            """
                .formatted(name, specification, probe),
            PodConditions.phase("Running"));

    cluster.awaitEvent(
        "silent-" + name,
        "Readiness probe failed: "
            + reason.strip().formatted(pod.getStatus().getPodIP())
            + " connect: connection refused");
    assertThat(ready()).rejects(cluster.await("silent-" + name, now -> true));
    end("silent-" + name);
  }

  @Test
  void severalContainersMayDeclareTheSamePort() {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: twice}
        spec:
          terminationGracePeriodSeconds: 0
          initContainers:
          - name: before
            image: quay.io/lab/tools:1
            ports: [{containerPort: 8080}]
            command: [sh, -c, "exit 0"]
          containers:
          - name: app
            image: quay.io/lab/tools:1
            ports: [{containerPort: 8080}]
            command: [sleep, "100"]
        """,
        ready());
    end("twice");
  }

  /** All tests have the cluster in common. */
  private void end(String pod) {
    cluster.client.pods().inNamespace("default").withName(pod).delete();
    cluster.awaitGone(pod);
  }
}
