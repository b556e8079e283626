package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.broker.policy.BuiltInPolicies;
import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.TeeClaims;
import dev.cocolab.evidence.sample.SampleEvidence;
import dev.cocolab.evidence.sample.SampleVerifier;
import dev.cocolab.protocol.Attestation;
import dev.cocolab.protocol.Challenge;
import dev.cocolab.protocol.Request;
import dev.cocolab.protocol.TokenAnswer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the workshop's users meet: an Azure SEV-SNP guest under the operator's policies. The claims
 * are given here, evidence is another module's: that initdata which are not in PCR 8 refuse the
 * attestation before any policy is shown by {@code AzSnpVtpmVectorsTest}, and on the wire for
 * verifiers in general by {@code HandshakeTest}.
 */
class GoldenScenarioTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<String> REGISTERS =
      List.of("pcr03", "pcr08", "pcr09", "pcr11", "pcr12");

  /** The operator's conditions, which differ from upstream's for Azure only; written anew. */
  private static final String OPERATOR =
      BuiltInPolicies.attestation()
          .get("default_cpu")
          .replaceAll(
              "(?s)# SEV-SNP on Azure.*?# TDX on Azure",
              """
              executables := 3 if {
                input["az-snp-vtpm"]
                input["az-snp-vtpm"].tpm.pcr03 in query_reference_value("snp_pcr03")
                input["az-snp-vtpm"].tpm.pcr08 in query_reference_value("snp_pcr08")
                input["az-snp-vtpm"].tpm.pcr09 in query_reference_value("snp_pcr09")
                input["az-snp-vtpm"].tpm.pcr11 in query_reference_value("snp_pcr11")
                input["az-snp-vtpm"].tpm.pcr12 in query_reference_value("snp_pcr12")
              }

              hardware := 2 if input["az-snp-vtpm"]

              configuration := 2 if input["az-snp-vtpm"]

              # TDX on Azure""");

  private static final String RESTRICTIVE =
      """
      package policy
      default allow := false
      outside(value) if value < 2
      outside(value) if value > 31
      bad if {
        some submod in input.submods
        some claim in ["executables", "configuration", "hardware"]
        outside(submod["ear.trustworthiness-vector"][claim])
      }
      allow if {
        count(input.submods) > 0
        not bad
      }
      """;

  @TempDir Path root;
  private TestBroker broker;
  private final ObjectNode tpm = JSON.objectNode();
  private final Map<String, JsonNode> registered = new HashMap<>();

  @BeforeEach
  void start() throws Exception {
    for (String register : REGISTERS) {
      tpm.put(register, "aa" + register);
      registered.put("snp_" + register, JSON.arrayNode().add("aa" + register));
    }
    broker = new TestBroker(root).attestationPolicy(OPERATOR).resourcePolicy(RESTRICTIVE);
    broker.verifiers = Map.of(Tee.AZ_SNP_VTPM, new Claims(), Tee.SAMPLE, new SampleVerifier());
    broker.resource("default/p1-secret/secret", new byte[] {1});
    broker.resource("default/p2-secret/secret", new byte[] {2});
    broker.resource("default/attestation-status/status", new byte[] {3});
    broker.start();
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  /** Takes any evidence for an Azure guest with the registers of this test. */
  private final class Claims implements EvidenceVerifier {
    @Override
    public Tee tee() {
      return Tee.AZ_SNP_VTPM;
    }

    @Override
    public List<TeeClaims> verify(JsonNode evidence, ExpectedBinding expected) {
      ObjectNode claims = JSON.objectNode();
      claims.put("measurement", "bWVhc3VyZQ==").set("tpm", tpm);
      claims.put("init_data", tpm.path("pcr08").asString()).put("report_data", "00");
      return List.of(new TeeClaims(Tee.AZ_SNP_VTPM, TeeClaims.CPU, claims));
    }
  }

  private TestGuest guest() throws Exception {
    TestGuest guest = new TestGuest(broker.url());
    var answer = guest.send("POST", "/kbs/v0/auth", Request.of("az-snp-vtpm").toJson());
    guest.nonce = Challenge.parse(answer.body()).nonce();
    guest.cookie = answer.headers().firstValue("set-cookie").map(value -> value.substring(15, 47));
    return guest;
  }

  private HttpResponse<byte[]> attest(TestGuest guest) throws Exception {
    return guest.attest(Attestation.of(guest.runtimeData(), JSON.objectNode()));
  }

  /** Configuration, executables, hardware, status; all other claims must be 0. */
  private static String verdict(HttpResponse<byte[]> attested) {
    JsonNode cpu = Tokens.payload(TokenAnswer.parse(attested.body()).token()).at("/submods/cpu0");
    Map<String, Integer> vector = new LinkedHashMap<>();
    cpu.path("ear.trustworthiness-vector")
        .properties()
        .forEach(e -> vector.put(e.getKey(), e.getValue().intValue()));
    String out =
        vector.remove("configuration")
            + " "
            + vector.remove("executables")
            + " "
            + vector.remove("hardware")
            + " "
            + cpu.path("ear.status").asString();
    assertThat(vector).hasSize(5).allSatisfy((name, value) -> assertThat(value).isZero());
    return out;
  }

  private static String outcome(HttpResponse<byte[]> answer) {
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    return answer.statusCode()
        + (answer.statusCode() == 200 ? "" : " " + text.replaceAll(".*/errors/(\\w+)\".*", "$1"));
  }

  @Test
  @DisplayName("1: all five registers listed: affirming, released")
  void allListed() throws Exception {
    broker.referenceValues(registered);
    TestGuest guest = guest();

    assertThat(verdict(attest(guest))).isEqualTo("2 3 2 affirming");
    assertThat(outcome(guest.resource("default/p1-secret/secret"))).isEqualTo("200");
  }

  @Test
  @DisplayName("2: register 8 not listed: attestation succeeds, warning, denied")
  void newInitdata() throws Exception {
    registered.remove("snp_pcr08");
    broker.referenceValues(registered);
    TestGuest guest = guest();

    assertThat(verdict(attest(guest))).isEqualTo("2 33 2 warning");
    assertThat(outcome(guest.resource("default/p1-secret/secret"))).isEqualTo("401 PolicyDeny");
  }

  @Test
  @DisplayName("3: no reference values: as 2")
  void noReferenceValues() throws Exception {
    broker.file(TestBroker.STORAGE + "/local_json/reference_value", "{\n}\n");
    TestGuest guest = guest();

    assertThat(verdict(attest(guest))).isEqualTo("2 33 2 warning");
    assertThat(outcome(guest.resource("default/p1-secret/secret"))).isEqualTo("401 PolicyDeny");
  }

  @Test
  @DisplayName("4: array of release 1.1, or values that are no strings: attestation fails")
  void unreadableReferenceValues() throws Exception {
    for (String file : new String[] {"[]", "{\"snp_pcr03\": 1}"}) {
      broker.file(TestBroker.STORAGE + "/local_json/reference_value", file);
      TestGuest guest = guest();

      assertThat(outcome(attest(guest))).isEqualTo("401 AttestationError");
      assertThat(outcome(guest.resource("default/p1-secret/secret")))
          .isEqualTo("401 TokenNotFound");
    }
  }

  @Test
  @DisplayName("6: upstream's policy with the operator's values: contraindicated")
  void upstreamsPolicy() throws Exception {
    broker.referenceValues(registered);
    broker.attestationPolicy(BuiltInPolicies.attestation().get("default_cpu"));

    assertThat(verdict(attest(guest()))).isEqualTo("36 33 97 contraindicated");
  }

  @Test
  @DisplayName("7: sample attester under permissive policies: contraindicated, released")
  void samplePermissive() throws Exception {
    broker.resourcePolicy("package policy\nallow if data.plugin == \"resource\"\n");
    TestGuest guest = new TestGuest(broker.url());
    guest.auth();

    // Debug is off in sample evidence, which is all that these policies can vouch for.
    assertThat(verdict(guest.attest())).isEqualTo("2 33 97 contraindicated");
    assertThat(outcome(guest.resource("default/p1-secret/secret"))).isEqualTo("200");
  }

  @Test
  @DisplayName("8: sample attester under the built-in resource policy: denied")
  void sampleBuiltIn() throws Exception {
    broker.resourcePolicy(BuiltInPolicies.resource());
    TestGuest guest = new TestGuest(broker.url());
    guest.handshake();

    assertThat(outcome(guest.resource("default/p1-secret/secret"))).isEqualTo("401 PolicyDeny");
  }

  @Test
  @DisplayName("9: reference values that expired yesterday still match")
  void expired() throws Exception {
    broker.referenceValues(registered);
    broker.clock.advance(Duration.ofDays(100 * 366L));

    assertThat(verdict(attest(guest()))).isEqualTo("2 3 2 affirming");
  }

  @Test
  @DisplayName("10: one pod's secrets are not another's")
  void workshopPolicy() throws Exception {
    broker.referenceValues(registered);
    broker.resourcePolicy(
        RESTRICTIVE.substring(0, RESTRICTIVE.indexOf("allow if"))
            + """
            path := data["resource-path"]
            cpu := input.submods.cpu0
            init_data := cpu["ear.veraison.annotated-evidence"].init_data
            allow if {
              path[1] == "p1-secret"
              cpu["ear.status"] == "affirming"
              init_data == "aapcr08"
            }
            allow if {
              path[1] == "p2-secret"
              cpu["ear.status"] == "affirming"
              init_data == "bbpcr08"
            }
            allow if {
              not path[1] in {"p1-secret", "p2-secret",}
              not bad
              cpu["ear.status"] == "affirming"
            }
            """);
    TestGuest guest = guest();
    attest(guest);

    assertThat(outcome(guest.resource("default/p1-secret/secret"))).isEqualTo("200");
    assertThat(outcome(guest.resource("default/p2-secret/secret"))).isEqualTo("401 PolicyDeny");
    assertThat(outcome(guest.resource("default/attestation-status/status"))).isEqualTo("200");
  }

  @Test
  @DisplayName("11: a token of more than five minutes and sixty seconds is refused")
  void oldToken() throws Exception {
    broker.referenceValues(registered);
    TestGuest guest = guest();
    String token = TokenAnswer.parse(attest(guest).body()).token();
    TestGuest later = new TestGuest(broker.url());
    later.bearer = Optional.of("Bearer " + token);

    broker.clock.advance(Duration.ofMinutes(6));
    assertThat(outcome(later.resource("default/p1-secret/secret"))).isEqualTo("200");
    broker.clock.advance(Duration.ofSeconds(1));
    assertThat(outcome(later.resource("default/p1-secret/secret")))
        .isEqualTo("401 TokenVerifierError");
  }

  @Test
  @DisplayName("12: evidence of a graphics processor is appraised by its own policy")
  void device() throws Exception {
    broker.close();
    try (TestBroker other = new TestBroker(root)) {
      other.verifiers = Map.of(Tee.SAMPLE, new SampleVerifier(), Tee.NVIDIA, new Gpu());
      other.start();
      TestGuest guest = new TestGuest(other.url());
      guest.auth();
      String devices = "{\"nvidia\":{}}";
      Attestation message =
          new Attestation(
              Optional.empty(),
              guest.runtimeData(),
              SampleEvidence.of(guest.runtimeData().reportData(devices)).toJson(),
              devices);

      JsonNode submods =
          Tokens.payload(TokenAnswer.parse(guest.attest(message).body()).token()).path("submods");

      assertThat(submods.propertyNames()).containsExactly("cpu0", "gpu0");
      assertThat(submods.at("/gpu0/ear.trustworthiness-vector/configuration").intValue())
          .isEqualTo(3);
      assertThat(
              Files.exists(
                  other.path(TestBroker.STORAGE + "/attestation_service_policy/default_gpu.rego")))
          .isTrue();
    }
  }

  /** A processor whose versions nobody has listed. */
  private static final class Gpu implements EvidenceVerifier {
    @Override
    public Tee tee() {
      return Tee.NVIDIA;
    }

    @Override
    public List<TeeClaims> verify(JsonNode evidence, ExpectedBinding expected) {
      ObjectNode claims = JSON.objectNode().put("secboot", true).put("dbgstat", "disabled");
      return List.of(new TeeClaims(Tee.NVIDIA, "gpu", claims));
    }
  }
}
