package dev.cocolab.apiserver.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class KilledWriterTest {
  private static final int ROUNDS = 3;
  private static final int WRITES = 300;

  @TempDir Path folder;

  @Test
  @Timeout(60)
  void everyAcknowledgedWriteIsThereAfterKill9() throws Exception {
    Map<String, Long> acknowledged = new HashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx64m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  KilledWriter.class.getName(),
                  folder.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader out = process.inputReader(StandardCharsets.US_ASCII)) {
        int seen = 0;
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          String[] parts = line.split(" ", -1);
          if (parts.length == 2 && !parts[1].isEmpty()) {
            acknowledged.merge(parts[0], Long.parseLong(parts[1]), Math::max);
          }
          if (++seen == WRITES) {
            // By its handle, which leaves the pipe: what was acknowledged before the end counts.
            assertThat(process.toHandle().destroyForcibly()).isTrue();
          }
        }
        assertThat(seen).isGreaterThanOrEqualTo(WRITES);
      } finally {
        process.destroyForcibly();
      }
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();

      try (ObjectLog log = ObjectLog.open(folder)) {
        MemoryObjectStore store = new MemoryObjectStore(10, log);
        acknowledged.forEach(
            (name, revision) ->
                assertThat(store.get(ObjectLogTest.key(name)).orElseThrow().revision())
                    .as(name)
                    .isGreaterThanOrEqualTo(revision));
      }
    }
    assertThat(acknowledged).hasSize(KilledWriter.THREADS);
  }
}
