package dev.cocolab.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryTest {
  private static final Instant FIRST = Instant.parse("2026-11-29T01:17:00Z");

  @TempDir Path folder;

  private static Night night(int number, String verdict, Optional<Night.Counts> counts) {
    return new Night(
        FIRST.plusSeconds(86_400L * number),
        verdict,
        counts,
        counts.isPresent() ? OptionalLong.of(90_000) : OptionalLong.empty(),
        Optional.of("https://example.org/runs/" + number));
  }

  private static Optional<Night.Counts> counts(int passed, int failed, int skipped) {
    return Optional.of(new Night.Counts(passed, failed, skipped));
  }

  @Test
  void readsWhatItWrote() {
    History history =
        History.read(folder.resolve("none.json"))
            .with(night(0, "passed", counts(37, 0, 1)))
            .with(night(1, "azure-failed", Optional.empty()));

    history.writeTo(folder.resolve("site"));

    assertThat(History.read(folder.resolve("site/history.json")).nights())
        .isEqualTo(history.nights());
  }

  @Test
  void takesTonightFromTheReport() throws Exception {
    Files.writeString(
        folder.resolve("run.json"),
        """
        {"counts": {"passed": 30, "failed": 2, "broken": 1, "skipped": 4, "unknown": 0},
         "durationMillis": 61000, "started": "2026-11-30T01:20:00Z"}
        """);

    assertThat(History.tonight(folder, "product-failed", Optional.empty(), FIRST))
        .isEqualTo(
            new Night(
                Instant.parse("2026-11-30T01:20:00Z"),
                "product-failed",
                counts(30, 3, 4),
                OptionalLong.of(61000),
                Optional.empty()));
  }

  @Test
  void knowsANightInWhichNoScenarioWasBegun() {
    assertThat(History.tonight(folder, "azure-failed", Optional.empty(), FIRST))
        .isEqualTo(
            new Night(
                FIRST, "azure-failed", Optional.empty(), OptionalLong.empty(), Optional.empty()));
  }

  @Test
  void showsTheTrend() throws Exception {
    History.read(folder.resolve("none.json"))
        .with(night(0, "passed", counts(37, 0, 1)))
        .with(night(1, "product-failed", counts(36, 1, 1)))
        .with(night(2, "azure-failed", Optional.empty()))
        .writeTo(folder);

    String page = Files.readString(folder.resolve("trend.html"));

    assertThat(page)
        .contains("<h1>1 of 3 runs passed; the last: azure failed</h1>")
        .contains("<header class=\"verdict broken\">")
        .contains("<rect class=\"failed\" x=\"8\" y=\"4\" width=\"7\" height=\"3\"/>")
        .contains("<rect class=\"none\" x=\"16\" y=\"0\" width=\"7\" height=\"120\"/>")
        .contains("<a href=\"https://example.org/runs/1\">product failed</a>")
        .doesNotContain("<script");
    assertThat(page.indexOf("2026-12-01 01:17")).isLessThan(page.indexOf("2026-11-29 01:17"));
    // Nothing ran to the end of a report: the first page must still not be missing.
    assertThat(folder.resolve("index.html")).hasContent(page);
  }

  @Test
  void doesNotReplaceTheReport() throws Exception {
    Files.writeString(folder.resolve("index.html"), "the report");

    History.read(folder.resolve("none.json")).writeTo(folder);

    assertThat(folder.resolve("index.html")).hasContent("the report");
    assertThat(folder.resolve("trend.html")).content().contains("No run yet.");
  }

  @Test
  void keepsTheNewestAndReplacesAnEarlierTryOfTheSameRun() {
    History history = History.read(folder.resolve("none.json"));
    for (int i = 0; i < 401; i++) {
      history = history.with(night(i, "passed", counts(1, 0, 0)));
    }
    assertThat(history.nights()).hasSize(400);
    assertThat(history.nights().get(0)).isEqualTo(night(1, "passed", counts(1, 0, 0)));

    history = history.with(night(400, "azure-failed", Optional.empty()));

    assertThat(history.nights()).hasSize(400);
    assertThat(history.nights().get(399).verdict()).isEqualTo("azure-failed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"version\": 2, \"nights\": []}",
        "{\"version\": 1}",
        "{\"version\": 1, \"nights\": [{\"started\": \"yesterday\", \"verdict\": \"passed\"}]}",
        "{\"version\": 1, \"nights\": [{\"started\": \"2026-11-29T01:17:00Z\", \"verdict\": \"<b>\"}]}",
        "{\"version\": 1, \"nights\": [{\"started\": \"2026-11-29T01:17:00Z\", \"verdict\": \"passed\", \"link\": \"javascript:x\"}]}"
      })
  void leavesAFileAloneThatIsNoHistory(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("history.json"), text);

    ReportException e = catchThrowableOfType(ReportException.class, () -> History.read(file));

    assertThat(e.reason()).isEqualTo(ReportException.Reason.UNREADABLE);
    assertThat(e).hasMessage("%s is not what it should be; it was left as it is", file);
    assertThat(file).hasContent(text);
  }

  @Test
  void takesNoVerdictThatIsNoWord() {
    assertThatThrownBy(() -> night(0, "it passed!", Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it passed!");
  }
}
