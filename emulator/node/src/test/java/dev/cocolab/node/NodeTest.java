package dev.cocolab.node;

import static dev.cocolab.node.PodConditions.phase;
import static dev.cocolab.node.PodConditions.ready;
import static dev.cocolab.node.PodConditions.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pods through a real API server, a real registry and real namespaces. */
@ExtendWith(ClusterExtension.class)
class NodeTest {
  private final TestCluster cluster;

  NodeTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void registersAReadyNodeWithItsEndpoint() {
    var node = cluster.client.nodes().withName("worker-0").get();

    assertThat(node.getStatus().getConditions())
        .filteredOn(condition -> condition.getType().equals("Ready"))
        .extracting(NodeCondition::getStatus)
        .containsExactly("True");
    assertThat(node.getStatus().getDaemonEndpoints().getKubeletEndpoint().getPort())
        .isEqualTo(cluster.node.kubeletPort());
    assertThat(node.getMetadata().getLabels()).containsKey("node-role.kubernetes.io/worker");
  }

  @Test
  void servesLogsOnlyToClientsWithACertificate() {
    HttpClient stranger =
        cluster.vertx.createHttpClient(
            new HttpClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false));
    RequestOptions request =
        new RequestOptions()
            .setHost(cluster.nodeAddress())
            .setPort(cluster.node.kubeletPort())
            .setURI("/healthz");

    assertThatThrownBy(
            () ->
                stranger
                    .request(request)
                    .compose(sent -> sent.send())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class);
  }

  @Test
  void runsInitContainersBeforeTheOthersAndSharesAVolume() {
    Pod pod =
        cluster.apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: flow}
            spec:
              restartPolicy: Never
              volumes: [{name: keys, emptyDir: {}}]
              initContainers:
              - name: fetch
                image: quay.io/lab/tools:1
                command: [sh, -c, "echo secret > /keys/key; echo fetched"]
                volumeMounts: [{name: keys, mountPath: /keys}]
              containers:
              - name: app
                image: quay.io/lab/tools:1
                command: [sh, -c, "cat /keys/key; id -u; echo $GREETING $(WHO) $FROM; pwd; exit 3"]
                env: [{name: WHO, value: world}, {name: GREETING, value: "hello $(WHO)"}]
                securityContext: {runAsUser: 1001, runAsNonRoot: true, capabilities: {drop: [ALL]}}
                volumeMounts: [{name: keys, mountPath: /keys, readOnly: true}]
            """,
            phase("Failed"));

    assertThat(cluster.logs("flow", "fetch")).isEqualTo("fetched\n");
    assertThat(cluster.logs("flow", "app"))
        .isEqualTo("secret\n1001\nhello world world image\n/work\n");
    ContainerStatus app = pod.getStatus().getContainerStatuses().get(0);
    assertThat(app.getState().getTerminated().getExitCode()).isEqualTo(3);
    assertThat(app.getState().getTerminated().getReason()).isEqualTo("Error");
    assertThat(pod.getStatus().getPodIP()).startsWith("127.91.");
    cluster.awaitEvent("flow", "Started container app");
    assertThat(cluster.events("flow"))
        .contains(
            "Normal Scheduled Successfully assigned default/flow to worker-0",
            "Normal Created Created container: fetch",
            "Normal Started Started container fetch",
            "Normal Started Started container app")
        .anyMatch(line -> line.startsWith("Normal Pull"));
  }

  @Test
  void noticesTheEndOfAContainerWhoseLogIsFollowed() throws Exception {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: followed}
        spec:
          restartPolicy: Never
          containers:
          - name: app
            image: quay.io/lab/tools:1
            command: [sh, -c, "echo begun; sleep 1"]
        """,
        phase("Running"));

    try (LogWatch watch =
        cluster.client.pods().inNamespace("default").withName("followed").watchLog()) {
      assertThat(watch.getOutput()).hasContent("begun");
      cluster.await("followed", phase("Succeeded"));
    }
  }

  @Test
  void reportsReadyAndDeletesWithGrace() {
    Pod pod =
        cluster.apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: lives}
            spec:
              terminationGracePeriodSeconds: 5
              containers:
              - name: app
                image: quay.io/lab/tools:1
                command: [sh, -c, "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.1; done"]
            """,
            ready());
    assertThat(pod.getStatus().getPhase()).isEqualTo("Running");

    cluster.client.pods().inNamespace("default").withName("lives").delete();

    cluster.awaitGone("lives");
    assertThat(cluster.events("lives")).contains("Normal Killing Stopping container app");
  }

  @Test
  void waitsForAMissingSecretAndNamesIt() {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: waits}
        spec:
          volumes: [{name: s, secret: {secretName: late}}]
          containers:
          - name: app
            image: quay.io/lab/tools:1
            command: [sh, -c, "cat /s/key; sleep 100"]
            volumeMounts: [{name: s, mountPath: /s}]
        """,
        phase("Pending"));
    cluster.awaitEvent(
        "waits",
        "Warning FailedMount MountVolume.SetUp failed for volume \"s\" : secret \"late\" not found");

    String value = Base64.getEncoder().encodeToString("value".getBytes(StandardCharsets.UTF_8));
    cluster
        .client
        .secrets()
        .inNamespace("default")
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("late")
                .endMetadata()
                .withData(Map.of("key", value))
                .build())
        .create();

    cluster.await("waits", ready());
    Awaitility.await().until(() -> cluster.logs("waits", "app"), "value"::equals);
    cluster.client.pods().inNamespace("default").withName("waits").withGracePeriod(0).delete();
  }

  @Test
  void refusesWhatItDoesNotSupportByName() {
    Pod pod =
        cluster.apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: refused}
            spec:
              volumes: [{name: h, hostPath: {path: /etc}}]
              containers:
              - name: app
                image: quay.io/lab/tools:1
                lifecycle: {preStop: {exec: {command: ["true"]}}}
            """,
            phase("Failed"));

    assertThat(pod.getStatus().getReason()).isEqualTo("UnsupportedByNode");
    assertThat(pod.getStatus().getMessage())
        .contains("volume type hostPath", "spec.containers[0].lifecycle");
  }

  @Test
  void explainsAnImageThatDoesNotExist() {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: noimage}
        spec:
          containers: [{name: app, image: "quay.io/lab/nothing:1"}]
        """,
        waiting("ImagePullBackOff"));
    cluster.awaitEvent(
        "noimage",
        "Warning Failed Failed to pull image \"quay.io/lab/nothing:1\": initializing source"
            + " docker://quay.io/lab/nothing:1: reading manifest 1 in quay.io/lab/nothing: name"
            + " unknown: repository name not known to registry");
    cluster.awaitEvent("noimage", "Warning Failed Error: ErrImagePull");
    cluster.awaitEvent("noimage", "Normal BackOff Back-off pulling image");
  }

  @Test
  void restartsAContainerAndKeepsThePreviousLog() {
    Pod pod =
        cluster.apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: crash}
            spec:
              containers:
              - name: app
                image: quay.io/lab/tools:1
                command: [sh, -c, "read run < /proc/sys/kernel/random/uuid; echo $run; exit 1"]
            """,
            waiting("CrashLoopBackOff"));

    assertThat(pod.getStatus().getContainerStatuses().get(0).getRestartCount()).isEqualTo(1);
    cluster.awaitEvent("crash", "Warning BackOff Back-off restarting failed container app in pod");
    var logs = cluster.client.pods().inNamespace("default").withName("crash").inContainer("app");
    assertThat(logs.terminated().getLog())
        .as("between two runs the last one is both the log and the previous log")
        .isEqualTo(logs.getLog())
        .hasSize(37);
  }

  @Test
  void takesUpItsPodsAfterARestart() {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: survivor}
        spec:
          terminationGracePeriodSeconds: 0
          containers: [{name: app, image: "quay.io/lab/tools:1", command: [sleep, "1000"]}]
        """,
        ready());
    cluster.node.close();
    cluster.startNode();

    Pod again =
        cluster.await(
            "survivor",
            pod ->
                ready().test(pod)
                    && pod.getStatus().getContainerStatuses().get(0).getRestartCount() == 1);
    assertThat(
            again
                .getStatus()
                .getContainerStatuses()
                .get(0)
                .getLastState()
                .getTerminated()
                .getReason())
        .isEqualTo("ContainerStatusUnknown");
  }

  @Test
  void endsSoonAlthoughAContainerIgnoresTheSignal() {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: deaf-pod}
        spec:
          containers:
          - name: app
            image: quay.io/lab/tools:1
            command: [bash, -c, "trap '' TERM; while :; do sleep 1; done"]
        """,
        phase("Running"));
    long begun = System.nanoTime();

    cluster.node.close();

    Duration taken = Duration.ofNanos(System.nanoTime() - begun);
    cluster.client.pods().inNamespace("default").withName("deaf-pod").delete();
    cluster.startNode();
    cluster.awaitGone("deaf-pod");
    assertThat(taken).isLessThan(Duration.ofMillis(1_900));
  }
}
