package dev.cocolab.steps.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.cli.CocoLab;
import dev.cocolab.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryCommandTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(Path file, String verdict) {
    return CocoLab.run(
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false),
        Map.of(),
        List.of(
            "history",
            "--file",
            file.toString(),
            "--site",
            folder.resolve("site").toString(),
            "--verdict",
            verdict));
  }

  @Test
  void addsNightAfterNight() {
    assertThat(run(folder.resolve("none.json"), "passed")).isZero();
    assertThat(run(folder.resolve("site/history.json"), "azure-failed")).isZero();

    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "1 runs in " + folder.resolve("site/trend.html"),
            "2 runs in " + folder.resolve("site/trend.html"));
    assertThat(folder.resolve("site/trend.html"))
        .content()
        .contains("1 of 2 runs passed; the last: azure failed");
  }

  @Test
  void refusesWhatIsNoHistoryAndNoVerdict() throws Exception {
    Path broken = Files.writeString(folder.resolve("broken.json"), "<html>");

    assertThat(run(broken, "passed")).isEqualTo(2);
    assertThat(run(folder.resolve("none.json"), "It Passed")).isEqualTo(2);

    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("broken.json is not what it should be", "not 'It Passed'");
    assertThat(folder.resolve("site")).doesNotExist();
  }
}
