package dev.cocolab.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class WorkloadControllersIntegrationTest {

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private Path directory;
  private TestCluster cluster;
  private KubernetesClient client;
  private WorkloadControllers controllers;
  private FakeKubelet kubelet;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    directory = temporary;
    cluster = new TestCluster(directory);
    client = cluster.client();
    controllers = WorkloadControllers.start(client);
    kubelet = new FakeKubelet(client);
  }

  @AfterAll
  void stop() {
    kubelet.close();
    controllers.close();
    cluster.close();
  }

  @Test
  void aDeploymentIsRolledOutRestartedAndDeletedWithAllItsPods() throws Exception {
    String namespace = namespace("rollout");
    client.load(stream(deployment("web", 2))).inNamespace(namespace).create();
    Deployment ready =
        await().atMost(PATIENCE).until(() -> deployment(namespace), d -> available(d) == 2);
    assertThat(ready.getStatus().getConditions())
        .extracting(c -> c.getType() + " " + c.getStatus() + " " + c.getReason())
        .containsExactlyInAnyOrder(
            "Available True MinimumReplicasAvailable", "Progressing True NewReplicaSetAvailable");
    assertThat(ready.getMetadata().getAnnotations())
        .containsEntry("deployment.kubernetes.io/revision", "1");
    List<String> before = podNames(namespace);
    assertThat(before).hasSize(2).allMatch(name -> name.matches("web-[a-z0-9]+-[a-z0-9]{5}"));

    client.apps().deployments().inNamespace(namespace).withName("web").rolling().restart();
    await()
        .atMost(PATIENCE)
        .until(
            () -> deployment(namespace),
            d -> finished(d) && podNames(namespace).stream().noneMatch(before::contains));
    assertThat(sets(namespace))
        .extracting(s -> s.getSpec().getReplicas())
        .containsExactlyInAnyOrder(0, 2);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(client.v1().events().inNamespace(namespace).list().getItems())
                    .extracting(Event::getReason)
                    .contains("ScalingReplicaSet", "SuccessfulCreate", "SuccessfulDelete"));

    client.apps().deployments().inNamespace(namespace).withName("web").delete();
    await()
        .atMost(PATIENCE)
        .until(() -> sets(namespace).isEmpty() && podNames(namespace).isEmpty());
  }

  @Test
  void kubectlFollowsTheRollOut() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/kubectl")), "no kubectl on this machine");
    String namespace = namespace("kubectl");
    Path kubeconfig = cluster.kubeconfig(directory);
    Path manifest = Files.writeString(directory.resolve("web.yaml"), deployment("web", 2));

    kubectl(kubeconfig, "apply", "-n", namespace, "-f", manifest.toString());
    assertThat(
            kubectl(
                kubeconfig,
                "rollout",
                "status",
                "-n",
                namespace,
                "deployment/web",
                "--timeout=15s"))
        .contains("deployment \"web\" successfully rolled out");
    kubectl(kubeconfig, "rollout", "restart", "-n", namespace, "deployment/web");
    assertThat(
            kubectl(
                kubeconfig,
                "rollout",
                "status",
                "-n",
                namespace,
                "deployment/web",
                "--timeout=15s"))
        .contains("successfully rolled out");
    kubectl(kubeconfig, "scale", "-n", namespace, "deployment/web", "--replicas=3");
    assertThat(
            kubectl(
                kubeconfig,
                "rollout",
                "status",
                "-n",
                namespace,
                "deployment/web",
                "--timeout=15s"))
        .contains("successfully rolled out");
    assertThat(podNames(namespace)).hasSize(3);
    assertThat(kubectl(kubeconfig, "rollout", "undo", "-n", namespace, "deployment/web"))
        .contains("rolled back");
    await()
        .atMost(PATIENCE)
        .until(
            () -> deployment(namespace),
            d ->
                finished(d)
                    && "3"
                        .equals(
                            d.getMetadata()
                                .getAnnotations()
                                .get("deployment.kubernetes.io/revision")));
  }

  @Test
  void aServiceListsItsReadyPods() {
    String namespace = namespace("endpoints");
    client.load(stream(deployment("web", 2))).inNamespace(namespace).create();
    client
        .load(
            stream(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}
                """))
        .inNamespace(namespace)
        .create();

    Endpoints endpoints =
        await()
            .atMost(PATIENCE)
            .until(
                () -> client.endpoints().inNamespace(namespace).withName("web").get(),
                e ->
                    e != null
                        && !e.getSubsets().isEmpty()
                        && e.getSubsets().get(0).getAddresses().size() == 2);
    assertThat(endpoints.getSubsets().get(0).getPorts().get(0).getPort()).isEqualTo(8080);
    client.services().inNamespace(namespace).withName("web").delete();
    await()
        .atMost(PATIENCE)
        .until(() -> client.endpoints().inNamespace(namespace).withName("web").get() == null);
  }

  @Test
  void deletionInTheForegroundTakesTheDependentsFirst() {
    String namespace = namespace("foreground");
    ConfigMap owner = client.resource(configMap(namespace, "owner")).create();
    ConfigMap child = configMap(namespace, "child");
    child
        .getMetadata()
        .setOwnerReferences(
            List.of(
                new OwnerReferenceBuilder()
                    .withApiVersion("v1")
                    .withKind("ConfigMap")
                    .withName("owner")
                    .withUid(owner.getMetadata().getUid())
                    .withBlockOwnerDeletion(true)
                    .build()));
    client.resource(child).create();

    client.resource(owner).withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();

    await()
        .atMost(PATIENCE)
        .until(() -> client.configMaps().inNamespace(namespace).withName("owner").get() == null);
    assertThat(client.configMaps().inNamespace(namespace).withName("child").get()).isNull();
  }

  @Test
  void aNamespaceGetsItsAccountAndGoesWithItsContent() {
    String namespace = namespace("life");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                client.serviceAccounts().inNamespace(namespace).withName("default").get() != null);
    client.serviceAccounts().inNamespace(namespace).withName("default").delete();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                client.serviceAccounts().inNamespace(namespace).withName("default").get() != null);
    client.load(stream(deployment("web", 1))).inNamespace(namespace).create();
    await().atMost(PATIENCE).until(() -> podNames(namespace).size() == 1);

    client.namespaces().withName(namespace).delete();

    await().atMost(PATIENCE).until(() -> client.namespaces().withName(namespace).get() == null);
    assertThat(podNames(namespace)).isEmpty();
  }

  @Test
  void aSecondSetOfControllersStartsQuicklyAndStopsCleanly() {
    try (KubernetesClient second = cluster.newClient()) {
      second.namespaces().list();
      long begin = System.nanoTime();
      WorkloadControllers more = WorkloadControllers.start(second);
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      more.close();
      assertThat(millis).as("start in ms").isLessThan(2000);
      System.getLogger("operators")
          .log(System.Logger.Level.INFO, "controllers started in {0} ms", millis);
    }
  }

  private String namespace(String name) {
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    return name;
  }

  private Deployment deployment(String namespace) {
    return client.apps().deployments().inNamespace(namespace).withName("web").get();
  }

  private static int available(Deployment d) {
    return d.getStatus() == null || d.getStatus().getAvailableReplicas() == null
        ? 0
        : d.getStatus().getAvailableReplicas();
  }

  private static boolean finished(Deployment d) {
    int replicas = d.getSpec().getReplicas();
    return d.getStatus().getObservedGeneration().equals(d.getMetadata().getGeneration())
        && available(d) == replicas
        && Integer.valueOf(replicas).equals(d.getStatus().getUpdatedReplicas())
        && Integer.valueOf(replicas).equals(d.getStatus().getReplicas());
  }

  private List<ReplicaSet> sets(String namespace) {
    return client.apps().replicaSets().inNamespace(namespace).list().getItems();
  }

  private List<String> podNames(String namespace) {
    return client.pods().inNamespace(namespace).list().getItems().stream()
        .map(Pod::getMetadata)
        .map(m -> m.getName())
        .toList();
  }

  private static ConfigMap configMap(String namespace, String name) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .endMetadata()
        .build();
  }

  private static String deployment(String name, int replicas) {
    return """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %s}
        spec:
          replicas: %d
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
                - {name: main, image: "quay.io/example/web:1", ports: [{name: http, containerPort: 8080}]}
        """
        .formatted(name, replicas);
  }

  private static java.io.InputStream stream(String yaml) {
    return new java.io.ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8));
  }

  private static String kubectl(Path kubeconfig, String... args)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("kubectl", "--kubeconfig", kubeconfig.toString()));
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("kubectl ends").isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }
}
