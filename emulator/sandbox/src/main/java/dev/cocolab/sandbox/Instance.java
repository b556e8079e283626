package dev.cocolab.sandbox;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories of one running emulator: {@code <state>/sandbox/<pid>-<start>-<8 hex>}, with the
 * start of the process in milliseconds since the epoch, and, for sockets, {@code <runtime>/<8
 * hex>}.
 *
 * <p>A locked file says that the instance lives; the kernel takes the lock away when the process
 * ends, however it ends. POSIX locks belong to the process, and closing any descriptor of the file
 * drops them, so directories of this very process are recognised by their name and never opened.
 * The process id alone is no such name: in a container it is the same at every start.
 */
final class Instance implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Instance.class);
  private static final String LOCK = "lock";
  private static final String RUNTIME = "runtime";
  private static final Pattern NAME = Pattern.compile("(\\.new-)?((\\d+)-\\d+-)([0-9a-f]{8})");
  private static final Duration HALF_MADE = Duration.ofMinutes(10);

  private final Path directory;
  private final Path runtime;
  private final FileChannel lockFile;

  private Instance(Path directory, Path runtime, FileChannel lockFile) {
    this.directory = directory;
    this.runtime = runtime;
    this.lockFile = lockFile;
  }

  static Instance create(Path stateDir, Path runtimeDir) throws IOException {
    Path parent = Trees.createPrivate(stateDir.resolve("sandbox"));
    sweep(parent);
    String id = UUID.randomUUID().toString().substring(0, 8);
    String name = ownPrefix() + id;
    Path fresh = Trees.createPrivate(parent.resolve(".new-" + name));
    FileChannel channel =
        FileChannel.open(
            fresh.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      throw new IOException("the new file " + fresh.resolve(LOCK) + " is locked already");
    }
    Path runtime = runtimeDir.resolve(id);
    // Written before the directory is made: at no moment is there one that no sweep would find.
    Files.writeString(fresh.resolve(RUNTIME), runtime.toString(), StandardCharsets.UTF_8);
    Trees.createPrivate(runtime);
    Path directory = Files.move(fresh, parent.resolve(name));
    return new Instance(directory, runtime, channel);
  }

  Path directory() {
    return directory;
  }

  Path runtime() {
    return runtime;
  }

  /** Process id and start time, so that a later process with the same id is another one. */
  private static String ownPrefix() {
    ProcessHandle self = ProcessHandle.current();
    long start = self.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return self.pid() + "-" + start + "-";
  }

  private static void sweep(Path parent) throws IOException {
    String own = ownPrefix();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent)) {
      for (Path entry : entries) {
        Matcher name = NAME.matcher(entry.getFileName().toString());
        if (!name.matches() || name.group(2).equals(own)) {
          continue;
        }
        boolean halfMade = name.group(1) != null;
        if (halfMade && mayStillGrow(entry, Long.parseLong(name.group(3)))) {
          continue;
        }
        if (isAbandoned(entry)) {
          log.info("removing what an ended emulator left in {}", entry);
          remove(entry, name.group(4));
        }
      }
    }
  }

  /** Its maker has not locked it yet, perhaps; a process id may have gone to another program. */
  private static boolean mayStillGrow(Path entry, long pid) throws IOException {
    return ProcessHandle.of(pid).isPresent()
        && Files.getLastModifiedTime(entry).toInstant().isAfter(Instant.now().minus(HALF_MADE));
  }

  private static boolean isAbandoned(Path entry) {
    try (FileChannel channel =
        FileChannel.open(
            entry.resolve(LOCK), StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (IOException e) {
      log.debug("cannot tell whether {} is in use: {}", entry, e.toString());
      return false;
    }
  }

  private static void remove(Path entry, String id) throws IOException {
    Path record = entry.resolve(RUNTIME);
    if (Files.isRegularFile(record)) {
      Path runtime = Path.of(Files.readString(record, StandardCharsets.UTF_8));
      // Only a directory that carries the same id was made by that instance.
      if (runtime.isAbsolute() && runtime.getFileName().toString().equals(id)) {
        Trees.delete(runtime);
      }
    }
    Trees.delete(entry);
  }

  @Override
  public void close() {
    Trees.delete(runtime);
    Trees.delete(directory);
    try {
      lockFile.close();
    } catch (IOException e) {
      log.debug("closing the lock file: {}", e.toString());
    }
  }
}
