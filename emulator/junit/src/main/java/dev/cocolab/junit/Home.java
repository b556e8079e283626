package dev.cocolab.junit;

import dev.cocolab.junit.EmbeddingException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** The folder with this machine's emulated roots, shared with the command line. */
final class Home {
  private Home() {}

  /** {@code COCOLAB_HOME}, or {@code ~/.cocolab}. */
  static Path ofUser(Map<String, String> environment) {
    String chosen = environment.getOrDefault("COCOLAB_HOME", "");
    return chosen.isBlank()
        ? Path.of(System.getProperty("user.home", "/"), ".cocolab")
        : Path.of(chosen).toAbsolutePath().normalize();
  }

  /** Makes the folder (0700) when it is missing. */
  static Path made(Path home) {
    try {
      if (!Files.isDirectory(home)) {
        Files.createDirectories(home);
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
      }
      return home;
    } catch (IOException e) {
      throw new EmbeddingException(
          Reason.HOME_UNUSABLE,
          "cannot make %s (%s); set COCOLAB_HOME elsewhere".formatted(home, e.getMessage()),
          e);
    }
  }
}
