package dev.cocolab.reports;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ReportPartsTest {

  @Property(tries = 300)
  void escapedTextHoldsNoMarkupAndNoControlCharacters(@ForAll String text) {
    String escaped = Html.escaped(text);
    assertThat(escaped).doesNotContain("<", ">", "\"", "'");
    assertThat(escaped.codePoints().filter(c -> c < 0x20 && c != '\n' && c != '\t')).isEmpty();
  }

  @Property(tries = 300)
  void anyBytesAreAnExplanationOrNot(@ForAll byte[] bytes) {
    Explanation.parse(bytes).ifPresent(e -> assertThat(e.findings()).isNotNull());
  }

  @Property(tries = 300)
  void naturalOrderIsAnOrder(@ForAll String a, @ForAll String b) {
    NaturalOrder order = new NaturalOrder();
    assertThat(order.compare(a, b)).isEqualTo(-order.compare(b, a));
    assertThat(order.compare(a, b) == 0).isEqualTo(a.equals(b));
  }

  @Test
  void numbersAreOrderedByValue() {
    assertThat(List.of("f:12", "f:9", "e:40").stream().sorted(new NaturalOrder()))
        .containsExactly("e:40", "f:9", "f:12");
  }

  @Test
  void reasonsLoseWhatOnlyDevelopersRead() {
    assertThat(
            PlainReason.of(
                "java.lang.IllegalStateException: dev.cocolab.X: no key\n\tat a.b.C(D.java:1)\n"))
        .isEqualTo("no key");
    assertThat(PlainReason.of("org.opentest4j.TestAbortedException: Assumption failed: no Docker"))
        .isEqualTo("no Docker");
    assertThat(PlainReason.of("")).isEqualTo("no reason was given");
    assertThat(PlainReason.of("Time: 12:30")).isEqualTo("Time: 12:30");
  }

  @Test
  void explanationsMaySayDecisionOrVerdictAndOneValueOrMany() {
    Explanation e =
        Explanation.parse(
                "{\"decision\":\"denied\",\"findings\":[{\"claim\":\"c\",\"found\":true,\"expected\":3}]}"
                    .getBytes(StandardCharsets.UTF_8))
            .orElseThrow();
    assertThat(e.verdict()).isEqualTo("denied");
    assertThat(e.findings().get(0).found()).isEqualTo("true");
    assertThat(e.findings().get(0).expected()).containsExactly("3");
  }

  @Test
  void namesOfProgramsBecomeReadable() {
    assertThat(ReadableNames.step("a.b.Hooks.collectLogs(x.Y)", "Clean-up"))
        .isEqualTo("collect logs");
    assertThat(ReadableNames.step("Given a.b.c(d)", "")).isEqualTo("Given a.b.c(d)");
    assertThat(ReadableNames.location("file:///srv/x/features/a/b.feature:3"))
        .isEqualTo("features/a/b.feature:3");
    assertThat(ReadableNames.location("classpath:setup/b.feature:3"))
        .isEqualTo("setup/b.feature:3");
    assertThat(ReadableNames.location("/srv/x/b.feature:3")).isEqualTo("b.feature:3");
  }

  @Test
  void durationsReadLikeSpeech() {
    assertThat(List.of(5L, 1500L, 61_000L, 3_720_000L).stream().map(Durations::of))
        .containsExactly("5 ms", "1.5 s", "1 min 1 s", "1 h 2 min");
  }
}
