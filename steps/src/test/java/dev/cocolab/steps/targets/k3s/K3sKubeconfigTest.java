package dev.cocolab.steps.targets.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.cocolab.steps.targets.Targets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kubeconfigs that killed runs have left go, and nothing else does. */
class K3sKubeconfigTest {
  @TempDir private Path home;

  private static String kubeconfig(int port) {
    return "clusters:\n- cluster:\n    server: https://127.0.0.1:%d\n".formatted(port);
  }

  private Path left(int port) throws IOException {
    return Files.writeString(home.resolve("k3s-%d.kubeconfig".formatted(port)), kubeconfig(port));
  }

  @Test
  void itIsItsOwnersOnly() throws IOException {
    K3sKubeconfig written = K3sKubeconfig.of(home, 4711);

    written.write(kubeconfig(4711));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(written.file())))
        .isEqualTo("rw-------");
    written.delete();
    written.delete();
    assertThat(home).isEmptyDirectory();
  }

  @Test
  void theOneOfAServerThatHasGoneIsDeletedByTheNextRun() throws IOException {
    int gone = K3sServer.freePort();
    Path stale = left(gone);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path inUse = left(server.getLocalPort());

      // with or without an engine: no image has this name
      Throwable refused =
          catchThrowable(
              () ->
                  K3sProvider.open(
                      new Targets.Place(home, line -> {}, Optional.empty()),
                      Map.of("COCOLAB_K3S_IMAGE", "No Image")));

      assertThat(refused).isNotNull();
      assertThat(stale).doesNotExist();
      assertThat(inUse).exists();
    }
  }

  @Test
  void whatIsNotItsOwnKindStays() throws IOException {
    int gone = K3sServer.freePort();
    Path elsewhere = Files.createDirectories(home.resolve("elsewhere")).resolve("mine");
    Files.writeString(elsewhere, kubeconfig(gone));
    Files.createSymbolicLink(home.resolve("k3s-%d.kubeconfig".formatted(gone)), elsewhere);
    Files.createDirectory(home.resolve("k3s-1.kubeconfig"));
    Files.writeString(home.resolve("k3s-2.kubeconfig"), kubeconfig(3));
    Files.writeString(home.resolve("k3s-99999.kubeconfig"), kubeconfig(99999));
    Files.writeString(home.resolve("my-k3s-%d.kubeconfig".formatted(gone)), kubeconfig(gone));
    Files.write(home.resolve("k3s-4.kubeconfig"), new byte[] {(byte) 0xff, (byte) 0xfe});

    K3sKubeconfig.clearStale(home);

    assertThat(home).isDirectoryRecursivelyContaining("glob:**/mine");
    try (var files = Files.list(home)) {
      assertThat(files).hasSize(7);
    }
  }
}
