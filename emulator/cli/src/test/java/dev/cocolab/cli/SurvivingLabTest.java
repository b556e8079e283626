package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of a lab with a data folder while clients write. {@code -Dcocolab.kills=N}
 * repeats it, {@code -Dcocolab.seed=N} chooses the moments.
 */
class SurvivingLabTest {
  private static final int KILLS = Integer.getInteger("cocolab.kills", 1);
  private static final int WRITERS = 3;
  private static final String GONE = "gone";
  private static final String NAMESPACE = "default";

  @TempDir Path folder;
  private final LabProcess lab = new LabProcess("surviving");

  /**
   * Last state of each object that the server acknowledged, and the one that was asked for then.
   */
  private record Written(Map<String, String> acknowledged, Map<String, String> asked) {}

  @BeforeEach
  void machineIsFit() throws IOException {
    lab.assumeFit();
  }

  @AfterEach
  void endWhatATestLeft() {
    lab.close();
  }

  @Test
  @Timeout(600)
  void everythingAcknowledgedIsThereAfterKill9() throws Exception {
    long seed = Long.getLong("cocolab.seed", new Random().nextLong());
    Random random = new Random(seed);
    Written written = new Written(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
    Process running = lab.up("--data", folder.toString());
    for (int kill = 0; kill < KILLS; kill++) {
      int writes = 20 + random.nextInt(200);
      CountDownLatch enough = new CountDownLatch(writes);
      List<CompletableFuture<Void>> writers = new ArrayList<>();
      try (KubernetesClient client = lab.client()) {
        for (int i = 0; i < WRITERS; i++) {
          String prefix = "k" + kill + "-w" + i + "-";
          writers.add(CompletableFuture.runAsync(() -> write(client, prefix, written, enough)));
        }
        assertThat(enough.await(60, TimeUnit.SECONDS)).isTrue();
        running.destroyForcibly();
        writers.forEach(CompletableFuture::join);
      }
      assertThat(running.waitFor(10, TimeUnit.SECONDS)).isTrue();

      running = lab.up("--data", folder.toString());
      String when = "seed " + seed + ", kill " + kill;
      try (KubernetesClient client = lab.client()) {
        assertKept(client, written, when);
        assertThat(client.pods().inNamespace("trustee-operator-system").list().getItems())
            .as(when)
            .hasSize(2);
      }
      assertThat(written.acknowledged()).as(when).hasSizeGreaterThanOrEqualTo(writes / 3);
    }
  }

  /** Creates, changes and deletes until the server is gone. */
  private static void write(
      KubernetesClient client, String prefix, Written written, CountDownLatch enough) {
    try {
      for (int i = 0; ; i++) {
        String name = prefix + i;
        written.asked().put(name, "one");
        ConfigMap made = client.resource(map(name, "one")).create();
        written.acknowledged().put(name, "one");
        enough.countDown();
        if (i % 3 == 1) {
          written.asked().put(name, "two");
          client.resource(new ConfigMapBuilder(made).addToData("value", "two").build()).update();
          written.acknowledged().put(name, "two");
        } else if (i % 3 == 2) {
          written.asked().put(name, GONE);
          client.resource(made).delete();
          written.acknowledged().put(name, GONE);
        }
      }
    } catch (KubernetesClientException serverGone) {
      assertThat(serverGone.getCode()).as(serverGone.getMessage()).isNotPositive();
    }
  }

  private static void assertKept(KubernetesClient client, Written written, String when) {
    Map<String, ConfigMap> found =
        client.configMaps().inNamespace(NAMESPACE).list().getItems().stream()
            .collect(Collectors.toMap(map -> map.getMetadata().getName(), Function.identity()));
    Map<String, String> lost = new TreeMap<>();
    written
        .acknowledged()
        .forEach(
            (name, value) -> {
              ConfigMap map = found.get(name);
              String now = map == null ? GONE : map.getData().get("value");
              // What was asked for and not answered may have happened or not.
              if (!now.equals(value) && !now.equals(written.asked().get(name))) {
                lost.put(name, value + " is " + now);
              }
            });
    assertThat(lost).as(when).isEmpty();
  }

  private static ConfigMap map(String name, String value) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(NAMESPACE)
        .endMetadata()
        .addToData("value", value)
        .build();
  }
}
