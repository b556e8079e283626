package dev.cocolab.image;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where content grows until it is complete. Each user of a cache has a directory of its own with a
 * locked file in it; a directory whose lock can be taken belongs to a process that ended, and is
 * swept. Complete content is published by a rename: whoever comes second finds it there and drops
 * his own, so two processes need no common lock.
 */
final class StagingArea implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StagingArea.class);
  private static final String LOCK = "lock";

  private final Path directory;
  private final FileChannel channel;
  private final FileLock lock;
  private final AtomicLong counter = new AtomicLong();

  private StagingArea(Path directory, FileChannel channel, FileLock lock) {
    this.directory = directory;
    this.channel = channel;
    this.lock = lock;
  }

  static StagingArea open(Path parent) throws IOException {
    Files.createDirectories(parent);
    sweep(parent);
    String name = ownPrefix() + UUID.randomUUID();
    // The lock is taken before the directory gets the name a sweeper looks at.
    Path hidden = parent.resolve("." + name);
    Files.createDirectory(
        hidden, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    FileChannel channel =
        FileChannel.open(
            hidden.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    FileLock lock = channel.lock();
    Path directory = Files.move(hidden, parent.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    return new StagingArea(directory, channel, lock);
  }

  /** Process id and start time, so that a later process with the same id is another one. */
  private static String ownPrefix() {
    ProcessHandle self = ProcessHandle.current();
    long started = self.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return self.pid() + "-" + started + "-";
  }

  private static void sweep(Path parent) throws IOException {
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(parent, "[0-9]*")) {
      for (Path leftover : leftovers) {
        if (!leftover.getFileName().toString().startsWith(ownPrefix()) && abandoned(leftover)) {
          LOG.info("removing {} of an earlier run", leftover);
          FileTree.delete(leftover);
        }
      }
    }
  }

  private static boolean abandoned(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE);
        FileLock taken = channel.tryLock()) {
      return taken != null;
    } catch (NoSuchFileException beingRemoved) {
      return false;
    }
  }

  /** A new, empty directory for content that is not complete yet. */
  Path begin() throws IOException {
    return Files.createDirectory(directory.resolve(Long.toString(counter.incrementAndGet())));
  }

  /** Moves complete content to its place unless it is there already. */
  void publish(Path complete, Path place) throws IOException {
    try {
      Files.move(complete, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      // "Directory not empty" has no exception type of its own for a rename.
      if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
      LOG.debug("{} was published by another process", place, e);
      FileTree.delete(complete);
    }
  }

  @Override
  public void close() throws IOException {
    FileTree.delete(directory);
    lock.release();
    channel.close();
  }
}
