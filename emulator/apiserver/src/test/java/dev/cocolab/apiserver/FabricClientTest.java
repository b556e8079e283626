package dev.cocolab.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FabricClientTest {
  private static RunningServer running;

  @BeforeAll
  static void start() {
    running = new RunningServer();
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static ConfigMap map(String name, String value) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .addToLabels("test", name)
        .endMetadata()
        .withData(Map.of("key", value))
        .build();
  }

  private static Pod pod(String name) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("c")
        .withImage("quay.io/a/b:1")
        .endContainer()
        .endSpec()
        .build();
  }

  @Test
  void aServerOfEveryAddressIsReachedByTheLoopbackAddress() throws UnknownHostException {
    InetAddress every = InetAddress.getByName("0.0.0.0");
    try (RunningServer open = new RunningServer(options -> options.bind(every))) {
      assertThat(open.server.url().getHost()).isEqualTo("127.0.0.1");
      assertThat(open.client.namespaces().withName("default").get()).isNotNull();
    }
  }

  @Test
  void createsReadsUpdatesAndDeletes() {
    var maps = running.client.configMaps();

    ConfigMap created = maps.resource(map("crud", "one")).create();
    assertThat(created.getMetadata().getUid()).isNotBlank();
    assertThat(created.getMetadata().getNamespace()).isEqualTo("default");

    created.getData().put("key", "two");
    ConfigMap updated = maps.resource(created).update();
    assertThat(updated.getData()).containsEntry("key", "two");
    assertThat(updated.getMetadata().getResourceVersion())
        .isNotEqualTo(created.getMetadata().getResourceVersion());

    maps.withName("crud").edit(m -> new ConfigMapBuilder(m).addToData("more", "x").build());
    assertThat(maps.withName("crud").get().getData()).containsOnlyKeys("key", "more");

    assertThat(maps.withName("crud").delete()).isNotEmpty();
    assertThat(maps.withName("crud").get()).isNull();
  }

  @Test
  void aStaleUpdateIsAConflict() {
    ConfigMap first = running.client.configMaps().resource(map("stale", "one")).create();
    running
        .client
        .configMaps()
        .withName("stale")
        .edit(m -> new ConfigMapBuilder(m).addToData("a", "b").build());
    first.getData().put("key", "mine");

    assertThatThrownBy(
            () ->
                running
                    .client
                    .configMaps()
                    .resource(first)
                    .lockResourceVersion(first.getMetadata().getResourceVersion())
                    .update())
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> {
              assertThat(e.getCode()).isEqualTo(409);
              assertThat(e.getStatus().getReason()).isEqualTo("Conflict");
              assertThat(e.getStatus().getMessage())
                  .isEqualTo(
                      "Operation cannot be fulfilled on configmaps \"stale\": the object has been modified; please apply your"
                          + " changes to the latest version and try again");
            });
  }

  @Test
  void anInformerSeesTheStateAndEveryChange() {
    running.client.configMaps().resource(map("informed", "one")).create();
    try (SharedIndexInformer<ConfigMap> informer =
        running.client.configMaps().withLabel("test", "informed").inform()) {
      await().until(() -> informer.getStore().list().size() == 1);
      running
          .client
          .configMaps()
          .withName("informed")
          .edit(m -> new ConfigMapBuilder(m).addToData("k2", "v").build());
      await().until(() -> informer.getStore().list().get(0).getData().containsKey("k2"));
      running.client.configMaps().withName("informed").delete();
      await().until(() -> informer.getStore().list().isEmpty());
    }
  }

  @Test
  void aWatchDeliversEventsInOrder() {
    List<String> seen = new CopyOnWriteArrayList<>();
    try (var watch =
        running
            .client
            .configMaps()
            .withLabel("test", "watched")
            .watch(
                new Watcher<>() {
                  @Override
                  public void eventReceived(Action action, ConfigMap resource) {
                    seen.add(action + " " + resource.getData().get("key"));
                  }

                  @Override
                  public void onClose(WatcherException cause) {
                    seen.add("closed");
                  }
                })) {
      assertThat(watch).isNotNull();
      running.client.configMaps().resource(map("watched", "one")).create();
      running.client.configMaps().resource(map("watched", "two")).update();
      running.client.configMaps().withName("watched").delete();
      await().until(() -> seen.size() >= 3);
      assertThat(seen.subList(0, 3)).containsExactly("ADDED one", "MODIFIED two", "DELETED two");
    }
  }

  @Test
  void waitsUntilAConditionHolds() {
    running.client.pods().resource(pod("waited")).create();
    CompletableFuture<Pod> ready =
        CompletableFuture.supplyAsync(
            () ->
                running
                    .client
                    .pods()
                    .withName("waited")
                    .waitUntilCondition(
                        p -> p != null && "Running".equals(p.getStatus().getPhase()),
                        10,
                        TimeUnit.SECONDS));
    running
        .client
        .pods()
        .withName("waited")
        .editStatus(p -> new PodBuilder(p).editStatus().withPhase("Running").endStatus().build());
    assertThat(ready.join().getStatus().getPhase()).isEqualTo("Running");
  }

  @Test
  void aPodGetsItsDefaults() {
    Pod created = running.client.pods().resource(pod("defaults")).create();

    assertThat(created.getSpec().getRestartPolicy()).isEqualTo("Always");
    assertThat(created.getSpec().getServiceAccountName()).isEqualTo("default");
    assertThat(created.getSpec().getTerminationGracePeriodSeconds()).isEqualTo(30L);
    assertThat(created.getStatus().getPhase()).isEqualTo("Pending");
    assertThat(created.getSpec().getContainers().get(0).getImagePullPolicy())
        .isEqualTo("IfNotPresent");
  }
}
