package dev.cocolab.node;

import static dev.cocolab.node.PodConditions.phase;
import static dev.cocolab.node.PodConditions.ready;
import static dev.cocolab.node.PodConditions.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pods with a confidential VM, with resident programs, and with a way in or out. */
@ExtendWith(ClusterExtension.class)
class SpecialPodTest {
  private final TestCluster cluster;

  SpecialPodTest(TestCluster cluster) {
    this.cluster = cluster;
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
    String annotation =
        GuardedPod.initdata(
                "[image]\nimage_security_policy_uri ="
                    + " \"kbs:///default/trustee-image-policy/policy\"\n",
                "")
            .encodeAnnotation();
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
  void saysInPlainWordsWhatNoProcessCanBeGiven() {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: relative}
        spec:
          terminationGracePeriodSeconds: 0
          containers:
          - {name: app, image: "quay.io/lab/tools:1", command: [sleep, "1000"], workingDir: here}
        """,
        waiting("CreateContainerError"));

    cluster.awaitEvent("relative", "Warning Failed Error: not an absolute path: here");
    assertThat(cluster.events("relative")).noneMatch(line -> line.contains("Exception"));
    cluster.client.pods().inNamespace("default").withName("relative").delete();
    cluster.awaitGone("relative");
  }
}
