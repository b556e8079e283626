package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.sample.SampleVerifier;
import dev.cocolab.protocol.Profile;
import dev.cocolab.protocol.RuntimeData;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The attestation service alone, over its REST interface. */
class RestfulAsTest {
  private static final String STRUCTURED = "{\"b\":1,\"a\":\"test\",\"c\":{\"d\":\"e\"}}";

  @TempDir Path root;
  private final Vertx vertx = Vertx.vertx();
  private final SettableClock clock = new SettableClock();
  private final AttestationJournal journal = new AttestationJournal(20);
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private RunningKbs running;
  private String url;

  @BeforeEach
  void start() throws Exception {
    Path config = root.resolve("as.json");
    Files.writeString(
        config,
        """
        {"attestation_token_broker": {"duration_min": 7, "issuer_name": "me"},
         "storage_backend": {"storage_type": "LocalFs",
           "backends": {"local_fs": {"dir_path": "/storage"}}},
         "rvps_config": {"type": "BuiltIn", "extractors": {"swid_extractor": {}}},
         "unknown": 1}
        """);
    running = launch("--socket", "127.0.0.1:0", "--config-file", "/as.json");
    InetSocketAddress address = running.listening().toCompletableFuture().get(10, TimeUnit.SECONDS);
    url = "http://127.0.0.1:" + address.getPort();
  }

  private RunningKbs launch(String... args) {
    Surroundings surroundings =
        new Surroundings(
            vertx,
            clock,
            new SecureRandom(),
            Map.of(Tee.SAMPLE, new SampleVerifier()),
            Optional.empty(),
            Profile.upstream(),
            journal);
    return new RestfulAsProgram(surroundings)
        .start(
            List.of(args),
            Map.of(),
            path -> root.resolve(path.substring(1)),
            InetAddress.getLoopbackAddress(),
            log::add);
  }

  @AfterEach
  void stop() {
    running.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String b64u(String text) {
    return b64u(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String b64u(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String evidence(byte[] reportData) {
    return b64u(
        "{\"svn\":\"1\",\"report_data\":\""
            + Base64.getEncoder().encodeToString(reportData)
            + "\"}");
  }

  private static String call(String evidence, String more, String policyIds) {
    return "{\"verification_requests\":[{\"tee\":\"sample\",\"evidence\":\""
        + evidence
        + "\""
        + more
        + "}],\"policy_ids\":["
        + policyIds
        + "]}";
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static byte[] digest(String json) {
    return RuntimeData.digest(json(json));
  }

  @Test
  @DisplayName("upstream: AS e2e (REST): evidence attests, token returned")
  void structuredRuntimeDataAreBoundAndShown() throws Exception {
    HttpResponse<String> answer =
        send(
            "POST",
            "/attestation",
            call(
                evidence(digest(STRUCTURED)),
                ",\"runtime_data\":{\"structured\":" + STRUCTURED + "}",
                ""));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode payload = Tokens.payload(answer.body());
    JsonNode cpu = payload.at("/submods/cpu0");
    assertThat(cpu.at("/ear.veraison.annotated-evidence/runtime_data_claims"))
        .isEqualTo(json(STRUCTURED));
    assertThat(cpu.path("ear.appraisal-policy-id").asString()).isEqualTo("default");
    assertThat(payload.path("iss").asString()).isEqualTo("me");
    assertThat(payload.path("exp").longValue() - payload.path("iat").longValue()).isEqualTo(420);
    String id = answer.headers().firstValue("x-cocolab-request-id").orElseThrow();
    assertThat(journal.appraisal(id).orElseThrow().tee()).isEqualTo("sample");
  }

  @ParameterizedTest
  @CsvSource({"sha256,SHA-256", "SHA384,SHA-384", "Sha512,SHA-512"})
  void theHashIsTheOneOfTheRequest(String name, String algorithm) throws Exception {
    byte[] digest =
        java.security.MessageDigest.getInstance(algorithm)
            .digest(dev.cocolab.protocol.CanonicalJson.bytes(json(STRUCTURED)));
    String more =
        ",\"runtime_data\":{\"structured\":"
            + STRUCTURED
            + "},\"runtime_data_hash_algorithm\":\""
            + name
            + "\"";

    assertThat(send("POST", "/attestation", call(evidence(digest), more, "")).statusCode())
        .isEqualTo(200);
  }

  @Test
  void rawRuntimeDataAreTheReportDataAndShowNothing() throws Exception {
    byte[] raw = "aaaaa".getBytes(StandardCharsets.UTF_8);
    String more = ",\"runtime_data\":{\"raw\":\"" + b64u(raw) + "\"}";

    HttpResponse<String> bound = send("POST", "/attestation", call(evidence(raw), more, ""));
    HttpResponse<String> other =
        send("POST", "/attestation", call(evidence(new byte[5]), more, ""));
    HttpResponse<String> unbound =
        send("POST", "/attestation", call(evidence(new byte[5]), "", ""));

    assertThat(bound.statusCode()).isEqualTo(200);
    JsonNode claims =
        Tokens.payload(bound.body()).at("/submods/cpu0/ear.veraison.annotated-evidence");
    assertThat(claims.path("runtime_data_claims").isNull()).isTrue();
    assertThat(claims.path("report_data").asString()).isEqualTo("YWFhYWE=");
    assertThat(other.statusCode()).isEqualTo(500);
    assertThat(other.body())
        .startsWith(
            "An internal error occured: \n0: attestation report evaluate\n1: Verifier evaluate"
                + " failed: ")
        .contains("REPORT_DATA is different from that in Sample Quote");
    assertThat(unbound.statusCode()).isEqualTo(200);
  }

  @Test
  void initDataAreADigestOrADocument() throws Exception {
    String digest = ",\"init_data\":{\"init_data_digest\":\"" + b64u(new byte[32]) + "\"}";
    String toml =
        ",\"init_data\":{\"init_data_toml\":"
            + "\"version='1'\\nalgorithm='sha256'\\n[data]\\nx='y'\\n\"}";

    JsonNode ofDigest =
        claims(send("POST", "/attestation", call(evidence(new byte[0]), digest, "")));
    JsonNode ofToml = claims(send("POST", "/attestation", call(evidence(new byte[0]), toml, "")));

    assertThat(ofDigest.path("init_data").asString())
        .isEqualTo(Base64.getEncoder().encodeToString(new byte[32]));
    assertThat(ofDigest.path("init_data_claims").isNull()).isTrue();
    assertThat(ofToml.path("init_data_claims")).isEqualTo(json("{\"x\":\"y\"}"));
  }

  private static JsonNode claims(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Tokens.payload(answer.body()).at("/submods/cpu0/ear.veraison.annotated-evidence");
  }

  @Test
  void severalRequestsGiveOnePartEach() throws Exception {
    String one = "{\"tee\":\"sample\",\"evidence\":\"" + evidence(new byte[0]) + "\"}";

    HttpResponse<String> answer =
        send(
            "POST",
            "/attestation",
            "{\"verification_requests\":[" + one + "," + one + "],\"policy_ids\":[]}");

    assertThat(Tokens.payload(answer.body()).path("submods").propertyNames())
        .containsExactly("cpu0", "cpu1");
  }

  @Test
  void aPolicyIsChosenByItsIdAndTheClass() throws Exception {
    String policy = "package policy\ntrust_claims := {\"hardware\": 2}\n";
    HttpResponse<String> set =
        send("POST", "/policy", "{\"policy_id\":\"mine_cpu\",\"policy\":\"" + b64u(policy) + "\"}");
    HttpResponse<String> mine =
        send("POST", "/attestation", call(evidence(new byte[0]), "", "\"mine\",\"other\""));
    HttpResponse<String> absent =
        send("POST", "/attestation", call(evidence(new byte[0]), "", "\"absent\""));

    assertThat(set.statusCode()).isEqualTo(200);
    assertThat(set.body()).isEmpty();
    JsonNode cpu = Tokens.payload(mine.body()).at("/submods/cpu0");
    assertThat(cpu.path("ear.appraisal-policy-id").asString()).isEqualTo("mine");
    assertThat(cpu.path("ear.status").asString()).isEqualTo("affirming");
    assertThat(String.join("\n", log)).contains("EAR token only accepts the first policy.");
    assertThat(absent.statusCode()).isEqualTo(500);
    assertThat(absent.body()).contains("1: Policy `absent_cpu.rego` not found");
    assertThat(send("GET", "/policy", "").body())
        .isEqualTo(
            "[{\"policy-id\":\"default_cpu\"},{\"policy-id\":\"default_gpu\"},"
                + "{\"policy-id\":\"default_ppcie\"},{\"policy-id\":\"default_switch\"},"
                + "{\"policy-id\":\"mine_cpu\"}]");
  }

  @Test
  void aPolicyThatDoesNotParseIsNotStored() throws Exception {
    HttpResponse<String> answer =
        send(
            "POST",
            "/policy",
            "{\"policy_id\":\"bad_cpu\",\"policy\":\"" + b64u("package policy\nx {") + "\"}");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body())
        .startsWith("An internal error occured: \n0: set policy\n1: Failed to load policy: ");
    assertThat(send("GET", "/policy", "").body()).doesNotContain("bad_cpu");
    assertThat(send("GET", "/policy/default_cpu", "").statusCode()).isEqualTo(404);
  }

  @Test
  void theKeySetVerifiesTheTokens() throws Exception {
    HttpResponse<String> set = send("GET", "/.well-known/jwks.json", "");
    HttpResponse<String> token = send("POST", "/attestation", call(evidence(new byte[0]), "", ""));

    assertThat(set.headers().firstValue("content-type")).contains("application/json");
    JsonNode keys = json(set.body()).path("keys");
    assertThat(keys).hasSize(1);
    assertThat(keys.get(0)).isEqualTo(Tokens.header(token.body()).path("jwk"));
    var jws = com.nimbusds.jose.JWSObject.parse(token.body());
    var key = com.nimbusds.jose.jwk.ECKey.parse(keys.get(0).toString());
    assertThat(jws.verify(new com.nimbusds.jose.crypto.ECDSAVerifier(key))).isTrue();
  }

  @Test
  void challengesAreEmptyForWhatIsKnown() throws Exception {
    HttpResponse<String> sample =
        send("POST", "/challenge", "{\"tee\":\"sample\",\"tee_params\":\"\"}");

    assertThat(sample.statusCode()).isEqualTo(200);
    assertThat(sample.body()).isEmpty();
    assertThat(send("POST", "/challenge", "{\"tee\":\"se\",\"tee_params\":\"\"}").body())
        .isEqualTo(
            "An internal error occured: \n0: generate challenge\n"
                + "1: feature `se-verifier` is not enabled for this broker");
    assertThat(send("POST", "/challenge", "{\"tee\":\"tpm\",\"tee_params\":\"\"}").body())
        .isEqualTo("An internal error occured: \n0: tee `tpm not supported`");
    assertThat(send("POST", "/challenge", "{\"tee\":\"sample\"}").body())
        .isEqualTo("An internal error occured: \n0: Failed to get inner tee_params");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{|400|Json deserialize error: ",
        "[]|400|Json deserialize error: invalid type: expected a JSON object",
        "{\"verification_requests\":[]}|400|Json deserialize error: missing field `policy_ids`",
        "{\"policy_ids\":[]}|400|Json deserialize error: missing field `verification_requests`",
        "{\"verification_requests\":[],\"policy_ids\":[1]}|400|Json deserialize error: invalid type"
            + " in `policy_ids`",
        "{\"verification_requests\":[{\"tee\":\"sample\"}],\"policy_ids\":[]}"
            + "|400|Json deserialize error: missing field `evidence`",
        "{\"verification_requests\":[{\"tee\":\"sample\",\"evidence\":\"e30\",\"runtime_data\":{}}],"
            + "\"policy_ids\":[]}|400|Json deserialize error: `runtime_data` needs either `raw` or",
        "{\"verification_requests\":[],\"policy_ids\":[]}|500|An internal error occured: %0:"
            + " attestation report evaluate%1: No verification requests provided.",
        "{\"verification_requests\":[{\"tee\":\"sample\",\"evidence\":\"=\"}],\"policy_ids\":[]}"
            + "|500|An internal error occured: %0: base64 decode evidence%1: ",
        "{\"verification_requests\":[{\"tee\":\"sample\",\"evidence\":\"ew\"}],\"policy_ids\":[]}"
            + "|500|An internal error occured: %0: failed to parse evidence as JSON%1: ",
        "{\"verification_requests\":[{\"tee\":\"nvidia\",\"evidence\":\"e30\"}],\"policy_ids\":[]}"
            + "|500|An internal error occured: %0: tee `nvidia not supported`",
        "{\"verification_requests\":[{\"tee\":\"tdx\",\"evidence\":\"e30\"}],\"policy_ids\":[]}"
            + "|500|An internal error occured: %0: attestation report evaluate%1: feature"
            + " `tdx-verifier` is not enabled",
        "{\"verification_requests\":[{\"tee\":\"sample\",\"evidence\":\"e30\","
            + "\"runtime_data\":{\"raw\":\"+\"}}],\"policy_ids\":[]}|500|An internal error occured:"
            + " %0: decode given Runtime Data%1: base64 decode raw runtime data%2: ",
        "{\"verification_requests\":[{\"tee\":\"sample\",\"evidence\":\"e30\","
            + "\"init_data\":{\"init_data_digest\":\"+\"}}],\"policy_ids\":[]}|500|An internal error"
            + " occured: %0: decode given Init Data%1: base64 decode raw init data%2: ",
        "{\"verification_requests\":[{\"tee\":\"sample\",\"evidence\":\"e30\","
            + "\"runtime_data_hash_algorithm\":\"md5\"}],\"policy_ids\":[]}|500|An internal error"
            + " occured: %0: parse runtime data HashAlgorithm failed%1: `md5` is none of"
      })
  void whatCannotBeReadIsRefusedWithTheReason(String body, int status, String text)
      throws Exception {
    HttpResponse<String> answer = send("POST", "/attestation", body);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).startsWith(text.replace('%', '\n'));
  }

  @Test
  void otherPathsAndMethodsAreNotThere() throws Exception {
    assertThat(send("GET", "/healthz", "").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/kbs/v0/auth", "").statusCode()).isEqualTo(404);
    HttpResponse<String> method = send("GET", "/attestation", "");
    assertThat(method.statusCode()).isEqualTo(405);
    assertThat(method.headers().firstValue("allow")).contains("POST");
    assertThat(method.headers().firstValue("x-cocolab-request-id")).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--config-file /as.json|2|required arguments were not provided: --socket",
        "--socket|2|a value is required for '--socket'",
        "--allowed_origin x|2|unexpected argument '--allowed_origin'",
        "--socket 127.0.0.1:0 -c /absent.json|1|configuration file \"/absent.json\" not found",
        "--socket 127.0.0.1:0 -k /key.pem|1|--https-prikey and --https-pubkey-cert need each other",
        "--socket nonsense|1|invalid socket address nonsense"
      })
  void wrongArgumentsEndTheProgram(String args, int code, String text) throws Exception {
    RunningKbs failed = launch(args.split(" "));

    assertThat(failed.exited().toCompletableFuture().get(10, TimeUnit.SECONDS)).isEqualTo(code);
    assertThat(String.join("\n", log)).contains(text);
  }
}
