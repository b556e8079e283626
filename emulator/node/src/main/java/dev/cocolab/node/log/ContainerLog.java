package dev.cocolab.node.log;

import java.io.BufferedInputStream;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of one run of a container, in the CRI format: time, stream, {@code F} or {@code P}, text.
 * Two files of at most half the bound each: when the first is full it replaces the second. Safe for
 * use by several threads.
 */
public final class ContainerLog implements AutoCloseable {
  /** Longest line that is kept whole; the rest follows as further lines marked {@code P}. */
  static final int MAX_LINE = 16384;

  private static final Logger log = LoggerFactory.getLogger(ContainerLog.class);
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(9).toFormatter();

  /**
   * Takes lines in order; called under the log's lock, so it must not block. It may leave while it
   * is served.
   */
  public interface Reader {
    /** One line as asked for, without its newline unless the line ended in one. */
    void line(String text);

    /** Nothing follows. */
    void end();
  }

  private record Following(Reader reader, LogQuery query) {}

  private final Path file;
  private final Path older;
  private final long halfBound;
  private final Clock clock;
  private final List<Following> followers = new ArrayList<>();
  private BufferedWriter writer;
  private long written;
  private boolean closed;

  /**
   * A new, empty log.
   *
   * @param file created with its directory
   * @param maxBytes bound for all that is kept
   */
  public ContainerLog(Path file, long maxBytes, Clock clock) throws IOException {
    this.file = file;
    this.older = file.resolveSibling(file.getFileName() + ".1");
    this.halfBound = maxBytes / 2;
    this.clock = clock;
    Files.createDirectories(file.getParent());
    this.writer = open();
  }

  private BufferedWriter open() throws IOException {
    return Files.newBufferedWriter(
        file,
        StandardCharsets.UTF_8,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING);
  }

  /**
   * Adds a line.
   *
   * @param stream stdout or stderr
   * @param complete whether the line ended in a newline
   */
  public synchronized void add(String stream, String text, boolean complete) {
    if (closed) {
      return;
    }
    Instant now = clock.instant();
    String line = TIME.format(now) + " " + stream + " " + (complete ? "F" : "P") + " " + text;
    long size = line.getBytes(StandardCharsets.UTF_8).length + 1L;
    try {
      if (written > 0 && written + size > halfBound) {
        writer.close();
        Files.move(file, older, StandardCopyOption.REPLACE_EXISTING);
        writer = open();
        written = 0;
      }
      writer.write(line);
      writer.write('\n');
      writer.flush();
      written += size;
    } catch (IOException e) {
      log.warn("log {}: {}", file, e.toString());
    }
    for (Following following : List.copyOf(followers)) {
      following.reader().line(shown(line, following.query()));
    }
  }

  /** Hands over what is asked for, and further lines until the end if the query says so. */
  public synchronized void read(LogQuery query, Reader reader) throws IOException {
    for (String line : stored(file, older, query)) {
      reader.line(line);
    }
    if (query.follow() && !closed) {
      followers.add(new Following(reader, query));
    } else {
      reader.end();
    }
  }

  /** What is stored now. */
  public synchronized List<String> snapshot(LogQuery query) throws IOException {
    return stored(file, older, query);
  }

  /** Stops handing lines to a reader. */
  public synchronized void leave(Reader reader) {
    followers.removeIf(following -> following.reader() == reader);
  }

  /** The container has ended; nothing follows. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      writer.close();
    } catch (IOException e) {
      log.warn("log {}: {}", file, e.toString());
    }
    List<Following> served = List.copyOf(followers);
    followers.clear();
    served.forEach(following -> following.reader().end());
  }

  /** Reads a log that nobody writes any more. */
  public static List<String> stored(Path file, LogQuery query) throws IOException {
    return stored(file, file.resolveSibling(file.getFileName() + ".1"), query);
  }

  private static List<String> stored(Path file, Path older, LogQuery query) throws IOException {
    Deque<String> kept = new ArrayDeque<>();
    int tail = query.tailLines().orElse(Integer.MAX_VALUE);
    for (Path part : List.of(older, file)) {
      if (!Files.exists(part) || tail == 0) {
        continue;
      }
      try (InputStream source = new BufferedInputStream(Files.newInputStream(part), 65536)) {
        for (Optional<String> line = next(source); line.isPresent(); line = next(source)) {
          if (isWanted(line.get(), query)) {
            kept.addLast(line.get());
            if (kept.size() > tail) {
              kept.removeFirst();
            }
          }
        }
      }
    }
    return kept.stream().map(line -> shown(line, query)).toList();
  }

  /** Only a newline ends a line: programs also print carriage returns. */
  private static Optional<String> next(InputStream source) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int read = source.read();
    if (read < 0) {
      return Optional.empty();
    }
    while (read >= 0 && read != '\n') {
      line.write(read);
      read = source.read();
    }
    return Optional.of(line.toString(StandardCharsets.UTF_8));
  }

  private static boolean isWanted(String line, LogQuery query) {
    if (query.since().isEmpty()) {
      return true;
    }
    int space = line.indexOf(' ');
    try {
      return space > 0 && !Instant.parse(line.substring(0, space)).isBefore(query.since().get());
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  /** What a client sees of a stored line. */
  private static String shown(String line, LogQuery query) {
    String[] parts = line.split(" ", 4);
    if (parts.length < 4) {
      return line + "\n";
    }
    String text = query.timestamps() ? parts[0] + " " + parts[3] : parts[3];
    return parts[2].equals("F") ? text + "\n" : text;
  }
}
