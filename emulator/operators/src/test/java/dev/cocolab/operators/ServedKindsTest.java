package dev.cocolab.operators;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.operators.control.ServedKinds;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServedKindsTest {
  @TempDir Path directory;

  @Test
  void discoverySaysWhatIsMissing() throws Exception {
    try (TestCluster cluster = new TestCluster(directory)) {
      ServedKinds served = new ServedKinds(cluster.client());

      assertThat(served.mayContain(Pod.class)).isTrue();
      assertThat(served.mayContain(Deployment.class)).isTrue();
      assertThat(served.mayContain(PersistentVolumeClaim.class)).isFalse();
    }
  }

  @Test
  void withoutDiscoveryNothingIsKnownToBeMissing() {
    try (KubernetesClient nobody =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder()
                    .withAutoConfigure(false)
                    .withMasterUrl("http://127.0.0.1:1")
                    .withRequestRetryBackoffLimit(0)
                    .withConnectionTimeout(1000)
                    .build())
            .build()) {
      assertThat(new ServedKinds(nobody).mayContain(Pod.class)).isTrue();
    }
  }
}
