package dev.cocolab.cli.kbs;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** The file that is there, whole, while a broker answers; it holds the broker's URL. */
final class ReadyFile implements AutoCloseable {
  private final Optional<Path> file;

  /**
   * Removes what an earlier broker left.
   *
   * @throws CliException {@link ExitCode#USAGE} if it cannot be written
   */
  ReadyFile(Optional<Path> file) {
    this.file = file.map(Path::toAbsolutePath);
    this.file.ifPresent(
        path -> {
          if (Files.isDirectory(path) || !Files.isWritable(path.getParent())) {
            throw refused(path, null);
          }
          close();
        });
  }

  /** Makes the file appear. */
  void write(String url) {
    file.ifPresent(
        path -> {
          Path part = path.resolveSibling(path.getFileName() + ".part");
          try {
            Files.writeString(part, url + "\n");
            Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
          } catch (IOException e) {
            throw refused(path, e);
          }
        });
  }

  private static CliException refused(Path path, IOException cause) {
    return new CliException(
        ExitCode.USAGE,
        "cannot write --ready-file %s; name a file in a folder that you may write".formatted(path),
        cause);
  }

  @Override
  public void close() {
    file.ifPresent(
        path -> {
          try {
            Files.deleteIfExists(path);
          } catch (IOException e) {
            // Its folder has gone, and with it the file.
          }
        });
  }
}
