package dev.cocolab.apiserver.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;

/**
 * Keeps a folder for one user at a time: a lock on the file {@code lock}, which dies with the
 * process that holds it. The file {@code lock-owner} says which process that is, because POSIX
 * takes a lock away from a process that closes the file anywhere (fcntl(2)): who finds himself
 * there must not even open it.
 */
public final class FolderLock implements AutoCloseable {
  /** The file that is locked. */
  public static final String FILE = "lock";

  /** Process id and start of the process that holds the lock, or of one that was killed. */
  public static final String OWNER = "lock-owner";

  private final Path owner;
  private final FileChannel channel;

  private FolderLock(Path owner, FileChannel channel) {
    this.owner = owner;
    this.channel = channel;
  }

  /**
   * Takes a folder.
   *
   * @return empty when it is taken, by this process or another
   * @throws IOException when the folder cannot be written
   */
  public static Optional<FolderLock> tryTake(Path folder) throws IOException {
    Path owner = folder.resolve(OWNER);
    if (own().equals(textOf(owner))) {
      return Optional.empty();
    }
    FileChannel channel =
        FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        Files.writeString(owner, own());
        return Optional.of(new FolderLock(owner, channel));
      }
      channel.close();
      return Optional.empty();
    } catch (OverlappingFileLockException takenThisMoment) {
      channel.close();
      return Optional.empty();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static String textOf(Path owner) throws IOException {
    try {
      return Files.readString(owner);
    } catch (NoSuchFileException nobody) {
      return "";
    }
  }

  /** A later process with the same id has another start. */
  private static String own() {
    ProcessHandle self = ProcessHandle.current();
    long started = self.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return self.pid() + "-" + started + "\n";
  }

  /** Gives the folder back. */
  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(owner);
    }
  }
}
