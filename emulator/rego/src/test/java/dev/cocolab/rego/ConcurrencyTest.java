package dev.cocolab.rego;

import static dev.cocolab.rego.Policies.NOTHING;
import static dev.cocolab.rego.Policies.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ConcurrencyTest {

  @Test
  void oneEngineServesSeveralThreads() throws Exception {
    RegoEngine engine =
        Policies.engine("package t\nr := {x * input.n | some x in numbers.range(1, 50)}");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<RegoResult>> results = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int n = i;
        results.add(
            threads.submit(() -> engine.evaluate("data.t.r", json("{'n': " + n + "}"), NOTHING)));
      }
      for (int i = 0; i < 200; i++) {
        RegoResult result = results.get(i).get();
        assertThat(result.value().orElseThrow()).hasSize(i == 0 ? 1 : 50);
        assertThat(result.value().orElseThrow().get(0).intValue()).isEqualTo(i);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void timeComesFromTheGivenClock() {
    RegoEngine engine =
        RegoEngine.builder()
            .clock(Clock.fixed(Instant.ofEpochSecond(7), ZoneOffset.UTC))
            .module("t", "package t\nr := time.now_ns()")
            .build();

    assertThat(engine.evaluate("data.t.r", NOTHING, NOTHING).value()).contains(json("7000000000"));
  }
}
