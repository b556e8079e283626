package dev.cocolab.node.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.node.log.LogQuery;
import io.vertx.core.MultiMap;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogParametersTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static LogQuery read(String name, String value) {
    return LogParameters.read(
        MultiMap.caseInsensitiveMultiMap().add(name, value), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @ParameterizedTest
  @ValueSource(strings = {"99999999999999999", "9223372036854775807"})
  void moreSecondsThanThereHaveBeenAreAllOfTime(String seconds) {
    assertThat(read("sinceSeconds", seconds).since()).contains(Instant.MIN);
  }

  @Test
  void theEarliestInstantCanBeReached() {
    long all = NOW.getEpochSecond() - Instant.MIN.getEpochSecond();

    assertThat(read("sinceSeconds", Long.toString(all)).since()).contains(Instant.MIN);
    assertThat(read("sinceSeconds", Long.toString(all - 1)).since())
        .contains(Instant.MIN.plusSeconds(1));
  }

  @Test
  void numbersMayHaveASignAndAllOf64Bits() {
    assertThat(read("sinceSeconds", "+5").since()).contains(NOW.minusSeconds(5));
    assertThat(read("tailLines", "9223372036854775807").tailLines()).hasValue(Integer.MAX_VALUE);
    assertThat(read("tailLines", "-0").tailLines()).hasValue(0);
    assertThat(read("limitBytes", "9223372036854775807").limitBytes()).hasValue(Long.MAX_VALUE);
    assertThat(read("limitBytes", "00000000000000000000000007").limitBytes()).hasValue(7);
  }

  @ParameterizedTest
  @CsvSource({
    "tailLines, -1",
    "tailLines, x",
    "limitBytes, ''",
    "sinceSeconds, 9223372036854775808",
    "sinceSeconds, +",
    "sinceSeconds, \u0665"
  })
  void whatIsNoSuchNumberIsNamed(String name, String value) {
    assertThatThrownBy(() -> read(name, value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(name + " must be a non-negative number of 64 bits: " + value);
  }
}
