package dev.cocolab.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.TestKubectl.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file of many documents, see the property {@code cocolab.documents}; kubectl itself sends no
 * more than 50 requests a second.
 */
class KubectlDocumentsTest {
  private static final int DOCUMENTS = Integer.getInteger("cocolab.documents", 520);
  private static final Duration LONGEST = Duration.ofMinutes(10);

  @TempDir private Path home;

  @Test
  void everyDocumentOfALongFileIsMadeAndListedPageByPage() throws IOException {
    TestKubectl kubectl = TestKubectl.in(home);
    String documents =
        IntStream.range(0, DOCUMENTS)
            .mapToObj(
                number ->
                    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: map-%d\n  labels: {many: yes-%d}\ndata: {a: b}\n"
                        .formatted(number, number % 2))
            .collect(Collectors.joining("---\n"));
    Files.writeString(home.resolve("many.yaml"), documents);
    try (RunningServer running = new RunningServer()) {
      kubectl.connect(running, Map.of());

      Result created = kubectl.run("k create -f many.yaml", LONGEST);

      assertThat(created.err()).isEmpty();
      assertThat(created.exit()).isZero();
      assertThat(created.out().lines())
          .hasSize(DOCUMENTS)
          .allMatch(line -> line.matches("configmap/map-\\d+ created"));
      // Pages of 500, as kubectl asks for them.
      assertThat(kubectl.run("k get cm -l many --no-headers | wc -l", LONGEST).out())
          .isEqualTo(Integer.toString(DOCUMENTS));
      assertThat(kubectl.run("k get cm -l many -v=6", LONGEST).err().lines())
          .filteredOn(line -> line.contains("round_trippers") && line.contains("continue="))
          .as("requests for a further page")
          .hasSize((DOCUMENTS - 1) / 500);
    }
  }
}
