package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.TeeClaims;
import dev.cocolab.evidence.sample.SampleEvidence;
import dev.cocolab.protocol.Attestation;
import dev.cocolab.protocol.Challenge;
import dev.cocolab.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Explanations of the workshop's denials, with claims as an Azure SEV-SNP guest has them. */
class ExplainTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<String> REGISTERS =
      List.of("pcr03", "pcr08", "pcr09", "pcr11", "pcr12");

  /** The operator's conditions for Azure, written anew. */
  private static final String OPERATOR =
      """
      package policy

      import rego.v1

      default executables := 33

      default hardware := 97

      default configuration := 36

      trust_claims := {
        "executables": executables,
        "hardware": hardware,
        "configuration": configuration,
      }

      executables := 3 if {
        input.sample
        input.sample.launch_digest in query_reference_value("launch_digest")
      }

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
      """;

  /** The restrictive resource policy, written anew. */
  private static final String RESTRICTIVE =
      """
      package policy

      import rego.v1

      default allow := false

      allow if {
        count(input.submods) > 0
        not any_bad
      }

      any_bad if {
        some submod in input.submods
        some claim in ["executables", "configuration", "hardware"]
        value := submod["ear.trustworthiness-vector"][claim]
        outside(value)
      }

      outside(value) if value < 2

      outside(value) if value > 31
      """;

  @TempDir Path root;
  private TestBroker broker;
  private final ObjectNode tpm = JSON.objectNode();
  private final Map<String, JsonNode> registered = new HashMap<>();

  @BeforeEach
  void start() throws Exception {
    for (String register : REGISTERS) {
      tpm.put(register, "aa" + register);
      registered.put("snp_" + register, JSON.arrayNode().add("00").add("aa" + register));
    }
    broker = new TestBroker(root);
    broker.verifiers = Map.of(Tee.AZ_SNP_VTPM, new ClaimsOnly());
    broker.attestationPolicy(OPERATOR).resourcePolicy(RESTRICTIVE);
    broker.resource("default/key/1", "secret".getBytes(StandardCharsets.UTF_8));
    broker.start();
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  /** Takes any evidence for an Azure guest with the registers of this test. */
  private final class ClaimsOnly implements EvidenceVerifier {
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

  private Access access() throws Exception {
    broker.referenceValues(registered);
    TestGuest guest = new TestGuest(broker.url());
    var answer = guest.send("POST", "/kbs/v0/auth", Request.of("az-snp-vtpm").toJson());
    guest.nonce = Challenge.parse(answer.body()).nonce();
    guest.cookie = answer.headers().firstValue("set-cookie").map(value -> value.substring(15, 47));
    guest.attest(Attestation.of(guest.runtimeData(), JSON.objectNode()));
    guest.resource("default/key/1");
    return broker.journal.accesses().get(0);
  }

  @Test
  void whenAllRegistersAreListedTheResourceIsHandedOut() throws Exception {
    Access access = access();

    assertThat(access.granted()).isTrue();
    assertThat(Explain.explain(access).decision()).isEqualTo("granted");
    assertThat(Explain.explain(access.appraisal().orElseThrow()))
        .isEqualTo(
            new Explanation(
                "affirming", "The evidence is genuine and its appraisal is affirming.", List.of()));
  }

  @Test
  void anUnknownInitdataIsNamedWithRegisterValuesRuleAndRemedy() throws Exception {
    tpm.put("pcr08", "bb");

    Access access = access();
    Explanation explanation = Explain.explain(access);
    Finding first = explanation.findings().get(0);

    assertThat(access.outcome()).isEqualTo("PolicyDeny");
    assertThat(explanation.decision()).isEqualTo("denied");
    assertThat(first.claim()).isEqualTo("tpm.pcr08");
    assertThat(first.found()).isEqualTo("bb");
    assertThat(first.expected()).containsExactly("00", "aapcr08");
    assertThat(first.referenceValue()).contains("snp_pcr08");
    assertThat(first.policy()).isEqualTo("default_cpu.rego");
    assertThat(OPERATOR.lines().toList().get(first.line() - 1)).contains("snp_pcr08");
    assertThat(first.rule()).isEqualTo("executables");
    assertThat(first.remedy()).contains("initdata", "snp_pcr08", "restart Trustee");
    assertThat(Explain.explain(access.appraisal().orElseThrow()).findings()).containsExactly(first);
    assertThat(Explain.explain(access.appraisal().orElseThrow()).decision()).isEqualTo("warning");
  }

  @Test
  void theConditionOfTheResourcePolicyIsNamedToo() throws Exception {
    tpm.put("pcr08", "bb");

    List<Finding> findings = Explain.explain(access()).findings();
    Finding last = findings.get(findings.size() - 1);

    assertThat(last.policy()).isEqualTo("resource-policy.rego");
    assertThat(last.claim()).isEqualTo("submod[\"ear.trustworthiness-vector\"].executables");
    assertThat(last.found()).isEqualTo("33");
    assertThat(RESTRICTIVE.lines().toList().get(last.line() - 1)).contains("value > 31");
    assertThat(findings).hasSize(2);
  }

  @Test
  void registersBehindTheFirstMismatchAreNamedAtOnce() throws Exception {
    tpm.put("pcr08", "bb").put("pcr12", "cc");
    registered.remove("snp_pcr09");

    Explanation explanation = Explain.explain(access().appraisal().orElseThrow());

    assertThat(explanation.findings())
        .extracting(Finding::claim)
        .containsExactly("tpm.pcr08", "tpm.pcr09", "tpm.pcr12");
    assertThat(explanation.findings().get(1).expected()).isEmpty();
    assertThat(explanation.findings().get(1).remedy()).startsWith("Register reference value");
  }

  @Test
  void claimsThatTheGuestDoesNotHaveAreAbsent() throws Exception {
    tpm.remove("pcr03");

    Finding finding = Explain.explain(access().appraisal().orElseThrow()).findings().get(0);

    assertThat(finding.claim()).isEqualTo("tpm.pcr03");
    assertThat(finding.found()).isEqualTo(Finding.ABSENT);
  }

  /** Of the rules for other resources it is said which resource they are for, and no more. */
  @Test
  void aRuleForEverythingElseSaysThatThisResourceIsNotElse() throws Exception {
    broker.resourcePolicy(
        """
        package policy

        import rego.v1

        default allow := false

        path := data["resource-path"]

        allow if {
          path[1] == "key"
          input.submods.cpu0["ear.status"] == "contraindicated"
        }

        allow if {
          not path[1] in {"key", "lock"}
        }
        """);

    List<Finding> findings = Explain.explain(access()).findings();

    assertThat(findings)
        .extracting(Finding::claim, Finding::found, Finding::expected)
        .containsExactly(
            tuple("submods.cpu0.ear.status", "affirming", List.of("== \"contraindicated\"")),
            tuple("path[1]", "key", List.of("not in {\"key\", \"lock\"}")));
  }

  @Test
  void rendersAsLinesAndAsJson() throws Exception {
    tpm.put("pcr08", "bb");

    Explanation explanation = Explain.explain(access().appraisal().orElseThrow());

    assertThat(explanation.toLines())
        .startsWith("The evidence is genuine, but its appraisal is warning.")
        .anyMatch(
            line ->
                line.startsWith(
                    "  tpm.pcr08 is bb, expected one of 00, aapcr08 (reference value snp_pcr08);"
                        + " default_cpu.rego line "));
    JsonNode finding = explanation.toJson().path("findings").get(0);
    assertThat(finding.path("claim").asString()).isEqualTo("tpm.pcr08");
    assertThat(finding.path("expected")).hasSize(2);
  }

  @Test
  void refusedEvidenceIsExplainedByTheVerifiersReason() throws Exception {
    broker.close();
    try (TestBroker plain = new TestBroker(root)) {
      plain.start();
      TestGuest guest = new TestGuest(plain.url());
      guest.auth();
      guest.attest(Attestation.of(guest.runtimeData(), SampleEvidence.of(new byte[48]).toJson()));

      Explanation explanation = Explain.explain(plain.journal.appraisals().get(0));

      assertThat(explanation.decision()).isEqualTo("refused");
      assertThat(explanation.findings())
          .singleElement()
          .satisfies(f -> assertThat(f.rule()).isEqualTo("SAMPLE_REPORT_DATA"))
          .satisfies(f -> assertThat(f.remedy()).contains("nonce"));
    }
  }

  @Test
  void aMissingResourceLeadsToTheListOfSecrets() throws Exception {
    access();
    TestGuest guest = new TestGuest(broker.url());
    guest.resource("default/key/1");
    assertThat(Explain.explain(broker.journal.accesses().get(1)).findings())
        .singleElement()
        .satisfies(f -> assertThat(f.rule()).isEqualTo("TokenNotFound"));
  }
}
