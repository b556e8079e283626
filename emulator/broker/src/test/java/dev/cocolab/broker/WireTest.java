package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.protocol.Attestation;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WireTest {
  private static final String PREFIX =
      "{\"type\":\"https://github.com/confidential-containers/kbs/errors/";

  @TempDir Path root;
  private TestBroker broker;
  private TestGuest guest;

  @BeforeEach
  void start() throws Exception {
    broker = new TestBroker(root).start();
    guest = new TestGuest(broker.url());
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void challengeHasUpstreamsSizeHeadersAndCookie() throws Exception {
    HttpResponse<byte[]> answer = guest.auth();

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).hasSize(74);
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    assertThat(answer.headers().firstValue("set-cookie").orElseThrow())
        .matches("kbs-session-id=[0-9a-f]{32}; Expires=Wed, 25 Feb 2026 11:07:01 GMT");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{                                                        | deserialize Request",
        "{\"version\":\"0.4.0\",\"tee\":\"nope\",\"extra-params\":\"\"}  | deserialize Request",
        "{\"version\":\"0.4\",\"tee\":\"sample\",\"extra-params\":\"\"}  | failed to parse KBS version",
        "{\"version\":\"0.4.1\",\"tee\":\"sample\",\"extra-params\":\"\"}| KBS Client Protocol Version"
            + " Mismatch: expect =0.4.0 while the request is 0.4.1",
        "{\"version\":\"0.4.0-rc\",\"tee\":\"sample\",\"extra-params\":\"\"}| KBS Client Protocol"
            + " Version Mismatch: expect =0.4.0 while the request is 0.4.0-rc"
      })
  void authNamesTheOutermostCause(String body, String cause) throws Exception {
    HttpResponse<byte[]> answer = guest.send("POST", "/kbs/v0/auth", bytes(body));

    assertError(
        answer, 401, "AttestationError", "Attestation error: RCAR handshake Auth failed: " + cause);
    assertThat(answer.headers().firstValue("set-cookie")).isEmpty();
  }

  @Test
  void authAcceptsBuildMetadataAndOldTeeNames() throws Exception {
    String request = "{\"version\":\"0.4.0+x\",\"tee\":\"azsnpvtpm\",\"extra-params\":\"\"}";

    assertThat(guest.send("POST", "/kbs/v0/auth", bytes(request)).statusCode()).isEqualTo(200);
  }

  @Test
  void attestFailureHasTheFixedBody() throws Exception {
    HttpResponse<byte[]> answer = guest.send("POST", "/kbs/v0/attest", bytes("{}"));

    assertError(answer, 401, "AttestationError", "Attestation error: RCAR handshake Attest failed");
    assertThat(answer.body()).hasSize(140);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, auth, auth",
    "GET, attest, attest",
    "GET, attestation-policy, attestation-policy",
    "DELETE, resource-policy, resource-policy",
    "GET, nope/a/b/c, nope",
    "GET, '', ''"
  })
  void whatNoEndpointAnswersIsAnUnknownPlugin(String method, String path, String name)
      throws Exception {
    assertError(
        guest.send(method, "/kbs/v0/" + path, new byte[0]),
        404,
        "PluginNotFound",
        "Plugin " + name + " not found");
  }

  @Test
  void otherPathsAndMethodsAreTheFrameworks() throws Exception {
    assertEmpty(guest.get("/kbs/v0"), 404);
    assertEmpty(guest.get("/elsewhere"), 404);
    assertEmpty(guest.get("/healthz"), 200);
    HttpResponse<byte[]> patch = guest.send("PATCH", "/kbs/v0/auth", new byte[0]);
    assertEmpty(patch, 405);
    assertThat(patch.headers().firstValue("allow")).contains("GET, POST, PUT, DELETE");
  }

  @Test
  void bodiesBeyondTheBoundAre413() throws Exception {
    HttpResponse<byte[]> answer = guest.send("POST", "/kbs/v0/auth", new byte[2 * 1024 * 1024 + 1]);

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(text(answer)).isEqualTo("payload reached size limit");
    assertThat(answer.headers().firstValue("content-type")).contains("text/plain; charset=utf-8");
  }

  @ParameterizedTest
  @CsvSource({
    "POST, attestation-policy",
    "POST, resource-policy",
    "GET, resource-policy",
    "POST, reference-value",
    "GET, reference-value/a/b"
  })
  void administratorsAreDenied(String method, String path) throws Exception {
    String endpoint = path.replaceAll("/.*", "");

    assertError(
        guest.send(method, "/kbs/v0/" + path, bytes("{}")),
        401,
        "AdminAuthAccess",
        "admin access denied for endpoint "
            + endpoint
            + ": Admin access denied: Admin access denied as DenyAll authorization_mode is enabled");
  }

  @ParameterizedTest
  @CsvSource({"POST", "DELETE"})
  void administratorsOfResourcesAreDeniedUnderUpstreamsOtherVariant(String method)
      throws Exception {
    assertError(
        guest.send(method, "/kbs/v0/resource/a/b/c", bytes("x")),
        401,
        "AdminAuthInitialization",
        "failed to initialize [admin] configuration: Admin access denied: Admin access denied as"
            + " DenyAll authorization_mode is enabled");
    assertThat(broker.path(TestBroker.STORAGE + "/repository")).doesNotExist();
  }

  @Test
  void withoutATokenNobodyLearnsWhichResourcesExist() throws Exception {
    broker.resource("default/key/1", bytes("secret"));

    for (String path : new String[] {"default/key/1", "default/none/1", "x"}) {
      assertError(guest.resource(path), 401, "TokenNotFound", "Attestation Token not found");
    }
  }

  @Test
  void theBearerSchemeIsReadByTheLetter() throws Exception {
    guest.bearer = Optional.of("bearer abc.def.ghi");
    assertError(guest.resource("a/b/c"), 401, "TokenNotFound", "Attestation Token not found");
    guest.bearer = Optional.of("Bearer  abc.def.ghi");
    assertError(guest.resource("a/b/c"), 401, "TokenVerifierError", "Token Verifier error");
  }

  @Test
  void logHasTheLinesOfTheWorkshop() throws Exception {
    guest.handshake();
    guest.resource("default/p2-secret/secret?a=b");

    assertThat(broker.logText())
        .startsWith("[2026-02-25T11:02:01Z INFO kbs] Using config file " + TestBroker.CONFIG)
        .contains("[2026-02-25T11:02:01Z INFO kbs::api_server] Starting HTTP server at [0.0.0.0:0]")
        .contains("INFO actix_server::builder] starting 4 workers")
        .contains("INFO attestation_service] Sample Verifier/endorsement check passed.")
        .contains("\n[2026-02-25T11:02:01Z ERROR kbs::error] PolicyDeny\n")
        .containsPattern(
            "INFO actix_web::middleware::logger] 127.0.0.1 \"POST /kbs/v0/auth HTTP/1.1\" 200 74"
                + " \"-\" \"attestation-agent-kbs-client/0.1.0\" \\d+\\.\\d{6}\n")
        .containsPattern("\"POST /kbs/v0/attest HTTP/1.1\" 200 \\d{4} \"-\"")
        .contains("\"GET /kbs/v0/resource/default/p2-secret/secret?a=b HTTP/1.1\" 401 110 \"-\"");
  }

  @Test
  void callersCannotForgeLogLines() throws Exception {
    guest.get("/kbs/v0/no%0A%5B2026-02-25T11:02:01Z%20INFO%20kbs%5D%20forged");
    guest.auth();
    String devices = "{\"\\n[2026-02-25T11:02:01Z INFO kbs] forged\":{}}";
    guest.attest(new Attestation(Optional.empty(), guest.runtimeData(), guest.evidence(), devices));

    assertThat(broker.logText()).contains("forged");
    assertThat(broker.log)
        .noneMatch(line -> line.startsWith("[2026-02-25T11:02:01Z INFO kbs] forged"));
  }

  @Test
  void pathsArePercentDecoded() throws Exception {
    broker.resourcePolicy("package policy\nallow := true\n");
    broker.resource("default/key/1", bytes("secret"));
    guest.handshake();

    assertThat(guest.resource("default/k%65y/1").statusCode()).isEqualTo(200);
  }

  static void assertError(HttpResponse<byte[]> answer, int status, String variant, String detail) {
    assertThat(text(answer)).isEqualTo(PREFIX + variant + "\",\"detail\":\"" + detail + "\"}");
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).isEmpty();
  }

  private static void assertEmpty(HttpResponse<byte[]> answer, int status) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).isEmpty();
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
