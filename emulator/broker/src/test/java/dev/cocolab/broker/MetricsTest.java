package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.protocol.Attestation;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;

/** What {@code GET /metrics} says, and that it moves with what happens. */
class MetricsTest {
  private static final String OPEN =
      TestBroker.PERMISSIVE.replace("\"DenyAll\"", "\"InsecureAllowAll\"");

  @TempDir Path root;
  private TestBroker broker;
  private TestGuest guest;

  @BeforeEach
  void start() throws Exception {
    broker = new TestBroker(root).config(OPEN).resource("default/key/1", new byte[29]).start();
    guest = new TestGuest(broker.url());
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private String text() throws Exception {
    HttpResponse<byte[]> answer = guest.get("/metrics");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).isEmpty();
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private Map<String, String> samples() throws Exception {
    Map<String, String> out = new LinkedHashMap<>();
    text()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line ->
                out.put(
                    line.substring(0, line.lastIndexOf(' ')),
                    line.substring(line.lastIndexOf(' ') + 1)));
    return out;
  }

  @Test
  void namesAndTypesAreUpstreamsAndLabelledFamiliesAppearWithTheirFirstValue() throws Exception {
    assertThat(text().lines().filter(line -> line.startsWith("# TYPE ")))
        .containsExactly(
            "# TYPE kbs_attestation_errors_total counter",
            "# TYPE kbs_attestation_requests_total counter",
            "# TYPE kbs_auth_errors_total counter",
            "# TYPE kbs_auth_requests_total counter",
            "# TYPE kbs_auth_successes_total counter",
            "# TYPE kbs_build_info gauge",
            "# TYPE kbs_http_active_connections gauge",
            "# TYPE kbs_http_request_duration_seconds histogram",
            "# TYPE kbs_http_request_size_bytes histogram",
            "# TYPE kbs_http_requests_total counter",
            "# TYPE kbs_http_response_size_bytes histogram",
            "# TYPE kbs_policy_approvals_total counter",
            "# TYPE kbs_policy_errors_total counter",
            "# TYPE kbs_policy_evaluations_total counter",
            "# TYPE kbs_policy_violations_total counter");
    assertThat(samples().keySet())
        .filteredOn(name -> name.startsWith("kbs_build_info"))
        .singleElement()
        .asString()
        .matches("kbs_build_info\\{build_date=\".+\",git_hash=\".+\",version=\".+\"}");
  }

  @Test
  @DisplayName("upstream: matrics_recording")
  void countersMoveWithWhatHappens() throws Exception {
    broker.resourcePolicy("package policy\nallow := true\n");
    guest.resource("default/key/1");
    guest.handshake();
    guest.resource("default/key/1");
    guest.resource("default/key/2");
    guest.send("POST", "/kbs/v0/resource/a/b/c", new byte[] {1});
    guest.send("DELETE", "/kbs/v0/resource/a/b/c", new byte[0]);

    assertThat(samples())
        .containsEntry("kbs_auth_requests_total", "1")
        .containsEntry("kbs_auth_successes_total", "1")
        .containsEntry("kbs_auth_errors_total", "0")
        .containsEntry("kbs_attestation_requests_total", "1")
        .containsEntry("kbs_attestation_successes_total{tee_type=\"sample\"}", "1")
        .containsEntry("kbs_resource_reads_total{resource_path=\"default/key/1\"}", "1")
        .containsEntry("kbs_resource_reads_total{resource_path=\"default/key/2\"}", "1")
        .containsEntry("kbs_resource_writes_total{resource_path=\"a/b/c\"}", "1")
        .containsEntry("kbs_resource_deletes_total{resource_path=\"a/b/c\"}", "1")
        .containsEntry("kbs_policy_evaluations_total", "2")
        .containsEntry("kbs_policy_approvals_total", "2")
        .containsEntry("kbs_http_requests_total", "7")
        .containsEntry("kbs_http_active_connections", "0")
        .containsEntry("kbs_http_request_duration_seconds_count", "7")
        .containsEntry("kbs_http_request_duration_seconds_bucket{le=\"+Inf\"}", "7")
        .containsEntry("kbs_http_request_size_bytes_count", "7")
        .containsEntry("kbs_http_response_size_bytes_count", "7");
  }

  @Test
  void refusalsAreCountedWhereTheyHappen() throws Exception {
    guest.send("POST", "/kbs/v0/auth", new byte[] {'{'});
    guest.attest();
    guest.auth();
    guest.attest(Attestation.of(guest.runtimeData(), JsonNodeFactory.instance.objectNode()));
    guest.handshake();
    broker.resourcePolicy("package policy\ndefault allow := false\n");
    guest.resource("default/key/1");
    broker.resourcePolicy("package policy\nallow := 1\n");
    guest.resource("default/key/1");
    broker.resourcePolicy("package policy\nallow {");
    guest.resource("default/key/1");

    assertThat(samples())
        .containsEntry("kbs_auth_errors_total", "1")
        .containsEntry("kbs_attestation_errors_total", "1")
        .containsEntry("kbs_attestation_failures_total{tee_type=\"sample\"}", "1")
        .containsEntry("kbs_policy_evaluations_total", "3")
        .containsEntry("kbs_policy_violations_total", "2")
        .containsEntry("kbs_policy_errors_total", "2")
        .containsEntry("kbs_policy_approvals_total", "0");
  }

  @Test
  void bodySizesFallIntoUpstreamsBuckets() throws Exception {
    guest.send("POST", "/kbs/v0/resource/a/b/c", new byte[600]);

    assertThat(samples())
        .containsEntry("kbs_http_request_size_bytes_bucket{le=\"32\"}", "0")
        .containsEntry("kbs_http_request_size_bytes_bucket{le=\"128\"}", "0")
        .containsEntry("kbs_http_request_size_bytes_bucket{le=\"512\"}", "0")
        .containsEntry("kbs_http_request_size_bytes_bucket{le=\"2048\"}", "1")
        .containsEntry("kbs_http_request_size_bytes_bucket{le=\"8192\"}", "1")
        .containsEntry("kbs_http_request_size_bytes_sum", "600")
        .containsEntry("kbs_http_response_size_bytes_bucket{le=\"32\"}", "1")
        .containsEntry("kbs_http_response_size_bytes_sum", "0");
    assertThat(samples().keySet())
        .contains("kbs_http_request_duration_seconds_bucket{le=\"0.0005\"}");
  }

  @Test
  void onlyGetIsTakenAndNothingOutsideTheApiIsCounted() throws Exception {
    HttpResponse<byte[]> post = guest.send("POST", "/metrics", new byte[0]);
    guest.get("/healthz");
    guest.get("/elsewhere");

    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("allow")).isEmpty();
    assertThat(samples()).containsEntry("kbs_http_requests_total", "0");
  }

  @Test
  void whatACallerNamesIsEscapedAndBounded() throws Exception {
    dev.cocolab.broker.metrics.KbsMetrics metrics =
        new dev.cocolab.broker.metrics.KbsMetrics(
            new dev.cocolab.broker.metrics.BuildInfo("1", "2", "3"));
    metrics.attestationRefused("a\"b\\c\nd");
    for (int i = 0; i < 1500; i++) {
      metrics.resourceRead("r" + i);
    }

    assertThat(metrics.exposition())
        .contains("kbs_attestation_failures_total{tee_type=\"a\\\"b\\\\c\\nd\"} 1\n")
        .contains("kbs_resource_reads_total{resource_path=\"(other)\"} 500\n");
  }
}
