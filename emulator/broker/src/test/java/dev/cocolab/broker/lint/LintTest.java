package dev.cocolab.broker.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.broker.lint.LintSubject.PolicyText;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.rego.RegoDialect;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Documents that fit have no findings; each way not to fit has its own. */
class LintTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String HEAD = "package policy\nimport rego.v1\n";
  private static final String VALUE = "a".repeat(64);
  private static final Initdata INITDATA =
      initdata("image_security_policy_uri = \"kbs:///default/policy/image\"");

  private static final String ATTESTATION =
      HEAD
          + """
          executables := 3 if {
            input["az-snp-vtpm"].tpm.pcr03 in query_reference_value("snp_pcr03")
            input["az-snp-vtpm"].tpm.pcr08 in query_reference_value("snp_pcr08")
          }
          executables := 3 if input.tdx.quote.body.rtmr_1 in query_reference_value("rtmr_1")
          """;

  private static final String RESOURCE =
      HEAD
          + """
          allow if {
            input.submods.cpu0["ear.status"] == "affirming"
            input.submods.cpu0["ear.veraison.annotated-evidence"].init_data == "%s"
            data["resource-path"][1] == "key"
          }
          """;

  private String attestation = ATTESTATION;
  private String resource = RESOURCE.formatted(pcr8(INITDATA));
  private final Map<String, JsonNode> values =
      new HashMap<>(
          Map.of("snp_pcr03", list(VALUE), "snp_pcr08", list("b".repeat(64), pcr8(INITDATA))));
  private Set<String> served = Set.of("default/policy/image");

  private static Initdata initdata(String line) {
    return Initdata.parse(
        ("algorithm = \"sha256\"\nversion = \"0.1.0\"\n[data]\n\"cdh.toml\" = '''\n[image]\n"
                + line
                + "\n'''\n")
            .getBytes(StandardCharsets.UTF_8));
  }

  private static String pcr8(Initdata document) {
    return HexFormat.of().formatHex(document.pcr8());
  }

  private static JsonNode list(String... texts) {
    var out = JSON.arrayNode();
    List.of(texts).forEach(out::add);
    return out;
  }

  private List<LintFinding> lint() {
    return Lint.check(
        new LintSubject(
            Optional.of(new PolicyText("attestation.rego", attestation)),
            Optional.of(new PolicyText("resource.rego", resource)),
            Optional.of(values),
            Map.of("initdata.toml", INITDATA),
            Optional.of(served),
            RegoDialect.V1));
  }

  private LintFinding only() {
    assertThat(lint()).hasSize(1);
    return lint().get(0);
  }

  @Test
  void whatFitsHasNoFindings() {
    assertThat(lint()).isEmpty();
  }

  @Test
  void whatIsNotGivenIsNotLookedAt() {
    assertThat(
            Lint.check(
                new LintSubject(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Map.of("initdata.toml", INITDATA),
                    Optional.empty(),
                    RegoDialect.V1)))
        .isEmpty();
  }

  @Test
  void aValueThatIsAskedForAndNotRegisteredIsNamedWithItsLine() {
    values.remove("snp_pcr03");

    LintFinding finding = lint().get(0);

    assertThat(lint())
        .extracting(LintFinding::check)
        .containsOnly("reference-value-absent")
        .hasSize(2);
    assertThat(lint().get(1).line()).isEqualTo(4);
    assertThat(lint().get(1).message())
        .isEqualTo(
            "rule executables asks for reference value 'snp_pcr03', which nobody has registered");
    assertThat(finding.message()).contains("no guest is recognised");
  }

  /** A policy knows more kinds of TEE than a cluster has. */
  @Test
  void ofAKindOfTeeThatNobodyRegisteredNothingIsMissed() {
    assertThat(values).doesNotContainKey("rtmr_1");
    assertThat(lint()).isEmpty();
  }

  @Test
  void whenNothingIsRegisteredOneSentenceSaysSo() {
    values.clear();
    resource = HEAD + "allow if true";

    assertThat(lint())
        .extracting(LintFinding::check)
        .containsExactly("reference-value-absent", "initdata-unregistered");
  }

  @ParameterizedTest
  @CsvSource({
    "rtmr1, Did you mean 'rtmr_1'?",
    "whatever, 'Take it out, or compare a claim with it.'"
  })
  void aValueThatNobodyAsksForIsNamed(String name, String remedy) {
    values.put(name, list(VALUE));

    assertThat(only().check()).isEqualTo("reference-value-unused");
    assertThat(only().message())
        .isEqualTo("'%s' is registered, and attestation.rego never asks for it", name);
    assertThat(only().remedy()).isEqualTo(remedy);
  }

  @ParameterizedTest
  @ValueSource(strings = {"AAAA", "", "0xaa"})
  void aRegisterOfAnotherShapeEqualsNoMeasurement(String value) {
    values.put("snp_pcr03", list(VALUE, value));

    assertThat(only().check()).isEqualTo("reference-value-malformed");
    assertThat(only().message()).contains("'snp_pcr03'", "64 digits of lower-case hex");
  }

  @ParameterizedTest
  @CsvSource({
    "input[\"az-snp-vtpm\"].tpm.pcr3, pcr3, Did you mean 'pcr03'?",
    "input.snp.measurment, measurment, Did you mean 'measurement'?",
    "input[\"az-snp\"].tpm, az-snp, See './cocolab evidence show' for the claims there are.",
    "input.tdx.quote.body.rtmr_9, rtmr_9, Did you mean 'rtmr_0'?",
    "input.tdx.uefi_event_logs[_].event_type, event_type, See './cocolab evidence show' for the claims there are.",
  })
  void aClaimThatNoEvidenceHasIsNamed(String path, String member, String remedy) {
    attestation = ATTESTATION + "hardware := 2 if " + path + " == \"x\"\n";

    assertThat(only().check()).isEqualTo("claim-unknown");
    assertThat(only().line()).isEqualTo(8);
    assertThat(only().message()).startsWith("no guest has a claim '" + member + "'");
    assertThat(only().remedy()).isEqualTo(remedy);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "input.submods.cpu0[\"ear.statu\"] == \"affirming\"",
        "input.submods.cpu0[\"ear.veraison.annotated-evidence\"].initdata == \"x\"",
        "input.submods[_][\"ear.trustworthiness-vector\"].executable == 3",
        "input.submods[_][\"ear.veraison.annotated-evidence\"].snp.tpm.pcr08 == \"x\"",
        "input.tee == \"sample\"",
      })
  void aClaimThatNoTokenHasIsNamed(String condition) {
    resource = HEAD + "allow if " + condition + "\n";

    assertThat(only().check()).isEqualTo("claim-unknown");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "every _, d in input.submods { every c in [\"hardware\"] { d[\"ear.trustworthiness-vector\"][c] > 1 } }",
        "input.submods[_][\"ear.veraison.annotated-evidence\"].init_data_claims.x.y == 1",
        "input.submods.cpu0[\"ear.trustee.identifiers\"].validated.container_uids[_] == 1",
        "not input.submods.cpu0[\"ear.veraison.annotated-evidence\"].sample",
      })
  void claimsThatATokenHasAreFine(String condition) {
    resource = HEAD + "allow if " + condition + "\n";

    assertThat(lint()).isEmpty();
  }

  /** What a policy adds itself is there. */
  @Test
  void claimsThatTheOtherPolicyAddsAreFine() {
    attestation = ATTESTATION + "extensions := [{\"name\": \"mine\", \"key\": 1, \"value\": 1}]\n";
    resource = HEAD + "allow if input.submods.cpu0.mine == 1\n";

    assertThat(lint()).isEmpty();
  }

  @Test
  void initdataThatIsNotRegisteredIsNamedWithItsMeasurement() {
    values.put("snp_pcr08", list(VALUE));
    resource = HEAD + "allow if true\n";

    assertThat(only().check()).isEqualTo("initdata-unregistered");
    assertThat(only().file()).isEqualTo("initdata.toml");
    assertThat(only().message()).contains(pcr8(INITDATA));
  }

  @Test
  void aResourceThatInitdataNamesAndTrusteeLacksIsNamed() {
    served = Set.of("default/policy/images");

    assertThat(only().check()).isEqualTo("initdata-resource-unserved");
    assertThat(only().message()).contains("'default/policy/image'");
  }

  @Test
  void aMeasurementInThePolicyThatNobodyHasIsNamed() {
    resource = RESOURCE.formatted("c".repeat(64));

    assertThat(only().check()).isEqualTo("measurement-unknown");
    assertThat(only().line()).isEqualTo(5);
  }

  @Test
  void aPolicyThatIsNoRegoIsNamedWithItsLine() {
    resource = HEAD + "allow if {\n";

    assertThat(only().check()).isEqualTo("policy-unreadable");
    assertThat(only().line()).isEqualTo(4);
    assertThat(only().toLine()).startsWith("resource.rego:4: the policy is no Rego: ");
  }
}
