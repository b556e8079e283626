package dev.cocolab.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The folder of one named lab, {@code $COCOLAB_HOME/labs/<name>} (0700): lock, control socket,
 * kubeconfig and log. The lock belongs to the process that runs the lab and dies with it, so a lab
 * that was killed never blocks its name.
 */
final class LabDirectory {
  /** Bytes of a path that fit into {@code sockaddr_un}, without the final NUL. */
  static final int LONGEST_SOCKET_PATH = 107;

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?");

  private final String name;
  private final Path directory;

  private LabDirectory(String name, Path directory) {
    this.name = name;
    this.directory = directory;
  }

  /**
   * The folder of a name; nothing is made yet.
   *
   * @throws CliException {@link ExitCode#USAGE} for a name that is not a DNS label of at most 40
   *     characters, {@link ExitCode#UNFIT} when the control socket's path would be too long
   */
  static LabDirectory of(Path home, String name) {
    Objects.requireNonNull(home, "home");
    if (!NAME.matcher(name).matches()) {
      throw new CliException(
          ExitCode.USAGE,
          "the lab name '%s' is not usable: lower-case letters, digits and '-', at most 40"
              .formatted(name));
    }
    LabDirectory lab = new LabDirectory(name, home.resolve("labs").resolve(name));
    int length =
        lab.controlSocket().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    if (length > LONGEST_SOCKET_PATH) {
      throw new CliException(
          ExitCode.UNFIT,
          ("the path %s has %d bytes, but a Unix socket takes at most %d;"
                  + " set COCOLAB_HOME to a shorter folder")
              .formatted(lab.controlSocket(), length, LONGEST_SOCKET_PATH));
    }
    return lab;
  }

  String name() {
    return name;
  }

  Path path() {
    return directory;
  }

  Path controlSocket() {
    return directory.resolve("control.sock");
  }

  Path kubeconfig() {
    return directory.resolve("kubeconfig");
  }

  Path log() {
    return directory.resolve("lab.log");
  }

  /**
   * Takes the lab's name for this process.
   *
   * @return empty when another process holds it
   * @throws CliException {@link ExitCode#UNFIT} when the folder cannot be made or written
   */
  Optional<Held> tryHold() {
    try {
      Files.createDirectories(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
      FileChannel channel =
          FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock;
      try {
        lock = channel.tryLock();
      } catch (OverlappingFileLockException heldByThisJvm) {
        lock = null;
      }
      if (lock == null) {
        channel.close();
        return Optional.empty();
      }
      Files.deleteIfExists(controlSocket());
      return Optional.of(new Held(channel));
    } catch (IOException e) {
      throw HomeFolder.unusable(directory, e);
    }
  }

  /** A held name; closing gives it back. */
  record Held(FileChannel channel) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
