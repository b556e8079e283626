package dev.cocolab.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerLogTest {
  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.000000007Z");

  @TempDir Path directory;

  @Test
  void storesTimeStreamAndText() throws IOException {
    try (ContainerLog log = log(1000)) {
      log.add("stdout", "hello", true);
      log.add("stderr", "oops", true);

      assertThat(directory.resolve("0.log"))
          .content()
          .isEqualTo(
              """
              2026-02-03T04:05:06.000000007Z stdout F hello
              2026-02-03T04:05:06.000000007Z stderr F oops
              """);
      assertThat(log.snapshot(LogQuery.all())).containsExactly("hello\n", "oops\n");
    }
  }

  @Test
  void givesTailAndTimesAndJoinsPartialLines() throws IOException {
    try (ContainerLog log = log(10_000)) {
      log.add("stdout", "a", true);
      log.add("stdout", "b", false);
      log.add("stdout", "c\rd", true);

      assertThat(String.join("", log.snapshot(LogQuery.tail(2)))).isEqualTo("bc\rd\n");
      LogQuery timed =
          new LogQuery(OptionalInt.of(1), Optional.of(NOW), true, false, OptionalLong.empty());
      assertThat(log.snapshot(timed)).containsExactly("2026-02-03T04:05:06.000000007Z c\rd\n");
      LogQuery later =
          new LogQuery(
              OptionalInt.empty(),
              Optional.of(NOW.plusSeconds(1)),
              false,
              false,
              OptionalLong.empty());
      assertThat(log.snapshot(later)).isEmpty();
    }
  }

  @Test
  void staysBelowItsBoundAndKeepsTheNewest() throws IOException {
    try (ContainerLog log = log(2000)) {
      for (int i = 0; i < 1000; i++) {
        log.add("stdout", "line " + i, true);
      }
      List<String> lines = log.snapshot(LogQuery.all());

      assertThat(lines).hasSizeBetween(15, 60).last().isEqualTo("line 999\n");
      assertThat(Files.size(directory.resolve("0.log")) + Files.size(directory.resolve("0.log.1")))
          .isLessThanOrEqualTo(2000);
    }
  }

  /** Bytes count, not characters. */
  @Test
  void staysBelowItsBoundWhateverTheCharacters() throws IOException {
    try (ContainerLog log = log(2000)) {
      for (int i = 0; i < 100; i++) {
        log.add("stdout", "\u20ac".repeat(i), i % 3 > 0);
        long kept = 0;
        for (String name : List.of("0.log", "0.log.1")) {
          Path part = directory.resolve(name);
          kept += Files.exists(part) ? Files.size(part) : 0;
        }
        assertThat(kept).isLessThanOrEqualTo(2000);
      }
      assertThat(log.snapshot(LogQuery.all())).last().isEqualTo("\u20ac".repeat(99));
    }
  }

  @Test
  void readersMayLeaveWhileTheyAreServed() throws IOException {
    try (ContainerLog log = log(1000)) {
      Leaving afterLine = new Leaving(log, "a\n");
      Leaving atEnd = new Leaving(log, "");
      Recording patient = new Recording();
      LogQuery following =
          new LogQuery(OptionalInt.empty(), Optional.empty(), false, true, OptionalLong.empty());
      for (ContainerLog.Reader reader : List.of(afterLine, atEnd, patient)) {
        log.read(following, reader);
      }

      log.add("stdout", "a", true);
      log.add("stdout", "b", true);
      log.close();

      assertThat(afterLine.seen).containsExactly("a\n");
      assertThat(atEnd.seen).containsExactly("a\n", "b\n", "end");
      assertThat(patient.seen).containsExactly("a\n", "b\n", "end");
    }
  }

  @Test
  void followsUntilTheContainerEnds() throws IOException {
    List<String> seen = new ArrayList<>();
    ContainerLog.Reader reader =
        new ContainerLog.Reader() {
          @Override
          public void line(String text) {
            seen.add(text);
          }

          @Override
          public void end() {
            seen.add("<end>");
          }
        };
    ContainerLog log = log(1000);
    log.add("stdout", "before", true);
    log.read(
        new LogQuery(OptionalInt.empty(), Optional.empty(), false, true, OptionalLong.empty()),
        reader);
    log.add("stdout", "after", true);
    assertThat(seen).containsExactly("before\n", "after\n");
    log.close();

    assertThat(seen).endsWith("<end>");
  }

  @Test
  void keepsTheLogOfThePreviousRunOnly() throws IOException {
    PodLogs logs = new PodLogs(directory, clock());
    for (int attempt = 0; attempt < 3; attempt++) {
      try (ContainerLog log = logs.begin("uid", "app", attempt)) {
        log.add("stdout", "run " + attempt, true);
      }
    }

    assertThat(read(logs, false)).isEqualTo("run 2\n");
    assertThat(read(logs, true)).isEqualTo("run 1\n");
    assertThat(directory.resolve("uid/app/0.log")).doesNotExist();
    logs.remove("uid");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void showsWhatHasNoNewlineAndLosesWhatMayNotBeRead() throws IOException {
    try (ContainerLog log = log(1000)) {
      new StreamPump(stream("prompt> "), "stdout", log, () -> true).run();
      new StreamPump(stream("secret\n"), "stdout", log, () -> false).run();

      assertThat(log.snapshot(LogQuery.all())).containsExactly("prompt> ");
    }
  }

  @Property(tries = 200)
  void neverCutsCharacters(@ForAll @CharRange(from = 0, to = 0xD7FF) String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int length = 0; length <= bytes.length; length++) {
      byte[] part = Arrays.copyOf(bytes, length);
      int whole = StreamPump.wholeCharacters(part);
      assertThat(length - whole).isBetween(0, 3);
      assertThat(new String(part, 0, whole, StandardCharsets.UTF_8))
          .as("whole prefix of %s", text)
          .isEqualTo(
              text.substring(0, new String(part, 0, whole, StandardCharsets.UTF_8).length()));
    }
  }

  private static class Recording implements ContainerLog.Reader {
    final List<String> seen = new ArrayList<>();

    @Override
    public void line(String text) {
      seen.add(text);
    }

    @Override
    public void end() {
      seen.add("end");
    }
  }

  /** Leaves within the call that serves it, as an HTTP response does when it ends. */
  private static final class Leaving extends Recording {
    private final ContainerLog log;
    private final String lastLine;

    Leaving(ContainerLog log, String lastLine) {
      this.log = log;
      this.lastLine = lastLine;
    }

    @Override
    public void line(String text) {
      super.line(text);
      if (text.equals(lastLine)) {
        log.leave(this);
      }
    }

    @Override
    public void end() {
      super.end();
      log.leave(this);
    }
  }

  private String read(PodLogs logs, boolean previous) throws IOException {
    StringBuilder text = new StringBuilder();
    boolean found =
        logs.read(
            "uid",
            "app",
            previous,
            LogQuery.all(),
            new ContainerLog.Reader() {
              @Override
              public void line(String line) {
                text.append(line);
              }

              @Override
              public void end() {
                text.append("");
              }
            });
    assertThat(found).isTrue();
    return text.toString();
  }

  private static ByteArrayInputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private ContainerLog log(long bound) throws IOException {
    return new ContainerLog(directory.resolve("0.log"), bound, clock());
  }

  private static Clock clock() {
    return Clock.fixed(NOW, ZoneOffset.UTC);
  }
}
