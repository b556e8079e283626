package dev.cocolab.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes the files that a command was asked for. */
public final class OutputFile {
  private OutputFile() {}

  /**
   * Writes a file, over one that is there.
   *
   * @throws CliException {@link ExitCode#USAGE} if it cannot be written
   */
  public static void write(Path path, byte[] content) {
    try {
      Files.write(path, content);
    } catch (IOException e) {
      throw refused(path, e);
    }
  }

  /** As {@link #write(Path, byte[])}, UTF-8. */
  public static void write(Path path, String content) {
    write(path, content.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes a file that was not there.
   *
   * @param permissions such as {@code rw-------}; the file never has more
   * @throws CliException {@link ExitCode#USAGE} if it is there, or cannot be written
   */
  public static void create(Path path, byte[] content, String permissions) {
    try (var channel =
        Files.newByteChannel(
            path,
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)))) {
      var rest = java.nio.ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
    } catch (FileAlreadyExistsException e) {
      throw new CliException(
          ExitCode.USAGE, "%s is there already and is not written over".formatted(path), e);
    } catch (IOException e) {
      throw refused(path, e);
    }
  }

  private static CliException refused(Path path, IOException cause) {
    String why =
        Files.isDirectory(path)
            ? "it is a folder"
            : cause.getClass().getSimpleName().replaceAll("(Exception)$", "");
    return new CliException(
        ExitCode.USAGE,
        "cannot write %s (%s); name a file in a folder that you may write".formatted(path, why),
        cause);
  }
}
