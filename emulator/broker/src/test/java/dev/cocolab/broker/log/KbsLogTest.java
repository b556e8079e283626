package dev.cocolab.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.broker.SettableClock;
import dev.cocolab.protocol.Profile.LogStyle;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KbsLogTest {
  private final Clock clock =
      Clock.fixed(Instant.parse("2026-02-25T11:02:01.123456Z"), ZoneOffset.UTC);
  private final List<String> lines = new ArrayList<>();

  private KbsLog log(LogStyle style, String filter) {
    return new KbsLog(lines::add, style, Optional.ofNullable(filter), clock);
  }

  @Test
  void linesLookAsTheReleasePrintsThem() {
    log(LogStyle.BRACKETS, null).error("kbs::error", "PolicyDeny");
    log(LogStyle.TRACING, null).info("kbs::error", "PolicyDeny");

    assertThat(lines)
        .containsExactly(
            "[2026-02-25T11:02:01Z ERROR kbs::error] PolicyDeny",
            "2026-02-25T11:02:01.123456Z  INFO kbs::error: PolicyDeny");
  }

  @Test
  void everyLineHasTheTimeOfItsOwn() {
    SettableClock now = new SettableClock();
    KbsLog log = new KbsLog(lines::add, LogStyle.TRACING, Optional.empty(), now);
    for (String time :
        List.of(
            "2026-02-25T23:59:59.000001Z",
            "2026-02-25T23:59:59.999999Z",
            "2026-02-26T00:00:00.000000Z",
            "2026-02-25T23:59:59.012000Z")) {
      now.set(Instant.parse(time));
      log.warn("t", "x");
      assertThat(lines.remove(0)).isEqualTo(time + "  WARN t: x");
    }
  }

  @Test
  void theFilterPicksTheLevel() {
    log(LogStyle.BRACKETS, null).debug("t", "1");
    log(LogStyle.BRACKETS, "debug").debug("t", "2");
    log(LogStyle.BRACKETS, "warn,kbs=debug").debug("t", "3");
    log(LogStyle.BRACKETS, "error").info("t", "4");

    assertThat(lines)
        .extracting(line -> line.substring(line.length() - 1))
        .containsExactly("2", "3");
  }

  @Test
  void causesAreNumberedWhenThereAreSeveral() {
    assertThat(ErrorChain.of("a", List.of("b"))).isEqualTo("a\n\nCaused by:\n    b");
    assertThat(ErrorChain.of("a", List.of("b\nc", "d")))
        .isEqualTo("a\n\nCaused by:\n    0: b\n       c\n    1: d");
  }

  @Test
  void noTextLooksLikeALineOfItsOwn() {
    log(LogStyle.BRACKETS, null).info("t", "a\n[2026] b\rc\u001b[31m");

    assertThat(lines.subList(1, lines.size())).allMatch(line -> line.startsWith("    "));
    assertThat(String.join("", lines)).doesNotContain("\u001b");
  }
}
