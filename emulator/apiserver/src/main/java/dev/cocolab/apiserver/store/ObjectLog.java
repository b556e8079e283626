package dev.cocolab.apiserver.store;

import dev.cocolab.apiserver.ApiServerException;
import dev.cocolab.apiserver.ApiServerException.Reason;
import dev.cocolab.apiserver.json.TreeSize;
import dev.cocolab.apiserver.json.Trees;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Collection;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * A folder in which each change is on the disk before anybody is told of it: one file, {@code
 * objects.log}, that begins with the objects of one revision and goes on with every change since.
 * When the changes outweigh the objects, a new file takes its place by a rename. A lock keeps a
 * second process out and dies with the one that holds it.
 *
 * <p>Not safe for use by several threads.
 */
public final class ObjectLog implements AutoCloseable {
  static final String FILE = "objects.log";
  private static final String NEW_FILE = "objects.log.new";
  private static final String MAGIC = "cocolab objects ";
  private static final String VERSION = "1";
  private static final long COMPACT_BYTES = 8L * 1024 * 1024;
  private static final int COMPACT_FACTOR = 4;
  private static final Logger LOG = LoggerFactory.getLogger(ObjectLog.class);

  private final Path folder;
  private final FolderLock lock;
  private final long compactBytes;
  private final NavigableMap<ObjectKey, StoredObject> found = new TreeMap<>();
  private FileChannel file;
  private long revision;
  private long baseBytes;
  private Optional<IOException> broken = Optional.empty();

  private ObjectLog(Path folder, FolderLock lock, long compactBytes) {
    this.folder = folder;
    this.lock = lock;
    this.compactBytes = compactBytes;
  }

  /**
   * Opens a folder, made (0700) when missing, and reads what it holds.
   *
   * @throws ApiServerException DATA_IN_USE, DATA_OTHER_VERSION, DATA_CORRUPT or DATA_UNUSABLE
   */
  public static ObjectLog open(Path folder) {
    return open(folder, COMPACT_BYTES);
  }

  static ObjectLog open(Path folder, long compactBytes) {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
      ObjectLog log = new ObjectLog(folder, lock(folder), compactBytes);
      try {
        log.read();
        return log;
      } catch (IOException | RuntimeException e) {
        log.close();
        throw e;
      }
    } catch (IOException e) {
      throw unusable(folder, e);
    }
  }

  private static FolderLock lock(Path folder) throws IOException {
    return FolderLock.tryTake(folder)
        .orElseThrow(
            () ->
                new ApiServerException(
                    Reason.DATA_IN_USE,
                    "the data folder %s is in use by another lab; stop it, or choose another folder"
                        .formatted(folder)));
  }

  private void read() throws IOException {
    Files.deleteIfExists(folder.resolve(NEW_FILE));
    Path path = folder.resolve(FILE);
    if (!Files.exists(path)) {
      revision = 1;
      replace(found.values());
      return;
    }
    byte[] bytes = Files.readAllBytes(path);
    int offset = requireVersion(bytes);
    baseBytes = bytes.length;
    JsonNode base =
        Trees.MAPPER.readTree(
            LogFrame.read(bytes, offset)
                .orElseThrow(() -> LogFrame.corrupt(MAGIC.length(), "it has no beginning")));
    offset = after(bytes, offset);
    revision = base.path("revision").asLong();
    long objects = base.path("objects").asLong();
    long entries = 0;
    while (offset < bytes.length) {
      Optional<byte[]> payload = LogFrame.read(bytes, offset);
      if (payload.isEmpty()) {
        break;
      }
      take(LogEntry.parse(payload.get(), offset), entries < objects, offset);
      offset = after(bytes, offset);
      entries++;
      if (entries == objects) {
        baseBytes = offset;
      }
    }
    if (entries < objects) {
      throw LogFrame.corrupt(offset, "it has %d of %d objects".formatted(entries, objects));
    }
    file = FileChannel.open(path, StandardOpenOption.WRITE);
    if (offset < bytes.length) {
      LOG.warn("{}: {} bytes of an unfinished write dropped", path, bytes.length - offset);
      file.truncate(offset);
      file.force(true);
    }
    file.position(offset);
  }

  private void take(LogEntry entry, boolean ofBase, int offset) {
    if (!ofBase) {
      if (entry.revision() != revision + 1) {
        throw LogFrame.corrupt(
            offset, "revision %d follows %d".formatted(entry.revision(), revision));
      }
      revision = entry.revision();
    }
    if (entry.deleted()) {
      found.remove(entry.key());
    } else {
      found.put(
          entry.key(),
          new StoredObject(entry.key(), entry.revision(), TreeSize.of(entry.json()), entry.json()));
    }
  }

  private static int after(byte[] bytes, int offset) {
    return offset + LogFrame.HEADER + ByteBuffer.wrap(bytes, offset, 4).getInt();
  }

  /** Offset of the first record. */
  private int requireVersion(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && end < 64 && bytes[end] != '\n') {
      end++;
    }
    String line = new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
    if (!line.startsWith(MAGIC) || end == bytes.length) {
      throw LogFrame.corrupt(0, "it is no log of objects");
    }
    if (!line.equals(MAGIC + VERSION)) {
      throw new ApiServerException(
          Reason.DATA_OTHER_VERSION,
          "%s was written in format %s, this version reads format %s; choose another folder"
              .formatted(folder.resolve(FILE), line.substring(MAGIC.length()), VERSION));
    }
    return end + 1;
  }

  /** The latest revision. */
  long revision() {
    return revision;
  }

  /** The objects that were there when the folder was opened. */
  NavigableMap<ObjectKey, StoredObject> found() {
    return found;
  }

  /**
   * Puts a change on the disk; returns when it is there.
   *
   * @throws ApiServerException DATA_UNUSABLE; the change has not happened, and none will until the
   *     folder is opened again, because what a disk kept of a failed write is unknown
   */
  void append(LogEntry entry) {
    if (broken.isPresent()) {
      throw unusable(folder, broken.get());
    }
    try {
      writeAll(file, LogFrame.of(entry.bytes()));
      file.force(false);
      revision = entry.revision();
    } catch (IOException e) {
      broken = Optional.of(e);
      throw unusable(folder, e);
    }
  }

  /** Starts a new file when the changes outweigh the objects. */
  void compactIfDue(Collection<StoredObject> objects) {
    try {
      if (file.position() > compactBytes && file.position() > COMPACT_FACTOR * baseBytes) {
        replace(objects);
      }
    } catch (IOException e) {
      // The old file is whole: nothing is lost, it only grows.
      LOG.warn("{} cannot be made smaller: {}", folder.resolve(FILE), e.getMessage());
    }
  }

  private void replace(Collection<StoredObject> objects) throws IOException {
    Path fresh = folder.resolve(NEW_FILE);
    FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    try {
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
      writeAll(channel, (MAGIC + VERSION + "\n").getBytes(StandardCharsets.US_ASCII));
      byte[] base =
          Trees.MAPPER.writeValueAsBytes(
              Trees.object().put("revision", revision).put("objects", objects.size()));
      writeAll(channel, LogFrame.of(base));
      for (StoredObject object : objects) {
        LogEntry entry = new LogEntry(object.key(), object.revision(), false, object.json());
        writeAll(channel, LogFrame.of(entry.bytes()));
      }
      channel.force(true);
      Files.move(fresh, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    // From here on the new file is the log, whatever else fails.
    if (file != null) {
      file.close();
    }
    file = channel;
    baseBytes = channel.position();
    try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
      entries.force(true);
    }
  }

  private static void writeAll(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static ApiServerException unusable(Path folder, IOException e) {
    return new ApiServerException(
        Reason.DATA_UNUSABLE,
        "the data folder %s cannot be used (%s)".formatted(folder, e.getMessage()),
        e);
  }

  /** Gives the folder back. */
  @Override
  public void close() {
    for (AutoCloseable part : Arrays.asList(file, lock)) {
      try {
        if (part != null) {
          part.close();
        }
      } catch (Exception e) {
        LOG.warn("{} did not close in order", folder, e);
      }
    }
  }
}
