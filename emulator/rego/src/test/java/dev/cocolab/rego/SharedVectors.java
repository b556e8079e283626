package dev.cocolab.rego;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the folder of test vectors that lies beside the repository. */
final class SharedVectors {

  private SharedVectors() {}

  /** The folder; skips the test where there is none. */
  static Path folder(String name) {
    String override = System.getProperty("cocolab.shared");
    if (override != null) {
      return existing(Path.of(override, "vectors", name));
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolveSibling("shared").resolve("vectors").resolve(name);
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    return existing(Path.of("../shared/vectors", name));
  }

  private static Path existing(Path folder) {
    assumeTrue(Files.isDirectory(folder), "skipped: there is no folder " + folder);
    return folder;
  }
}
