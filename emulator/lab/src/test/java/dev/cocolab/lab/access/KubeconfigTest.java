package dev.cocolab.lab.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.lab.LabException;
import dev.cocolab.lab.authority.Identity;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeconfigTest {
  private static final String SECRET = "the private key";

  private final Kubeconfig config =
      new Kubeconfig(
          "cocolab-test",
          URI.create("https://127.0.0.1:6443"),
          "authority",
          List.of(access("admin", "default"), access("opsec", "trustee-operator-system")));

  @TempDir private Path directory;

  @Test
  void firstUserIsTheCurrentContextAndEachHasItsNamespace() {
    assertThat(config.toYaml())
        .contains("current-context: admin\n")
        .contains("- name: opsec\n  context:\n    cluster: cocolab-test\n    user: opsec\n")
        .contains("namespace: trustee-operator-system\n")
        .contains("server: https://127.0.0.1:6443\n")
        .doesNotContain("insecure-skip-tls-verify");
  }

  @Test
  void fileIsForItsOwnerOnlyAndReplacesAnOlderOne() throws IOException {
    Path file = directory.resolve("kubeconfig");
    Files.writeString(file, "older");

    config.write(file);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(file).hasContent(config.toYaml());
    assertThat(directory).isDirectoryContaining(path -> path.equals(file));
  }

  @Test
  void folderThatIsAbsentIsNamedWithTheRemedy() {
    Path file = directory.resolve("absent").resolve("kubeconfig");

    assertThatThrownBy(() -> config.write(file))
        .isInstanceOfSatisfying(
            LabException.class,
            e -> assertThat(e.reason()).isEqualTo(LabException.Reason.HOME_UNUSABLE))
        .hasMessageContaining(file.toString())
        .hasMessageContaining("--kubeconfig");
  }

  @Test
  void textFormShowsNoKey() {
    assertThat(config.toString())
        .contains("admin", "opsec")
        .doesNotContain(SECRET)
        .doesNotContain(
            Base64.getEncoder().encodeToString(SECRET.getBytes(StandardCharsets.UTF_8)));
  }

  private static Access access(String user, String namespace) {
    return new Access(user, new Identity("certificate", SECRET), namespace);
  }
}
