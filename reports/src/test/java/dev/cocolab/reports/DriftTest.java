package dev.cocolab.reports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriftTest {
  private static final RunFacts FACTS =
      new RunFacts(
          "emulator",
          "redhat-1.2",
          Instant.EPOCH,
          OptionalLong.empty(),
          Optional.empty(),
          Map.of());

  @TempDir Path folder;

  private static String recording(String scenario, String events, String claims) {
    return """
        {"format":"cocolab-recording/1","feature":"a/b.feature","scenario":"%s","target":"aro",
         "day":"2026-01-02","versions":{"Kubernetes":"v1.31.0"},"events":[%s],
         "claims":[%s],"pcrs":[]}
        """
        .formatted(scenario, events, claims);
  }

  private Path real(String file, String text) throws IOException {
    return write("real/aro/" + file, text);
  }

  private Path own(String file, String text) throws IOException {
    return write("own/" + file, text);
  }

  private Path write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }

  private Drift drift() {
    return Drift.of(input());
  }

  private DriftInput input() {
    return new DriftInput(folder.resolve("real"), folder.resolve("own"));
  }

  private String page() {
    return new DriftPage(drift(), FACTS, new Redaction(List.of())).page();
  }

  @Test
  void withoutARecordingThePageSaysSo() throws IOException {
    own("x.json", recording("s", "\"e\"", ""));
    write("real/README.md", "none");

    assertThat(drift().comparisons()).isEmpty();
    assertThat(page())
        .contains("<h1>No recording from a real cluster exists yet.</h1>")
        .contains("class=\"verdict doubtful\"")
        .contains("--record DIR");
  }

  @Test
  void orderAndRepetitionDoNotCount() throws IOException {
    real("1.json", recording("s", "\"e1\",\"e2\"", ""));
    own("1.json", recording("s", "\"e2\",\"e1\",\"e1\"", ""));

    assertThat(drift().comparisons())
        .singleElement()
        .satisfies(one -> assertThat(one.agrees()).isTrue())
        .satisfies(
            one ->
                assertThat(one.parts())
                    .containsExactly(new Drift.Part("Events of the pod", 2, List.of(), List.of())));
    assertThat(page())
        .contains("<h1>No drift in the scenarios that ran.</h1>")
        .contains("class=\"verdict passed\"");
  }

  @Test
  void whatIsOnlyThereAndOnlyHereIsShown() throws IOException {
    real("1.json", recording("s", "\"same\",\"<there>\"", "\"c = 1\""));
    own("1.json", recording("s", "\"same\",\"here\"", ""));

    assertThat(drift().comparisons().get(0).parts())
        .containsExactly(
            new Drift.Part("Events of the pod", 1, List.of("<there>"), List.of("here")),
            new Drift.Part("Claims", 0, List.of("c = 1"), List.of()));
    assertThat(page())
        .contains("<h1>1 of 1 recorded scenarios differ.</h1>")
        .contains("class=\"verdict broken\"")
        .contains("Events of the pod: 1 the same, 1 only there, 1 only here")
        .contains("&lt;there&gt;")
        .contains("recorded on aro, 2026-01-02, Kubernetes v1.31.0");
  }

  @Test
  void whatOnlyThisRunShowsCountsWhereTheRealOneWasSilent() throws IOException {
    real("1.json", recording("s", "\"e\"", "").replace("\"claims\"", "\"statuses\":[],\"claims\""));
    own(
        "1.json",
        recording("s", "\"e\"", "\"c = 1\"")
            .replace("\"claims\"", "\"statuses\":[\"403\"],\"claims\""));

    assertThat(drift().comparisons().get(0).agrees()).isFalse();
    assertThat(page())
        .contains("Refusals of the API server: 0 the same, 0 only there, 1 only here")
        .containsPattern("Not recorded there: Trustee.{1,6}s log\\.")
        .contains("Not compared: Claims, PCRs; a real Trustee does not tell them.")
        .contains("class=\"verdict broken\"");
  }

  @Test
  void aRecordingWithoutAnyTextIsNoAgreement() throws IOException {
    real("1.json", recording("s", "", ""));
    own("1.json", recording("s", "", ""));

    assertThat(drift().comparisons().get(0).agrees()).isFalse();
    assertThat(page())
        .contains("<p>holds nothing</p>")
        .contains("1 hold nothing.")
        .contains("class=\"verdict doubtful\"");
  }

  @Test
  void aScenarioThatDidNotRunHereIsNoAgreement() throws IOException {
    real("1.json", recording("s", "\"e\"", ""));

    assertThat(drift().comparisons().get(0).agrees()).isFalse();
    assertThat(page()).contains("1 did not run here").contains("class=\"verdict broken\"");
  }

  @Test
  void whatCannotBeReadIsNamed() throws IOException {
    real("cut.json", "{\"format\":");
    real("other.json", "{\"format\":\"something/1\"}");

    assertThat(drift().problems())
        .containsExactly(
            "cut.json is not JSON.",
            "other.json is no recording of the format cocolab-recording/1.");
    assertThat(page()).contains("What is missing here").contains("class=\"verdict doubtful\"");
  }

  @Test
  void theReportLinksToIt() throws IOException {
    Path results = Files.createDirectories(folder.resolve("results"));
    Path index = SiteBuilder.build(results, folder.resolve("site"), FACTS, input());

    assertThat(Files.readString(index)).contains("href=\"drift.html\"");
    assertThat(index.resolveSibling("drift.html")).content().contains("No recording");
    assertThat(Files.readString(SiteBuilder.build(results, folder.resolve("site2"), FACTS)))
        .doesNotContain("drift.html");
  }
}
