package dev.cocolab.lab.authority;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.image.StagingArea;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnceFileTest {
  @TempDir private Path folder;

  @Test
  void theFirstWritesAndTheSecondFindsIt() throws IOException {
    Path file = folder.resolve("key");
    try (StagingArea staging = StagingArea.open(folder.resolve("staging"))) {
      OnceFile.write(file, "first", staging);
      OnceFile.write(file, "second", staging);
    }

    assertThat(file).hasContent("first");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(folder.resolve("staging")).isEmptyDirectory();
  }
}
