package dev.cocolab.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Evidence captured on real hardware, kept beside the repository. */
final class Shared {
  private Shared() {}

  /** The folder of vectors, or a skipped test that says where it was looked for. */
  static Path vectors() {
    String configured = System.getProperty("cocolab.shared", "");
    Path found =
        configured.isEmpty()
            ? Stream.iterate(Path.of("").toAbsolutePath(), Path::getParent)
                .takeWhile(java.util.Objects::nonNull)
                .map(folder -> folder.resolve("shared"))
                .filter(folder -> Files.isDirectory(folder.resolve("vectors")))
                .findFirst()
                .orElse(Path.of("../shared"))
            : Path.of(configured);
    assumeTrue(
        Files.isDirectory(found.resolve("vectors")),
        "no vectors at " + found + "; set -Dcocolab.shared to the directory that holds them");
    return found.resolve("vectors");
  }

  static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
