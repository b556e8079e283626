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
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where content grows until it is complete. Each user of a cache has a directory of its own with a
 * locked file in it; a directory whose lock can be taken belongs to a process that ended, and is
 * swept. Complete content is published by a rename: whoever comes second finds it there and drops
 * his own, so two processes need no common lock.
 */
public final class StagingArea implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StagingArea.class);
  private static final String LOCK = "lock";
  private static final Pattern NAME = Pattern.compile("(\\.)?((\\d{1,10})-\\d+-)[0-9a-f-]+");
  private static final Duration HALF_DONE = Duration.ofMinutes(10);

  private final Path directory;
  private final FileChannel channel;
  private final FileLock lock;
  private final AtomicLong counter = new AtomicLong();

  private StagingArea(Path directory, FileChannel channel, FileLock lock) {
    this.directory = directory;
    this.channel = channel;
    this.lock = lock;
  }

  /** Opens an area below a directory, made where missing, and sweeps those of ended processes. */
  public static StagingArea open(Path parent) throws IOException {
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
    String own = ownPrefix();
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(parent)) {
      for (Path leftover : leftovers) {
        Matcher name = NAME.matcher(leftover.getFileName().toString());
        if (!name.matches() || name.group(2).equals(own)) {
          continue;
        }
        long pid = Long.parseLong(name.group(3));
        boolean hidden = name.group(1) != null;
        if (hidden ? !isBusy(leftover, pid) : isAbandoned(leftover, pid)) {
          LOG.info("removing {} of an earlier run", leftover);
          FileTree.delete(leftover);
        }
      }
    }
  }

  /** Being made or removed by a process that runs; its id may have gone to another program. */
  private static boolean isBusy(Path directory, long pid) throws IOException {
    return ProcessHandle.of(pid).isPresent()
        && Files.getLastModifiedTime(directory).toInstant().isAfter(Instant.now().minus(HALF_DONE));
  }

  private static boolean isAbandoned(Path directory, long pid) throws IOException {
    try (FileChannel channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE);
        FileLock taken = channel.tryLock()) {
      return taken != null;
    } catch (NoSuchFileException halfRemoved) {
      return Files.exists(directory) && !isBusy(directory, pid);
    }
  }

  /** A new, empty directory for content that is not complete yet. */
  public Path begin() throws IOException {
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
