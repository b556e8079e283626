package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.sample.SampleDeviceVerifier;
import dev.cocolab.evidence.sample.SampleEvidence;
import dev.cocolab.evidence.sample.SampleVerifier;
import dev.cocolab.protocol.Attestation;
import dev.cocolab.protocol.Attestation.InitDataText;
import dev.cocolab.protocol.TokenAnswer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Upstream's tests of the attestation service, from end to end: resources under attestation
 * policies, with a device, and with initdata. Policies have the same logic and are written anew.
 *
 * <p>Not here: the verifiers' own cases (az-snp, az-tdx, tdx, snp, tpm, sgx), which are those of
 * the module {@code evidence}; SWID and CoRIM samples, in {@code rvps.RvpsMessageTest}; storage, in
 * {@code storage.StorageTest}; trust in JWKs, in {@code token.TokenVerifierTest}; the policy
 * engine, in {@code policy.UpstreamPolicyTest}; runtime data, in {@code
 * appraisal.UpstreamRuntimeDataTest}; administrators' tokens, in the tests of the administrative
 * interface. Upstream sends reference values to its RVPS over gRPC; here they come by the
 * administrative interface, which ends in the same place.
 */
class UpstreamAttestationTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String OPEN =
      TestBroker.PERMISSIVE
          .replace("\"DenyAll\"", "\"InsecureAllowAll\"")
          .replace("storage_type = \"LocalJson\"", "storage_type = \"Memory\"");
  private static final String SECRET = "shhhhhhh";
  private static final String NOT_CONTRAINDICATED =
      """
      package policy
      default allow := false
      bad if {
        some submod in input.submods
        submod["ear.status"] == "contraindicated"
      }
      allow if not bad
      """;

  @TempDir Path root;
  private TestBroker broker;
  private TestGuest guest;

  @BeforeEach
  void start() throws Exception {
    broker = new TestBroker(root).config(OPEN);
    broker.verifiers =
        Map.of(Tee.SAMPLE, new SampleVerifier(), Tee.SAMPLE_DEVICE, new SampleDeviceVerifier());
    broker.start();
    guest = new TestGuest(broker.url());
    post("resource/default/test/secret", SECRET);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private void post(String path, String body) throws Exception {
    HttpResponse<byte[]> answer =
        guest.send("POST", "/kbs/v0/" + path, body.getBytes(StandardCharsets.UTF_8));
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
  }

  private static String b64u(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private void resourcePolicy(String rego) throws Exception {
    post("resource-policy", "{\"policy\":\"" + b64u(rego) + "\"}");
  }

  private void attestationPolicy(String id, String rules) throws Exception {
    String rego =
        """
        package policy
        import rego.v1
        default hardware := 97
        trust_claims := {"executables": 33, "hardware": hardware, "configuration": 36}
        """
            + rules;
    post(
        "attestation-policy",
        "{\"type\":\"rego\",\"policy_id\":\"" + id + "\",\"policy\":\"" + b64u(rego) + "\"}");
  }

  private void referenceValues(String json) throws Exception {
    String payload = Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    post("reference-value", "{\"type\":\"sample\",\"payload\":\"" + payload + "\"}");
  }

  private String token(boolean device) throws Exception {
    guest.auth();
    String additional = "";
    if (device) {
      Map<String, JsonNode> devices = new LinkedHashMap<>();
      devices.put(
          "sampledevice",
          new SampleEvidence(
                  "2", Base64.getEncoder().encodeToString(guest.runtimeData().deviceReportData()))
              .toJson());
      additional = JSON.objectNode().setAll(devices).toString();
    }
    Attestation message =
        new Attestation(
            guest.initData,
            guest.runtimeData(),
            SampleEvidence.of(guest.runtimeData().reportData(additional)).toJson(),
            additional);
    return TokenAnswer.parse(guest.attest(message).body()).token();
  }

  private void assertReleased() throws Exception {
    HttpResponse<byte[]> answer = guest.resource("default/test/secret");
    assertThat(answer.statusCode()).as(broker.logText()).isEqualTo(200);
    assertThat(new String(guest.open(answer), StandardCharsets.UTF_8)).isEqualTo(SECRET);
  }

  private void assertDenied() throws Exception {
    HttpResponse<byte[]> answer = guest.resource("default/test/secret");
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("/PolicyDeny\"");
  }

  @Test
  @DisplayName("upstream: get_resource basic_ear_allow_all")
  void allowAll() throws Exception {
    resourcePolicy("package policy\nallow = true\n");
    attestationPolicy("default_cpu", "");
    token(false);
    assertReleased();
  }

  @Test
  @DisplayName("upstream: get_resource basic_ear_deny_all")
  void denyAll() throws Exception {
    resourcePolicy("package policy\nallow = false\n");
    token(false);
    assertDenied();
  }

  @Test
  @DisplayName("upstream: get_resource policy_contraindicated")
  void contraindicated() throws Exception {
    resourcePolicy(NOT_CONTRAINDICATED);
    attestationPolicy(
        "default_cpu", "hardware := 2 if input.sample.svn in query_reference_value(\"svn\")\n");
    token(false);
    assertDenied();
  }

  @Test
  @DisplayName("upstream: get_resource policy_not_contraindicated")
  void notContraindicated() throws Exception {
    givenGoodCpu();
    JsonNode cpu = Tokens.payload(token(false)).at("/submods/cpu0");
    assertThat(cpu.path("ear.status").asString()).isEqualTo("warning");
    assertReleased();
  }

  private void givenGoodCpu() throws Exception {
    resourcePolicy(NOT_CONTRAINDICATED);
    referenceValues(
        "{\"svn\":[\"1\"],\"launch_digest\":[\"abcde\"],\"major_version\":1,"
            + "\"minimum_minor_version\":1}");
    attestationPolicy(
        "default_cpu", "hardware := 2 if input.sample.svn in query_reference_value(\"svn\")\n");
  }

  @Test
  @DisplayName("upstream: get_resource device_contraindicated")
  void deviceContraindicated() throws Exception {
    givenGoodCpu();
    attestationPolicy(
        "default_gpu", "hardware := 2 if input.sample.svn in query_reference_value(\"svn\")\n");
    JsonNode submods = Tokens.payload(token(true)).path("submods");
    assertThat(submods.propertyNames()).containsExactly("cpu0", "gpu0");
    assertThat(submods.at("/gpu0/ear.status").asString()).isEqualTo("contraindicated");
    assertDenied();
  }

  @Test
  @DisplayName("upstream: get_resource device_not_contraindicated")
  void deviceNotContraindicated() throws Exception {
    givenGoodCpu();
    referenceValues("{\"device_svn\":[\"2\"]}");
    attestationPolicy(
        "default_gpu",
        "hardware := 2 if input.sampledevice.svn in query_reference_value(\"device_svn\")\n");
    JsonNode submods = Tokens.payload(token(true)).path("submods");
    assertThat(submods.at("/gpu0/ear.status").asString()).isEqualTo("warning");
    assertThat(
            submods
                .at("/cpu0/ear.veraison.annotated-evidence/runtime_data_claims")
                .has("additional-evidence"))
        .isTrue();
    assertThat(
            submods.at("/gpu0/ear.veraison.annotated-evidence/runtime_data_claims").propertyNames())
        .containsExactlyInAnyOrder("nonce", "tee-pubkey");
    assertReleased();
  }

  @Test
  void aDeviceThatIsBoundToAnotherKeyRefusesTheWholeAttestation() throws Exception {
    guest.auth();
    String additional = "{\"sampledevice\":" + SampleEvidence.of(new byte[48]).toJson() + "}";
    HttpResponse<byte[]> answer =
        guest.attest(
            new Attestation(
                Optional.empty(),
                guest.runtimeData(),
                SampleEvidence.of(guest.runtimeData().reportData(additional)).toJson(),
                additional));

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(broker.journal.appraisals().get(0).refusal().orElseThrow().reason())
        .isEqualTo("SAMPLE_REPORT_DATA");
  }

  private static final String INIT_DATA =
      """
      version = "0.1.0"
      algorithm = "sha256"
      [data]
      "cdh.toml" = '''
      [image]
      extra_root_certificates = ["cert"]
      '''
      "policy.rego" = '''
      package agent_policy
      policy_data := {"containers": [
        {"OCI": {"Annotations": {}, "Process": {"User": {"UID": 65535}}}},
        {"OCI": {"Annotations": {"io.kubernetes.cri.image-name": "bitnami/nginx:latest"},
          "Process": {"Args": ["/opt/bitnami/scripts/nginx/entrypoint.sh"], "User": {"UID": 1001}}}}
      ]}
      '''
      """;

  private void withInitData() {
    guest.initData = Optional.of(new InitDataText("toml", INIT_DATA));
  }

  private void allowIf(String condition) throws Exception {
    resourcePolicy(
        """
        package policy
        default allow := false
        evidence := input.submods.cpu0["ear.veraison.annotated-evidence"]
        allow if {
          %s
        }
        """
            .formatted(condition));
  }

  @Test
  @DisplayName("upstream: get_resource_with_init_data_hash")
  void initDataHash() throws Exception {
    withInitData();
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(INIT_DATA.getBytes(StandardCharsets.UTF_8));
    allowIf("evidence.init_data == \"" + Base64.getEncoder().encodeToString(digest) + "\"");
    token(false);
    assertReleased();
  }

  @Test
  @DisplayName("upstream: get_resource_with_init_data_config")
  void initDataConfig() throws Exception {
    withInitData();
    allowIf("evidence.init_data_claims[\"cdh.toml\"].image.extra_root_certificates[0] == \"cert\"");
    token(false);
    assertReleased();
  }

  @Test
  @DisplayName("upstream: get_resource_with_policy_init_data")
  void initDataPolicy() throws Exception {
    withInitData();
    allowIf(
        "evidence.init_data_claims.agent_policy_claims.containers[1].OCI.Process.Args[0] =="
            + " \"/opt/bitnami/scripts/nginx/entrypoint.sh\"");
    token(false);
    assertReleased();
  }

  @Test
  @DisplayName("upstream: check_validated_identifiers")
  void identifiers() throws Exception {
    withInitData();

    JsonNode identifiers =
        Tokens.payload(token(false)).at("/submods/cpu0/ear.trustee.identifiers/validated");

    assertThat(identifiers)
        .isEqualTo(
            JsonMapper.shared()
                .readTree(
                    "{\"container_images\":[\"bitnami/nginx:latest\"],"
                        + "\"container_uids\":[65535,1001]}"));
  }
}
