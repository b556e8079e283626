package dev.cocolab.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeDirectoryTest {
  @TempDir Path temporary;

  @Test
  void passesOverAPathThatIsTooLong() throws IOException {
    Path deep = temporary.resolve("d".repeat(120));
    Path shorter = Files.createTempDirectory(Path.of("/tmp"), "r");
    try {
      Path chosen = RuntimeDirectory.choose(List.of(deep, shorter), "u");

      assertThat(chosen).isEqualTo(shorter.resolve("cocolab-u"));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(chosen)))
          .isEqualTo("rwx------");
      assertThat(deep).doesNotExist();
    } finally {
      Trees.delete(shorter);
    }
  }

  @Test
  void namesEveryPathAndTheRemedyWhenNoneIsShortEnough() {
    Path deep = Path.of("/tmp/" + "d".repeat(120));

    assertThatThrownBy(() -> RuntimeDirectory.choose(List.of(deep), "u"))
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> assertThat(e.reason()).isEqualTo(SandboxException.Reason.SOCKET_PATH_TOO_LONG))
        .hasMessageContaining(deep.toString())
        .hasMessageContaining("Set XDG_RUNTIME_DIR or TMPDIR");
  }

  @Test
  void refusesToOpenAHostOnALongPath() {
    Path deep = temporary.resolve("d".repeat(120));

    assertThatThrownBy(() -> SandboxHost.open(temporary.resolve("s"), deep))
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> assertThat(e.reason()).isEqualTo(SandboxException.Reason.SOCKET_PATH_TOO_LONG))
        .hasMessageContaining(deep.toString());
    assertThat(temporary.resolve("s")).doesNotExist();
  }

  @Test
  void refusesAStateDirectoryThatIsAFile() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "");
    Path runtime = Files.createTempDirectory(Path.of("/tmp"), "r");
    try {
      assertThatThrownBy(() -> SandboxHost.open(file, runtime))
          .isInstanceOfSatisfying(
              SandboxException.class,
              e -> assertThat(e.reason()).isEqualTo(SandboxException.Reason.DIRECTORY));
    } finally {
      Trees.delete(runtime);
    }
  }
}
