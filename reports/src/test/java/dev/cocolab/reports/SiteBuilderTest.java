package dev.cocolab.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SiteBuilderTest {

  @TempDir private Path temporary;

  @Test
  void aRunIsToldInOneSentenceWithItsReasonsFirst() throws IOException {
    SampleRun.write(results());
    String page = build();

    assertThat(page).contains("<h1>1 of 6 scenarios failed, 1 could not be checked.</h1>");
    int urgent = page.indexOf("What did not pass, and why");
    int features = page.indexOf("class=\"feature\"");
    assertThat(urgent).isPositive().isLessThan(features);
    assertThat(page.substring(urgent, features))
        .contains("[key in the init container]", "Connection refused by the blob store")
        .contains("initdata that nobody registered")
        .doesNotContain("java.lang.AssertionError", "java.net");
    assertThat(page.indexOf("Attestation: a key only", features))
        .isLessThan(page.indexOf("Configure Trustee", features));
    assertThat(page).contains("needs-real-tee: the emulator has no TDX hardware");
  }

  @Test
  void anExplanationStandsAsATableUnderItsScenario() throws IOException {
    SampleRun.write(results());
    String page = build().replace("<wbr>", "");
    int scenario = page.indexOf("class=\"sentence\">A pod with the expected measurements");
    int table = page.indexOf("<table>", scenario);
    int steps = page.indexOf("What was done", scenario);
    assertThat(table).isPositive().isLessThan(steps);
    assertThat(page.substring(table, steps))
        .contains(
            "az-snp-vtpm.tpm.pcr08",
            "9f2b61c0",
            "1c0de5a7",
            "snp_pcr08",
            "default_cpu.rego, line 48")
        .contains("Add the pod&#39;s initdata digest");
  }

  @Test
  void aFeaturesDescriptionIsSaidOnce() throws IOException {
    SampleRun.write(results());
    String page = build();
    assertThat(count(page, "only for a guest whose evidence was verified")).isEqualTo(1);
    assertThat(page)
        .contains("class=\"description\">The guest measures initdata into PCR 8.")
        .contains("collect logs")
        .contains("features/chapter/key.feature:3");
  }

  @Test
  void nothingFromResultsBecomesMarkup() throws IOException {
    String evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    AllureFolder run = new AllureFolder(results());
    run.scenario(evil, evil, "failed")
        .label("tag", evil)
        .message(evil, evil)
        .step(evil, "failed", 1)
        .attach(evil, "text/html" + evil, "evil-attachment.html", evil)
        .attach(
            evil,
            Explanation.MEDIA_TYPE,
            "evil-attachment.json",
            JsonMapper.shared()
                .writeValueAsString(
                    java.util.Map.of(
                        "verdict",
                        evil,
                        "summary",
                        evil,
                        "findings",
                        List.of(java.util.Map.of("claim", evil, "remedy", evil)))))
        .attach("p", "image/svg+xml", "evil-attachment.svg", "<svg onload=alert(3)></svg>")
        .write();

    String page = build();

    assertThat(count(page, "<script")).isEqualTo(1);
    assertThat(page).doesNotContain("<img src=x", "<svg");
    assertThat(Pattern.compile("<[^>]*\\son\\w+=").matcher(page).find()).isFalse();
  }

  @Test
  void thePageNeedsNothingElse() throws IOException {
    SampleRun.write(results());
    String page = build();
    assertThat(page).doesNotContain("http://", "https://", "@import", "url(");
    assertThat(page).contains("default-src 'none'", "src=\"data:image/png;base64,");
    assertThat(count(page, "<link ")).isEqualTo(1);
  }

  @Test
  void theMachineIsNotNamed() throws IOException {
    SampleRun.write(results());
    assertThat(build()).doesNotContain("builder-7f3a", "/home/alice").contains("on [host]");
    assertThat(Files.readString(temporary.resolve("site/run.json"))).doesNotContain("builder-7f3a");
  }

  @Test
  void theSameInputGivesTheSameBytes() throws IOException {
    SampleRun.write(results());
    assertThat(build()).isEqualTo(build());
  }

  @Test
  void damagedResultsAreSaidAndTheRestIsShown() throws IOException {
    AllureFolder run = new AllureFolder(results());
    run.scenario("A", "whole", "passed").write();
    run.file("cut-result.json", "{\"name\": \"cut");
    run.file("list-result.json", "[]");
    run.scenario("A", "no file", "passed")
        .attach("gone", "text/plain", "gone-attachment.txt", "x")
        .attach("bad", Explanation.MEDIA_TYPE, "bad-attachment.json", "{")
        .write();
    Files.delete(results().resolve("gone-attachment.txt"));

    String page = build();

    assertThat(page)
        .contains("All 2 scenarios passed.", "These results are incomplete")
        .contains(
            "cut-result.json is cut off or not JSON", "list-result.json does not hold a result")
        .contains("the file is missing", "The explanation “bad” could not be read.");
    assertThat(run().path("state").asString()).isEqualTo("incomplete");
  }

  @Test
  void anAttachmentOutsideTheFolderIsNotOpened() throws IOException {
    Files.writeString(temporary.resolve("secret.txt"), "do not show");
    AllureFolder run = new AllureFolder(results());
    run.scenario("A", "a", "passed").step("s", "passed", 1).write();
    Path file = results().resolve("uuid-1-result.json");
    Files.createSymbolicLink(results().resolve("link.txt"), temporary.resolve("secret.txt"));
    String attachments =
        "\"attachments\":[{\"name\":\"x\",\"type\":\"text/plain\",\"source\":\"../secret.txt\"},"
            + "{\"name\":\"y\",\"type\":\"text/plain\",\"source\":\"link.txt\"}]";
    Files.writeString(
        file, Files.readString(file).replaceFirst("\"attachments\":\\[\\]", attachments));
    assertThat(build()).doesNotContain("do not show").contains("Not shown: the file is missing");
  }

  @Test
  void noFolderAndNoResultsGiveAReportThatSaysSo() throws IOException {
    String page = build();
    assertThat(page)
        .contains("Nothing ran, so nothing was proved.", "There is no folder with results");
    assertThat(run().path("state").asString()).isEqualTo("nothing-ran");
  }

  @Test
  void onlySkippedScenariosProveNothing() throws IOException {
    AllureFolder run = new AllureFolder(results());
    run.scenario("A", "a", "skipped").write();
    assertThat(build())
        .contains("Nothing was proved: the scenario was skipped.", "no reason was given");
  }

  @Test
  void aRepeatedScenarioCountsOnceAndSaysSo() throws IOException {
    AllureFolder run = new AllureFolder(results());
    run.scenario("A", "a", "failed").history("same").step("s", "failed", 10).write();
    run.scenario("A", "a", "passed").history("same").step("s", "passed", 10).write();
    assertThat(build()).contains("The scenario passed.", "Ran 2 times; the last result counts.");
  }

  @Test
  void largeTextsAreCutAndThePageStaysAPage() throws IOException {
    byte[] large = new byte[3 << 20];
    Arrays.fill(large, (byte) 'x');
    AllureFolder run = new AllureFolder(results());
    for (int i = 0; i < 8; i++) {
      run.scenario("A", "a" + i, "passed")
          .attach("log", "text/plain", i + "-attachment.txt", large)
          .attach("picture", "image/png", i + "-attachment.png", large)
          .write();
    }
    String page = build();
    assertThat(page)
        .contains("Cut off here: 2.9 MiB more are not shown.", "the picture is too large");
    assertThat(page.length()).isLessThan(8 * (140 << 10));
  }

  @Test
  void programsGetTheSameInShort() throws IOException {
    SampleRun.write(results());
    build();
    JsonNode run = run();
    assertThat(run.path("state").asString()).isEqualTo("failed");
    assertThat(run.at("/counts/passed").asInt()).isEqualTo(3);
    assertThat(run.at("/counts/skipped").asInt()).isEqualTo(1);
    assertThat(run.path("seed").asLong()).isEqualTo(4711);
    assertThat(run.at("/features/0/scenarios/0/reason").asString())
        .startsWith("[key in the init container]");
  }

  @Test
  void aFolderThatCannotBeWrittenIsAnError() throws IOException {
    Files.writeString(temporary.resolve("file"), "x");
    Path impossible = temporary.resolve("file/site");
    assertThatThrownBy(() -> SiteBuilder.build(results(), impossible, SampleRun.FACTS))
        .isInstanceOfSatisfying(
            ReportException.class,
            e -> assertThat(e.reason()).isEqualTo(ReportException.Reason.NOT_WRITABLE));
  }

  @Test
  void aSampleIsLeftForTheEye() throws IOException {
    Path target = Path.of("target");
    Path folder = target.resolve("sample-results");
    SampleRun.write(folder);
    Path page = SiteBuilder.build(folder, target.resolve("sample-site"), SampleRun.FACTS);
    assertThat(Files.size(page)).isBetween(10_000L, 60_000L);
  }

  private Path results() {
    return temporary.resolve("allure-results");
  }

  private String build() throws IOException {
    Path page = SiteBuilder.build(results(), temporary.resolve("site"), SampleRun.FACTS);
    assertThat(page).isEqualTo(temporary.resolve("site/index.html"));
    return Files.readString(page, StandardCharsets.UTF_8);
  }

  private JsonNode run() throws IOException {
    return JsonMapper.shared().readTree(Files.readString(temporary.resolve("site/run.json")));
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }
}
