package dev.cocolab.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.cocolab.protocol.Initdata;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Pods through a real API server, a real registry and real namespaces. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeTest {
  private TestCluster cluster;

  @BeforeAll
  void start() throws Exception {
    cluster = new TestCluster();
  }

  @AfterAll
  void stop() {
    if (cluster != null) {
      cluster.close();
    }
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
    cluster.awaitEvent("noimage", "Warning Failed Failed to pull image \"quay.io/lab/nothing:1\"");
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
                command: [sh, -c, "echo try; exit 1"]
            """,
            waiting("CrashLoopBackOff"));

    assertThat(pod.getStatus().getContainerStatuses().get(0).getRestartCount()).isEqualTo(1);
    cluster.awaitEvent("crash", "Warning BackOff Back-off restarting failed container app in pod");
    String previous =
        cluster
            .client
            .pods()
            .inNamespace("default")
            .withName("crash")
            .inContainer("app")
            .terminated()
            .getLog();
    assertThat(previous).isEqualTo("try\n");
  }

  @Test
  void bootsAConfidentialVmForThePodAndShutsItDown() {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: secret-pod}
        spec:
          runtimeClassName: kata-remote
          terminationGracePeriodSeconds: 0
          containers:
          - name: app
            image: quay.io/lab/tools:1
            command:
            - bash
            - -c
            - |
              exec 3<>/dev/tcp/127.0.0.1/8006
              printf 'GET /nothing HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3
              head -n 1 <&3; sleep 100
        """,
        ready());

    assertThat(cluster.node.podVms())
        .hasSize(1)
        .allSatisfy(
            vm -> {
              assertThat(vm.name()).matches("podvm-secret-pod-[0-9a-f]{8}");
              assertThat(vm.size()).isEqualTo("Standard_DC2as_v5");
            });
    Awaitility.await()
        .until(() -> cluster.logs("secret-pod", "app"), text -> text.startsWith("HTTP/1.1 404"));
    cluster.client.pods().inNamespace("default").withName("secret-pod").delete();
    cluster.awaitGone("secret-pod");
    Awaitility.await().until(() -> cluster.node.podVms().isEmpty());
  }

  @Test
  void namesAMalformedInitdata() {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: malformed
          annotations: {io.katacontainers.config.hypervisor.cc_init_data: "bm90IGd6aXA="}
        spec:
          runtimeClassName: kata-remote
          containers: [{name: app, image: "quay.io/lab/tools:1"}]
        """,
        pod -> true);
    cluster.awaitEvent(
        "malformed",
        "Warning FailedCreatePodSandBox Failed to create pod sandbox: rpc error: code = Unknown desc ="
            + " CreateContainer failed: initdata create gzip reader error");
    assertThat(cluster.node.podVms()).isEmpty();
  }

  @Test
  void runsAResidentProgramAsAContainer() {
    CompletableFuture<Integer> exit = new CompletableFuture<>();
    List<Runnable> stops = new CopyOnWriteArrayList<>();
    cluster.residents.put(
        TestCluster.RESIDENT,
        context -> {
          context.stdout().accept("args " + context.args());
          context.stdout().accept(context.env().get("MODE") + " on " + context.podAddress());
          try {
            context.stdout().accept(Files.readString(context.resolve("/etc/conf/kbs.toml")));
            HttpServer server =
                HttpServer.create(new InetSocketAddress(context.podAddress(), 8080), 0);
            server.createContext(
                "/healthz",
                exchange -> {
                  exchange.sendResponseHeaders(200, -1);
                  exchange.close();
                });
            server.start();
            stops.add(() -> server.stop(0));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return new ResidentProcess() {
            @Override
            public CompletionStage<Integer> exited() {
              return exit;
            }

            @Override
            public void stop() {
              context.stderr().accept("stopping");
              stops.forEach(Runnable::run);
              exit.complete(0);
            }
          };
        });
    cluster
        .client
        .configMaps()
        .inNamespace("default")
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("kbs")
                .endMetadata()
                .withData(Map.of("kbs.toml", "a = 1"))
                .build())
        .create();

    Pod pod =
        cluster.apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: resident}
            spec:
              volumes: [{name: conf, configMap: {name: kbs}}]
              containers:
              - name: kbs
                image: quay.io/lab/resident:1.2
                args: [--config-file, /etc/conf/kbs.toml]
                env: [{name: MODE, value: loud}]
                volumeMounts: [{name: conf, mountPath: /etc/conf}]
                readinessProbe: {httpGet: {path: /healthz, port: 8080}}
            """,
            ready());
    assertThat(cluster.logs("resident", "kbs"))
        .isEqualTo(
            "args [--config-file, /etc/conf/kbs.toml]\nloud on /"
                + pod.getStatus().getPodIP()
                + "\na = 1\n");

    cluster.client.pods().inNamespace("default").withName("resident").delete();
    cluster.awaitGone("resident");
    assertThat(exit).isCompletedWithValue(0);
  }

  @Test
  void probesAContainerThroughThePodsAddress() {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: server}
        spec:
          terminationGracePeriodSeconds: 0
          containers:
          - name: app
            image: quay.io/lab/tools:1
            ports: [{name: web, containerPort: 8080}]
            command:
            - perl
            - -e
            - |
              socket(S,2,1,0); bind(S,pack('S n C4 x8',2,8080,0,0,0,0)); listen(S,5);
              while (accept(C,S)) { sysread(C,$l,999); syswrite C,"HTTP/1.0 204 ok\\r\\n\\r\\n"; close C }
            readinessProbe: {httpGet: {port: web}}
            livenessProbe: {exec: {command: [sh, -c, "exit 0"]}}
        """,
        ready());
  }

  @Test
  void reachesNamesOutsideThePodAndNothingElse() {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: outgoing}
        spec:
          restartPolicy: Never
          containers:
          - name: app
            image: quay.io/lab/tools:1
            command:
            - bash
            - -c
            - |
              (exec 3<>/dev/tcp/registry.test/443) && echo connected
              (exec 3<>/dev/tcp/127.0.0.1/22) 2>/dev/null || echo closed
        """,
        phase("Succeeded"));

    assertThat(cluster.logs("outgoing", "app")).isEqualTo("connected\nclosed\n");
  }

  @Test
  void namesTheBrokerThatDoesNotAnswer() {
    String toml =
        """
        algorithm = "sha256"
        version = "0.1.0"
        [data]
        "aa.toml" = '''
        [token_configs]
        [token_configs.kbs]
        url = "http://broker.test:8080"
        '''
        "cdh.toml" = '''
        socket = "unix:///run/confidential-containers/cdh.sock"
        credentials = []
        [kbc]
        name = "cc_kbc"
        url = "http://broker.test:8080"
        [image]
        image_security_policy_uri = "kbs:///default/trustee-image-policy/policy"
        '''
        """;
    String annotation = Initdata.parse(toml.getBytes(StandardCharsets.UTF_8)).encodeAnnotation();
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: lonely
          annotations: {io.katacontainers.config.hypervisor.cc_init_data: "%s"}
        spec:
          runtimeClassName: kata-remote
          terminationGracePeriodSeconds: 0
          containers: [{name: app, image: "quay.io/lab/tools:1", command: [sleep, "1000"]}]
        """
            .formatted(annotation),
        waiting("CreateContainerError"));

    cluster.awaitEvent("lonely", "Warning Failed Error: CreateContainer failed: ");
    cluster.awaitEvent("lonely", "http://broker.test:8080/kbs/v0/auth");
    cluster.client.pods().inNamespace("default").withName("lonely").delete();
    Awaitility.await().until(() -> cluster.node.podVms().isEmpty());
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

  static Predicate<Pod> phase(String phase) {
    return pod -> pod.getStatus() != null && phase.equals(pod.getStatus().getPhase());
  }

  static Predicate<Pod> ready() {
    return pod ->
        pod.getStatus() != null
            && pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .map(PodCondition::getStatus)
                .anyMatch("True"::equals);
  }

  static Predicate<Pod> waiting(String reason) {
    return pod ->
        pod.getStatus() != null
            && pod.getStatus().getContainerStatuses().stream()
                .anyMatch(
                    status ->
                        status.getState().getWaiting() != null
                            && reason.equals(status.getState().getWaiting().getReason()));
  }
}
