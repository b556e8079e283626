package dev.cocolab.reports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PerformancePageTest {
  private static final String STARTED = "2026-12-01T02:00:00Z";

  @TempDir private Path folder;

  private Path measurements;
  private Path history;

  @BeforeEach
  void aRun() throws IOException {
    measurements = folder.resolve("performance.json");
    history = folder.resolve("kept").resolve("performance-history.json");
    Path results = Files.createDirectory(folder.resolve("allure-results"));
    SampleRun.write(results);
  }

  private Path site() {
    SiteBuilder.build(
        folder.resolve("allure-results"),
        folder.resolve("site"),
        SampleRun.FACTS,
        new DriftInput(folder.resolve("real"), folder.resolve("own")),
        new PerformanceInput(measurements, history));
    return folder.resolve("site");
  }

  private String page(String json) throws IOException {
    Files.writeString(measurements, json);
    return Files.readString(site().resolve("performance.html"));
  }

  private String page(boolean shareHeld) throws IOException {
    return page(SamplePerformance.run(STARTED, SamplePerformance.checks(shareHeld)));
  }

  @Test
  void theVerdictStandsWithTheNumberAndItsLimit() throws IOException {
    assertThat(page(true))
        .contains(
            "<h1>All 4 limits hold: 52 % of what the cryptography alone allows, at least 40 % asked for</h1>")
        .contains("<header class=\"verdict passed\">");
    assertThat(page(false))
        .contains(
            "<h1>1 of 4 limits is missed: 31 % of what the cryptography alone allows, at least 40 % asked for</h1>")
        .contains("<header class=\"verdict failed\">");
  }

  @Test
  void whatCouldNotBeJudgedIsNeitherHeldNorMissed() throws IOException {
    String page =
        page(
            SamplePerformance.run(
                STARTED,
                SamplePerformance.checks(false)
                    .replace("\"held\": false", "\"held\": false, \"others\": 0.43")));

    assertThat(page)
        .contains(
            "<h1>1 of 4 could not be judged, the rest holds: 31 % of what the cryptography alone allows, at least 40 % asked for</h1>")
        .contains("<header class=\"verdict doubtful\">", "<span class=\"word\">open</span>")
        .contains("not judged: other programs kept 43 % of the processors busy");
    assertThat(PerformanceHistory.read(history).entries().get(0).held()).isFalse();
  }

  @Test
  void whatColourSaysWordsSayToo() throws IOException {
    String page = page(false);

    assertThat(page)
        .contains("<span class=\"word\">missed</span>", "<span class=\"word\">holds</span>")
        .contains("measured twice, the second decided: first 6.1 times")
        .contains("cryptography alone: 829/s", "asked for: 40 % of it, 332/s");
    assertThat(
            Pattern.compile("class=\"series s(\\d)\"")
                .matcher(page)
                .results()
                .map(r -> r.group(1))
                .distinct())
        .as("dash patterns")
        .hasSize(5);
    Matcher figures = Pattern.compile("<svg class=\"figure\"[^>]*>").matcher(page);
    assertThat(figures.results().map(found -> found.group()))
        .hasSize(6)
        .allMatch(figure -> figure.matches(".* role=\"img\" aria-label=\"[^\"]{20,}\".*"));
  }

  @Test
  void everyFigureHasItsNumbersBesideIt() throws IOException {
    assertThat(page(true).replaceAll("\\s*\n\\s*", ""))
        .contains(
            "<th scope=\"row\">256 clients</th><td class=\"n\">400.0</td><td class=\"n\">48 %</td><td class=\"n\">0 of 1600</td>")
        .contains("<th scope=\"row\">216/s asked for</th><td class=\"n\">")
        .contains(
            "<th scope=\"row\">resource</th><td class=\"n\">0.80 ms</td><td class=\"n\">2.10 ms</td>")
        .contains(
            "<th scope=\"row\">VM, attestation and image</th><td class=\"n\">310 ms</td><td class=\"n\">480 ms</td>")
        .contains("<dt>Cryptography by</dt><dd>AmazonCorrettoCryptoProvider</dd>")
        .contains(
            "<td class=\"n\">held</td><td class=\"n\">52 %</td><td class=\"n\">3.4</td><td class=\"n\">431/s</td>");
  }

  @Test
  void theReportLeadsThereAndNowhereElseIsAnythingLoadedFrom() throws IOException {
    String page = page(true);

    assertThat(Files.readString(folder.resolve("site/index.html")))
        .contains("href=\"performance.html\"");
    assertThat(page).doesNotContain("<script", "http:", "https:", "@import", "url(");
  }

  @Test
  void drawingsAreWellFormed() throws Exception {
    String page = page(false);
    Matcher drawings = Pattern.compile("(?s)<svg class=\"figure\".*?</svg>").matcher(page);
    int count = 0;
    while (drawings.find()) {
      count++;
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(drawings.group().getBytes(StandardCharsets.UTF_8)));
      assertThat(drawings.group()).doesNotContain("NaN", "Infinity");
    }
    assertThat(count).isEqualTo(6);
  }

  @Test
  void nothingMeasuredBecomesMarkup() throws IOException {
    String evil = "<script>alert(1)</script>\\\"'><img src=x onerror=alert(2)>";
    String page =
        page(
            SamplePerformance.run(STARTED, SamplePerformance.checks(false))
                .replace("the peak rate is", evil)
                .replace("\"unit\": \"times\"", "\"unit\": \"" + evil + "\"")
                .replace("\"emulator\"", "\"" + evil + "\"")
                .replace("AmazonCorrettoCryptoProvider", evil)
                .replace("client and server", evil)
                .replace("RSA-2048 signature", evil)
                .replace("\"auth\"", "\"" + evil + "\"")
                .replace("container created", evil));

    assertThat(page).doesNotContain("<script", "<img").contains("&lt;script&gt;alert(1)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-5", "1e400", "\"many\"", "null", "1e300", "{}", "-0.0"})
  void aNumberThatIsNoneIsNotDrawn(String number) throws IOException {
    String page =
        page(
            SamplePerformance.run(STARTED, SamplePerformance.checks(true))
                .replaceAll(
                    "(\"(?:per_second|ms|p50|p99|median_ms|most_ms|bound)\": )[0-9.]+",
                    "$1" + Matcher.quoteReplacement(number)));

    assertThat(page).doesNotContain("NaN", "Infinity").contains("</html>");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"format\": \"cocolab-performance/2\"}",
        "{\"format\": \"cocolab-performance/1\", \"started\": \"today\"}"
      })
  void measurementsThatCannotBeReadAreSaid(String text) throws IOException {
    assertThat(page(text))
        .contains("<h1>There are no measurements to show.</h1>", "could not be read")
        .contains("<header class=\"verdict doubtful\">");
    assertThat(history).doesNotExist();
  }

  @Test
  void aRunThatMeasuredNothingHasNoPageAndLeavesNoneOfAnotherRun() throws IOException {
    page(true);
    Files.delete(measurements);

    Path site = site();

    assertThat(site.resolve("performance.html")).doesNotExist();
    assertThat(Files.readString(site.resolve("index.html"))).doesNotContain("performance.html");
  }

  @Test
  void aDamagedHistoryIsSetAsideAndSaid() throws IOException {
    Files.createDirectories(history.getParent());
    Files.writeString(history, "{\"version\": 1, \"runs\": [{\"started\"");

    String page = page(true);

    assertThat(page)
        .contains("could not be read, so the file was set aside as")
        .contains(".damaged");
    assertThat(history.resolveSibling("performance-history.json.damaged"))
        .content()
        .startsWith("{\"version\": 1, \"runs\": [{\"started\"");
    assertThat(PerformanceHistory.read(history).entries()).hasSize(1);
    assertThat(PerformanceHistory.read(history).problem()).isEqualTo(Optional.empty());
  }

  @Test
  void theSameRunCountsOnceAndAnotherTargetIsAnotherHistory() throws IOException {
    page(true);
    page(true);
    page(SamplePerformance.run("2026-12-01T03:00:00Z", SamplePerformance.checks(false)));
    String other =
        page(
            SamplePerformance.run("2026-12-01T04:00:00Z", SamplePerformance.checks(true))
                .replace("\"emulator\"", "\"aro\""));

    assertThat(PerformanceHistory.read(history).entries()).hasSize(3);
    assertThat(PerformanceHistory.read(history).on("emulator"))
        .extracting(PerformanceHistory.Entry::held)
        .containsExactly(true, false);
    assertThat(other).contains("The first run on this machine");
  }

  @Test
  void onlyTheNewestRunsAreKept() throws IOException {
    PerformanceHistory all = PerformanceHistory.read(history);
    Files.writeString(measurements, SamplePerformance.run(STARTED, SamplePerformance.checks(true)));
    PerformanceHistory.Entry one =
        PerformanceHistory.Entry.of(PerformanceReader.read(measurements).orElseThrow());
    for (int i = 0; i < 205; i++) {
      all =
          all.with(
              new PerformanceHistory.Entry(
                  one.started().plusSeconds(i),
                  one.target(),
                  one.share(),
                  one.ratio(),
                  one.peak(),
                  true));
    }
    all.write(history);

    assertThat(PerformanceHistory.read(history).entries()).hasSize(200).isEqualTo(all.entries());
    assertThat(all.entries().get(0).started()).isEqualTo(one.started().plusSeconds(5));
  }
}
