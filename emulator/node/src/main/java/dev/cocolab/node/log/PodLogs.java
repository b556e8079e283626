package dev.cocolab.node.log;

import dev.cocolab.node.volume.FileTrees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The logs of all containers of a node: {@code <root>/<pod uid>/<container>/<attempt>.log}. The
 * logs of a container's last two runs are kept.
 */
public final class PodLogs {
  private static final long MAX_BYTES = 10L * 1024 * 1024;

  private final Path root;
  private final Clock clock;
  private final Map<Path, ContainerLog> open = new ConcurrentHashMap<>();

  /** Logs below a directory, which need not exist. */
  public PodLogs(Path root, Clock clock) {
    this.root = root;
    this.clock = clock;
  }

  /** Begins the log of a run. */
  public ContainerLog begin(String podUid, String container, int attempt) throws IOException {
    Path file = file(podUid, container, attempt);
    for (String suffix : new String[] {"", ".1"}) {
      Files.deleteIfExists(file.resolveSibling(Math.max(-1, attempt - 2) + ".log" + suffix));
    }
    ContainerLog created = new ContainerLog(file, MAX_BYTES, clock);
    open.put(file, created);
    return created;
  }

  /**
   * Reads the log of the current or the previous run.
   *
   * @return the log's reader has been served; false if there is no such run
   */
  public boolean read(
      String podUid, String container, boolean previous, LogQuery query, ContainerLog.Reader reader)
      throws IOException {
    OptionalInt latest = latest(podUid, container);
    if (latest.isEmpty() || (previous && latest.getAsInt() < 1)) {
      return false;
    }
    Path file = file(podUid, container, latest.getAsInt() - (previous ? 1 : 0));
    ContainerLog log = open.get(file);
    if (log != null) {
      log.read(query, reader);
      return true;
    }
    if (!Files.exists(file)) {
      return false;
    }
    ContainerLog.stored(file, query).forEach(reader::line);
    reader.end();
    return true;
  }

  /** The log of the current run, if it is still written. */
  public Optional<ContainerLog> current(String podUid, String container) {
    OptionalInt latest = latest(podUid, container);
    return latest.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(open.get(file(podUid, container, latest.getAsInt())));
  }

  private OptionalInt latest(String podUid, String container) {
    Path directory = file(podUid, container, 0).getParent();
    if (!Files.isDirectory(directory)) {
      return OptionalInt.empty();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(path -> path.getFileName().toString())
          .filter(name -> name.matches("\\d+\\.log"))
          .mapToInt(name -> Integer.parseInt(name.substring(0, name.length() - 4)))
          .max();
    } catch (IOException e) {
      return OptionalInt.empty();
    }
  }

  private Path file(String podUid, String container, int attempt) {
    return root.resolve(podUid).resolve(container).resolve(attempt + ".log");
  }

  /** Removes the logs of a pod whose object is gone. */
  public void remove(String podUid) {
    Path directory = root.resolve(podUid);
    open.forEach(
        (path, log) -> {
          if (path.startsWith(directory)) {
            log.close();
            open.remove(path);
          }
        });
    FileTrees.delete(directory);
  }
}
