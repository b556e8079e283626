package dev.cocolab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cocolab.evidence.Tee;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What goes between processes and what is told at the end. */
class RecordsTest {
  private static final LoadPlan PLAN =
      new LoadPlan(
          KbsAddress.parse("https://kbs.example:8443/base/"),
          Tee.AZ_SNP_VTPM,
          1,
          new Demand.Rate(12.5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          "default/a/b",
          Optional.of("pem"),
          true,
          Duration.ofSeconds(3),
          Path.of("/x/platform"));

  private static Latencies latencies(long... millis) {
    Latencies all = Latencies.empty();
    for (long one : millis) {
      all.record(one * 1_000_000);
    }
    return all;
  }

  private static LoadResult result(long attestations, Map<String, Long> errors, long... millis) {
    Map<Phase, Latencies> phases = new EnumMap<>(Phase.class);
    phases.put(Phase.AUTH, latencies(millis));
    return new LoadResult(
        Duration.ofSeconds(10),
        4,
        attestations + 1 + errors.values().stream().mapToLong(n -> n).sum(),
        2,
        attestations,
        1,
        errors,
        errors.isEmpty() ? Map.of() : Map.of("connect", "refused"),
        latencies(millis),
        phases,
        Optional.of(new LoadResult.Lag(100, Duration.ofMillis(7), Duration.ofMillis(3), 5)),
        Optional.empty());
  }

  @Test
  void aPlanComesBackAsItWent() {
    assertThat(LoadPlan.parse(PLAN.toJson())).isEqualTo(PLAN);
    assertThat(PLAN.toJson()).doesNotContain("\n");
  }

  @Test
  void whatIsNoPlanIsRefused() {
    for (String text : new String[] {"", "[]", "{\"url\":\"http://a\",\"tee\":\"no\"}", "{"}) {
      assertThatThrownBy(() -> LoadPlan.parse(text)).isInstanceOf(LoadException.class);
    }
  }

  @Test
  void aResultComesBackWithItsHistograms() {
    LoadResult sent = result(100, Map.of("connect", 3L), 1, 2, 3, 900);
    LoadResult read = LoadResult.parse(JsonMapper.shared().readTree(sent.toJson().toString()));
    assertThat(read.toJson()).isEqualTo(sent.toJson());
    assertThat(read.latency().count()).isEqualTo(4);
    assertThat(read.latency().maxMillis()).isCloseTo(900, within(1.0));
    assertThat(read.lag()).isEqualTo(sent.lag());
  }

  @Test
  void resultsOfTwoProcessesAreOne() {
    LoadResult sum =
        result(100, Map.of("connect", 3L), 1, 1, 1).and(result(50, Map.of("tls", 2L), 500));
    assertThat(sum.attestations()).isEqualTo(150);
    assertThat(sum.clients()).isEqualTo(8);
    assertThat(sum.perSecond()).isEqualTo(15);
    assertThat(sum.errors()).isEqualTo(Map.of("connect", 3L, "tls", 2L));
    assertThat(sum.latency().percentileMillis(99)).isCloseTo(500, within(1.0));
    assertThat(sum.phases().get(Phase.AUTH).count()).isEqualTo(4);
    assertThat(sum.lag().orElseThrow().offered()).isEqualTo(200);
    assertThat(sum.lag().orElseThrow().unsent()).isEqualTo(10);
  }

  @Test
  void theLimitIsWhatTheProcessorsCouldDoWithNothingElse() {
    List<Operation> operations =
        List.of(
            new Operation("sign", Operation.Side.CLIENT, 2, 100),
            new Operation("verify", Operation.Side.SERVER, 1, 300),
            new Operation(Cryptography.TLS_HANDSHAKE + "x", Operation.Side.SERVER, 1, 500));
    CryptoLimit here = new CryptoLimit(operations, 2, true);
    assertThat(here.perSecond()).isCloseTo(2e6 / 1000, within(1e-6));
    assertThat(here.withConnections(0).perSecond()).isCloseTo(2e6 / 500, within(1e-6));
    assertThat(new CryptoLimit(operations, 2, false).perSecond())
        .as("of another machine nothing is known")
        .isCloseTo(2e6 / 200, within(1e-6));
  }

  /** Of a server that refuses or has gone before anything was measured. */
  @Test
  void aLoadThatReachedNothingHasAReport() {
    LoadResult nothing =
        new LoadResult(
            Duration.ofSeconds(10),
            4,
            4,
            4,
            0,
            0,
            Map.of("auth_401", 4L),
            Map.of("auth_401", "no"),
            Latencies.empty(),
            Map.of(),
            Optional.empty(),
            Optional.empty());
    LoadReport report = new LoadReport(PLAN, nothing, NO_USAGE, tls(), Map.of());

    JsonNode json = JsonMapper.shared().readTree(report.json());
    assertThat(json.path("phases").isEmpty()).isTrue();
    assertThat(json.path("latency_ms").path("p50").isNull()).isTrue();
    assertThat(json.path("latency_ms").path("max").isNull()).isTrue();
    assertThat(report.text()).contains("4 x auth_401: no");
  }

  @Test
  void theHandshakesOfTlsAreThoseOfEachAttemptNotOfEachSuccess() {
    LoadResult mostly = withConnections(100, 10, 90);
    assertThat(new LoadReport(PLAN, mostly, NO_USAGE, tls(), Map.of()).share())
        .as("a connection for each attempt is one TLS handshake for each attestation")
        .isCloseTo(mostly.perSecond() / (2e6 / 2000), within(1e-9));
  }

  @Test
  void aTimeTooShortToEndAnythingIsSaidToBeSo() {
    LoadResult few = withConnections(1024, 2, 0);
    LoadResult late =
        new LoadResult(
            few.window(),
            1024,
            1026,
            1024,
            2,
            1024,
            Map.of(),
            Map.of(),
            few.latency(),
            few.phases(),
            Optional.empty(),
            Optional.empty());

    assertThat(new LoadReport(PLAN, late, NO_USAGE, tls(), Map.of()).text())
        .contains("1024 attestations ended after the time was over: measure longer");
    assertThat(new LoadReport(PLAN, few, NO_USAGE, tls(), Map.of()).text())
        .doesNotContain("measure longer");
  }

  private static final Usage NO_USAGE =
      new Usage(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());

  private static CryptoLimit tls() {
    return new CryptoLimit(
        List.of(
            new Operation("sign", Operation.Side.CLIENT, 1, 1000),
            new Operation(Cryptography.TLS_HANDSHAKE + "x", Operation.Side.CLIENT, 1, 1000)),
        2,
        false);
  }

  private static LoadResult withConnections(long connections, long attestations, long errors) {
    return new LoadResult(
        Duration.ofSeconds(10),
        4,
        attestations + errors,
        connections,
        attestations,
        0,
        errors == 0 ? Map.of() : Map.of("auth_401", errors),
        Map.of(),
        latencies(1),
        Map.of(Phase.AUTH, latencies(1)),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void theReportHasTheMembersThatArePromised() {
    CryptoLimit limit =
        new CryptoLimit(List.of(new Operation("sign", Operation.Side.CLIENT, 1, 1000)), 2, false);
    Usage usage = new Usage(OptionalDouble.of(1.5), OptionalDouble.empty(), OptionalDouble.empty());
    JsonNode json =
        JsonMapper.shared()
            .readTree(
                new LoadReport(
                        PLAN, result(100, Map.of(), 1, 2), usage, limit, Map.of("server", "JDK"))
                    .json());
    assertThat(json.propertyNames())
        .contains(
            "tee",
            "clients",
            "seconds",
            "attestations",
            "errors",
            "per_second",
            "latency_ms",
            "phases",
            "cpu_s",
            "rss_mb",
            "limit",
            "share",
            "lag");
    assertThat(json.path("errors").isEmpty()).isTrue();
    assertThat(json.path("latency_ms").propertyNames()).containsExactly("p50", "p90", "p99", "max");
    assertThat(json.path("cpu_s").path("client").asDouble()).isEqualTo(1.5);
    assertThat(json.path("cpu_s").path("server").isNull()).isTrue();
    assertThat(json.path("rss_mb").isNull()).isTrue();
    assertThat(json.path("limit").path("per_second").asDouble()).isEqualTo(2000);
    assertThat(json.path("limit").path("operations").path(0).path("name").asString())
        .isEqualTo("sign");
    assertThat(json.path("per_second").asDouble()).isEqualTo(10);
    assertThat(json.path("share").asDouble()).isEqualTo(0.005);
  }

  @Test
  void addresses() {
    assertThat(PLAN.target())
        .isEqualTo(new KbsAddress(true, "kbs.example", 8443, "/base"))
        .hasToString("https://kbs.example:8443/base");
    assertThat(KbsAddress.parse("http://[::1]:80/").authority()).isEqualTo("[::1]");
    for (String bad :
        new String[] {
          "kbs.example", "ftp://a", "http://", "http://a:99999", "http://a b", "http://a?q"
        }) {
      assertThatThrownBy(() -> KbsAddress.parse(bad))
          .isInstanceOf(LoadException.class)
          .hasMessageContaining("'" + bad + "' is no address of a Key Broker Service");
    }
  }
}
