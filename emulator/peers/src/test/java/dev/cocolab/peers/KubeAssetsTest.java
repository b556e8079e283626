package dev.cocolab.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeAssetsTest {
  @TempDir private Path folder;

  @Test
  void nothingIsFoundWhereTheEnvironmentNamesNothing() {
    assertThat(KubeAssets.find(Map.of())).isEmpty();
    assertThat(KubeAssets.find(Map.of(KubeAssets.VARIABLE, " "))).isEmpty();
  }

  @Test
  void aProgramThatIsMissingIsNamed() throws IOException {
    Files.writeString(folder.resolve("etcd"), "");
    assertThat(folder.resolve("etcd").toFile().setExecutable(true)).isTrue();

    assertThatThrownBy(() -> KubeAssets.find(Map.of(KubeAssets.VARIABLE, folder.toString())))
        .isInstanceOfSatisfying(
            PeerException.class,
            e -> assertThat(e.reason()).isEqualTo(PeerException.Reason.ASSETS_INCOMPLETE))
        .hasMessage("KUBE_ASSETS is " + folder + ", where there is no program kube-apiserver.");
  }
}
