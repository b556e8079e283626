package dev.cocolab.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A broker that is killed while it writes loses nothing that it acknowledged. */
class KilledWriterTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"LocalFs, 300", "LocalFs, 700", "LocalJson, 60", "LocalJson, 140"})
  void whatWasAcknowledgedIsThereAndNothingIsHalfWritten(String kind, int killedAfter)
      throws Exception {
    int acknowledged = killed(kind, killedAfter);

    KeyValueStore store = WriterProgram.store(kind, folder);
    assertThat(acknowledged).isGreaterThanOrEqualTo(killedAfter);
    for (int i = 0; i <= acknowledged; i++) {
      assertThat(store.get("default/key/" + i))
          .as("value %d of %d", i, acknowledged)
          .hasValueSatisfying(Whole::isWhole);
    }
    assertThat(store.keys())
        .hasSizeBetween(acknowledged + 1, acknowledged + 2)
        .allSatisfy(key -> assertThat(store.get(key)).hasValueSatisfying(Whole::isWhole));
    store.set("default/key/0", WriterProgram.value(7));
    assertThat(store.get("default/key/0")).contains(WriterProgram.value(7));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(file -> file.getFileName().toString().startsWith(".new")).count())
          .as("a write that did not end leaves one file of no name at most")
          .isLessThanOrEqualTo(1);
    }
  }

  private interface Whole {
    static void isWhole(byte[] value) {
      assertThat(value).hasSize(WriterProgram.VALUE_SIZE).containsOnly(value[0]);
    }
  }

  /** The number of the last value that the program said was written. */
  private int killed(String kind, int after) throws IOException, InterruptedException {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                WriterProgram.class.getName(),
                kind,
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int last = -1;
    try (BufferedReader said = writer.inputReader(StandardCharsets.US_ASCII)) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        last = Integer.parseInt(line);
        if (last == after) {
          writer.destroyForcibly();
        }
      }
    } catch (IOException killed) {
      // The stream ends with the process.
    }
    assertThat(writer.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return last;
  }
}
