package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.protocol.Attestation.InitDataText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** Attestation policies, reference values and initdata, seen through the token. */
class AppraisalTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Map<String, JsonNode> GOOD =
      Map.of(
          "launch_digest", JSON.arrayNode().add("abcde"),
          "svn", JSON.arrayNode().add("1"),
          "major_version", JSON.numberNode(1),
          "minimum_minor_version", JSON.numberNode(1));

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

  private JsonNode payload() throws Exception {
    return Tokens.payload(guest.handshake());
  }

  private JsonNode cpu() throws Exception {
    return payload().path("submods").path("cpu0");
  }

  private static JsonNode json(String text) {
    return JsonMapper.builder().build().readTree(text);
  }

  @Test
  void theTokenHasUpstreamsMembersInUpstreamsOrder() throws Exception {
    broker.referenceValues(GOOD);
    String token = guest.handshake();
    JsonNode payload = Tokens.payload(token);
    JsonNode cpu = payload.path("submods").path("cpu0");

    assertThat(Tokens.header(token).propertyNames()).containsExactly("typ", "alg", "jwk");
    assertThat(payload.propertyNames())
        .containsExactly("eat_profile", "iat", "ear.verifier-id", "submods", "exp");
    assertThat(payload.path("exp").longValue() - payload.path("iat").longValue()).isEqualTo(300);
    assertThat(cpu.propertyNames())
        .containsExactly(
            "ear.status",
            "ear.trustworthiness-vector",
            "ear.appraisal-policy-id",
            "ear.veraison.annotated-evidence",
            "ear.trustee.identifiers");
    assertThat(cpu.path("ear.status").asString()).isEqualTo("affirming");
    assertThat(cpu.path("ear.trustworthiness-vector"))
        .isEqualTo(
            json(
                "{\"instance-identity\":0,\"configuration\":2,\"executables\":3,\"file-system\":0,"
                    + "\"hardware\":2,\"runtime-opaque\":0,\"storage-opaque\":0,\"sourced-data\":0}"));
    assertThat(cpu.path("ear.appraisal-policy-id").asString()).isEqualTo("default");
    assertThat(cpu.path("ear.trustee.identifiers")).isEqualTo(json("{\"validated\":{}}"));
    assertThat(cpu.path("ear.veraison.annotated-evidence").path("runtime_data_claims"))
        .isEqualTo(guest.runtimeData().claims(""));
  }

  @Test
  void withoutReferenceValuesTheAppraisalIsContraindicated() throws Exception {
    JsonNode cpu = cpu();

    assertThat(cpu.path("ear.status").asString()).isEqualTo("contraindicated");
    assertThat(cpu.path("ear.trustworthiness-vector").path("hardware").intValue()).isEqualTo(97);
    assertThat(cpu.path("ear.trustworthiness-vector").path("configuration").intValue())
        .isEqualTo(2);
  }

  @Test
  void expiredReferenceValuesStillCount() throws Exception {
    String stored = "{\"name\":\"svn\",\"expiration\":\"2020-01-01T00:00:00Z\",\"value\":[\"1\"]}";
    broker.file(
        TestBroker.STORAGE + "/local_json/reference_value",
        "{\"svn\":\""
            + Base64.getEncoder().encodeToString(stored.getBytes(StandardCharsets.UTF_8))
            + "\"}");
    broker.attestationPolicy(
        """
        package policy
        trust_claims := {"hardware": h}
        h := 2 if { input.sample.svn in query_reference_value("svn") } else := 97
        """);

    assertThat(cpu().path("ear.status").asString()).isEqualTo("affirming");
  }

  @Test
  void theOlderFileOfReferenceValuesIsReadWhereTheNewerIsAbsent() throws Exception {
    broker.file(
        TestBroker.STORAGE + "/local_json/reference-values.json",
        "[{\"name\":\"launch_digest\",\"expiration\":\"2099-12-31T00:00:00Z\",\"value\":[\"abcde\"]}]");

    assertThat(cpu().path("ear.trustworthiness-vector").path("executables").intValue())
        .isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]                 | not a JSON object",
        "{\"svn\":[\"1\"]}  | the value of `svn` is not a string",
        "{\"svn\":\"?\"}    | failed to base64 decode the content inside json",
        "{\"svn\":\"YWJj\"} | reference value `svn`",
        "{\"svn\"           | failed to deserialize the file"
      })
  void referenceValuesThatCannotBeReadRefuseTheAttestation(String file, String why)
      throws Exception {
    broker.file(TestBroker.STORAGE + "/local_json/reference_value", file);
    broker.attestationPolicy(
        "package policy\ntrust_claims := {\"hardware\": 2} if { query_reference_value(\"svn\") }\n");
    guest.auth();

    assertThat(guest.attest().statusCode()).isEqualTo(401);
    assertThat(broker.logText()).contains("Get Reference Value from RVPS failed").contains(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "trust_claims := 1                                            | Trust claims is not an object",
        "trust_claims := {\"hardware\": input.none}                   | Trust claims is not an object",
        "trust_claims := {\"hardware\": true}                         | Trust claim value not number",
        "trust_claims := {\"hardware\": \"2\"}                        | Trust claim value not number",
        "trust_claims := {\"hardwear\": 2}                            | `hardwear` is not a claim",
        "trust_claims := {}                                           | At least one policy claim must",
        "trust_claims := {\"hardware\": nope(1)}                      | could not find function nope",
        "trust_claims := {\"hardware\": query_reference_value(1)}     | must be a string",
        "trust_claims := {\"hardware\": 2 }; extensions := 1          | expected a sequence",
        "trust_claims := {\"hardware\": 2 }; extensions := [{\"name\": \"a\", \"key\": 1}] | needs",
        "trust_claims := {\"hardware\": 2                             | Failed to load policy"
      })
  void policiesThatGiveNoAppraisalRefuseTheAttestation(String rules, String why) throws Exception {
    broker.attestationPolicy("package policy\n" + rules.replace("; ", "\n") + "\n");
    guest.auth();

    assertThat(guest.attest().statusCode()).isEqualTo(401);
    assertThat(broker.logText()).contains(why);
    assertThat(broker.journal.appraisals().get(0).refusal()).isPresent();
  }

  @Test
  void aPolicyWithoutTrustClaimsGivesZeros() throws Exception {
    broker.attestationPolicy("package policy\nx := 1\n");

    JsonNode cpu = cpu();

    assertThat(cpu.path("ear.status").asString()).isEqualTo("none");
    assertThat(cpu.path("ear.trustworthiness-vector").size()).isEqualTo(8);
    assertThat(broker.logText()).contains("No trust claims found by enforcing policy default_cpu");
  }

  @Test
  void extensionsStandBesideTheOtherMembersAndNullIsLeftOut() throws Exception {
    broker.attestationPolicy(
        "package policy\ntrust_claims := {\"hardware\": 2}\nextensions := ["
            + "{\"name\": \"a\", \"key\": 1, \"value\": {\"b\": [1]}},"
            + "{\"name\": \"c\", \"key\": 2, \"value\": null}]\n");

    JsonNode cpu = cpu();

    assertThat(cpu.path("a")).isEqualTo(json("{\"b\":[1]}"));
    assertThat(cpu.has("c")).isFalse();
  }

  @Test
  void initdataBecomeClaims() throws Exception {
    String document =
        """
        algorithm = "sha256"
        version = "0.1.0"
        [data]
        "aa.toml" = '''
        [token_configs.kbs]
        url = "https://kbs"
        '''
        "cdh.toml" = "not = = toml"
        "policy.rego" = '''
        package agent_policy
        policy_data := {"containers": [{"OCI": {"Annotations":
          {"io.kubernetes.cri.image-name": "a/b:1"}, "Process": {"User": {"UID": 1001}}}}]}
        '''
        """;
    guest.initData = Optional.of(new InitDataText("toml", document));

    JsonNode cpu = cpu();

    JsonNode claims = cpu.path("ear.veraison.annotated-evidence").path("init_data_claims");
    assertThat(claims.path("aa.toml").path("token_configs").path("kbs").path("url").asString())
        .isEqualTo("https://kbs");
    assertThat(claims.path("cdh.toml").asString()).isEqualTo("not = = toml");
    assertThat(claims.has("policy.rego")).isFalse();
    assertThat(claims.path("agent_policy_claims").path("containers")).hasSize(1);
    assertThat(cpu.path("ear.trustee.identifiers"))
        .isEqualTo(
            json("{\"validated\":{\"container_images\":[\"a/b:1\"],\"container_uids\":[1001]}}"));
  }

  @Test
  void policyDataThatAreNotStrictJsonStayText() throws Exception {
    String document =
        """
        algorithm = "sha256"
        version = "7"
        [data]
        "policy.rego" = '''policy_data := {"a": [1,]}'''
        """;
    guest.initData = Optional.of(new InitDataText("toml", document));

    JsonNode claims = cpu().path("ear.veraison.annotated-evidence").path("init_data_claims");

    assertThat(claims.path("policy.rego").asString()).isEqualTo("policy_data := {\"a\": [1,]}");
    assertThat(claims.has("agent_policy_claims")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "json | {}                       | Unsupported initdata format: json",
        "toml | algorithm = \"sha256\"   | missing field `version`",
        "toml | x                        | parse TOML structured data"
      })
  void initdataThatAreNoneRefuseTheAttestation(String format, String body, String why)
      throws Exception {
    guest.auth();
    guest.initData = Optional.of(new InitDataText(format, body));

    assertThat(guest.attest().statusCode()).isEqualTo(401);
    assertThat(broker.logText()).contains(why);
    assertThat(broker.journal.appraisals().get(0).refusal().orElseThrow().kind())
        .isEqualTo("INIT_DATA");
  }
}
