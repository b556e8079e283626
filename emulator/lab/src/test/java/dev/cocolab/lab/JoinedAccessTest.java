package dev.cocolab.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.lab.LabException.Reason;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kubeconfigs with which no cluster can be joined. */
@Timeout(120)
class JoinedAccessTest {
  private static Machine machine;

  @TempDir private Path directory;

  @BeforeAll
  static void open() {
    machine = TestMachine.open();
  }

  @AfterAll
  static void close() {
    if (machine != null) {
      machine.close();
    }
  }

  @Test
  void whoIsNoAdministratorIsTold() throws Exception {
    try (OtherCluster other = new OtherCluster(directory, true, true)) {
      Config wrong =
          new ConfigBuilder(Config.fromKubeconfig(other.kubeconfig().toFile()))
              .withOauthToken("wrong")
              .build();
      assertThatThrownBy(() -> JoinedCluster.join(machine, wrong, Optional.empty(), line -> {}))
          .isInstanceOfSatisfying(
              LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLUSTER_REFUSES))
          .hasMessageContaining("does not accept the credentials of the kubeconfig (401)")
          .hasMessageNotContaining("wrong");
    }
  }

  @Test
  @Timeout(20)
  void anApiServerThatDoesNotAnswerIsNamedWithinSeconds() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    try (OtherCluster other = new OtherCluster(directory, false, false)) {
      Config nowhere =
          new ConfigBuilder(Config.fromKubeconfig(other.kubeconfig().toFile()))
              .withMasterUrl("https://127.0.0.1:" + port)
              .build();
      assertThatThrownBy(() -> JoinedCluster.join(machine, nowhere, Optional.empty(), line -> {}))
          .isInstanceOfSatisfying(
              LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLUSTER_UNREACHABLE))
          .hasMessageContaining("https://127.0.0.1:" + port);
    }
  }

  @Test
  void aKubeconfigThatIsNoneIsNamed() throws Exception {
    Path none = directory.resolve("none");
    assertUnusable(none, "there is no such file");
    assertUnusable(directory, "it is no regular file");
    Path text = Files.writeString(directory.resolve("text"), "hello: [");
    assertUnusable(text, "it is no kubeconfig");
    Path empty = Files.writeString(directory.resolve("empty"), "apiVersion: v1\nkind: Config\n");
    assertUnusable(empty, "it has no current context");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://two words:6443", "https://[::1", "https://127.0.0.1:99999", "https://"})
  void aServerThatIsNoAddressIsNamed(String server) throws Exception {
    try (OtherCluster other = new OtherCluster(directory, false, false)) {
      String good = Files.readString(other.kubeconfig());
      Path bad =
          Files.writeString(
              directory.resolve("bad"),
              good.replaceFirst("server: \"[^\"]*\"", "server: \"" + server + "\""));
      assertUnusable(
          bad,
          "the field server of its cluster is no address such as https://HOST:PORT; correct it");
    }
  }

  private static void assertUnusable(Path file, String why) {
    assertThatThrownBy(() -> JoinedCluster.join(machine, file, line -> {}))
        .isInstanceOfSatisfying(
            LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.KUBECONFIG_UNUSABLE))
        .hasMessage("cannot use the kubeconfig %s: %s", file, why);
  }
}
