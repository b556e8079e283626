package dev.cocolab.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;

/** {@code $COCOLAB_HOME}: emulated roots, caches and running labs of this user. */
public final class HomeFolder {
  private HomeFolder() {}

  /**
   * {@code COCOLAB_HOME}, or {@code ~/.cocolab}; made (0700) when missing.
   *
   * @throws CliException {@link ExitCode#UNFIT} when it cannot be made or written
   */
  public static Path open(Map<String, String> environment) {
    String chosen = environment.get("COCOLAB_HOME");
    Path home =
        chosen == null || chosen.isBlank()
            ? Path.of(System.getProperty("user.home", "/"), ".cocolab")
            : Path.of(chosen).toAbsolutePath().normalize();
    try {
      if (!Files.isDirectory(home)) {
        Files.createDirectories(home);
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
      }
      // Always the same name: what a killed process left goes with the next command.
      Path probe = home.resolve(".probe");
      // With content, because a full disk still takes empty files.
      Files.writeString(probe, "probe");
      Files.deleteIfExists(probe);
      return home;
    } catch (IOException e) {
      throw unusable(home, e);
    }
  }

  static CliException unusable(Path path, IOException cause) {
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (text.contains("no space left")) {
      return new CliException(
          ExitCode.UNFIT,
          "no space left on the disk of %s; free some, or set COCOLAB_HOME to a folder elsewhere"
              .formatted(path),
          cause);
    }
    String why =
        cause instanceof AccessDeniedException
            ? "permission denied"
            : text.contains("read-only") ? "read-only file system" : "it is not a usable folder";
    return new CliException(
        ExitCode.UNFIT,
        "cannot write %s (%s); set COCOLAB_HOME to a folder that you may write"
            .formatted(path, why),
        cause);
  }
}
