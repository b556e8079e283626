package dev.cocolab.rego;

import static dev.cocolab.rego.Policies.NOTHING;
import static dev.cocolab.rego.Policies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

class AttestationPolicyTest {

  private static final JsonNode EVIDENCE =
      json(
          "{'az-snp-vtpm': {'measurement': 'AAAA', 'tpm': {'pcr03': '03', 'pcr08': '08',"
              + " 'pcr09': '09', 'pcr11': '11', 'pcr12': '12'}}, 'init_data': '08'}");

  private static Map<String, JsonNode> references() {
    Map<String, JsonNode> values = new java.util.TreeMap<>();
    for (String pcr : List.of("03", "08", "09", "11", "12")) {
      values.put("snp_pcr" + pcr, json("['ff', '" + pcr + "']"));
    }
    return values;
  }

  private static RegoEngine engine(Map<String, JsonNode> references, List<String> asked) {
    return RegoEngine.builder()
        .module("default_cpu.rego", Policies.text("default_cpu.rego"))
        .extension(
            "query_reference_value",
            1,
            args -> {
              asked.add(args.get(0).asString());
              return references.getOrDefault(
                  args.get(0).asString(), JsonNodeFactory.instance.nullNode());
            })
        .build();
  }

  private static JsonNode claims(Map<String, JsonNode> references, JsonNode input) {
    return engine(references, new ArrayList<>())
        .evaluate("data.policy.trust_claims", input, NOTHING)
        .value()
        .orElseThrow();
  }

  @Test
  void allFivePcrsListedGiveAnAffirmingVector() {
    JsonNode claims = claims(references(), EVIDENCE);

    assertThat(claims)
        .isEqualTo(
            json(
                "{'executables': 3, 'hardware': 2, 'configuration': 2, 'file-system': 0,"
                    + " 'instance-identity': 0, 'runtime-opaque': 0, 'storage-opaque': 0,"
                    + " 'sourced-data': 0}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"snp_pcr03", "snp_pcr08", "snp_pcr09", "snp_pcr11", "snp_pcr12"})
  void onePcrThatIsNotListedLeavesExecutablesUnrecognised(String name) {
    Map<String, JsonNode> references = references();
    references.put(name, json("['00']"));

    JsonNode claims = claims(references, EVIDENCE);

    assertThat(claims.get("executables").intValue()).isEqualTo(33);
    assertThat(claims.get("hardware").intValue()).isEqualTo(2);
  }

  @Test
  void noReferenceValuesAtAllAreNoErrorButAMismatch() {
    assertThat(claims(Map.of(), EVIDENCE).get("executables").intValue()).isEqualTo(33);
  }

  @Test
  void referenceValuesOfOtherTeesAreNotAskedFor() {
    List<String> asked = new ArrayList<>();

    engine(references(), asked).evaluate("data.policy.trust_claims", EVIDENCE, NOTHING);

    assertThat(asked)
        .containsExactly("snp_pcr03", "snp_pcr08", "snp_pcr09", "snp_pcr11", "snp_pcr12");
  }

  @Test
  void traceNamesTheExpressionThatFailedWithBothSides() {
    Map<String, JsonNode> references = references();
    references.put("snp_pcr08", json("['aa', 'bb']"));

    RegoResult result =
        engine(references, new ArrayList<>())
            .evaluate("data.policy.executables", EVIDENCE, NOTHING);

    TraceEvent failed =
        result.trace().stream()
            .filter(event -> event.text().contains("snp_pcr08"))
            .findFirst()
            .orElseThrow();
    assertThat(failed.module()).isEqualTo("default_cpu.rego");
    assertThat(failed.line()).isEqualTo(39);
    assertThat(failed.column()).isEqualTo(2);
    assertThat(failed.rule()).isEqualTo("data.policy.executables");
    assertThat(failed.outcome()).isEqualTo(TraceEvent.Outcome.FALSE);
    assertThat(failed.text())
        .isEqualTo("input[\"az-snp-vtpm\"].tpm.pcr08 in query_reference_value(\"snp_pcr08\")");
    assertThat(failed.operands())
        .extracting(TraceEvent.Operand::text, operand -> operand.value().orElseThrow().toString())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("input[\"az-snp-vtpm\"].tpm.pcr08", "\"08\""),
            org.assertj.core.groups.Tuple.tuple(
                "query_reference_value(\"snp_pcr08\")", "[\"aa\",\"bb\"]"));
    assertThat(result.trace()).noneMatch(event -> event.text().contains("snp_pcr09"));
  }

  @Test
  void guardOfAnotherTeeIsUndefinedInTheTrace() {
    RegoResult result =
        engine(references(), new ArrayList<>()).evaluate("data.policy.hardware", EVIDENCE, NOTHING);

    assertThat(result.trace())
        .filteredOn(event -> event.text().equals("input[\"az-tdx-vtpm\"]"))
        .singleElement()
        .extracting(TraceEvent::outcome)
        .isEqualTo(TraceEvent.Outcome.UNDEFINED);
  }

  @Test
  void minimumOfTheSamplePassesWithoutReferenceValueButTheRuleFails() {
    JsonNode sample =
        json(
            "{'sample': {'svn': '1', 'launch_digest': 'abcde', 'platform_version': {'major': 1,"
                + " 'minor': 4}}}");

    RegoResult result =
        engine(Map.of("svn", json("['1']"), "major_version", json("1")), new ArrayList<>())
            .evaluate("data.policy.hardware", sample, NOTHING);

    assertThat(result.value()).contains(json("2"));
    assertThat(claims(Map.of(), sample).get("hardware").intValue()).isEqualTo(97);
  }

  @Test
  void identifiersKeepOrderAndDuplicatesAndSkipWhatIsMissing() {
    JsonNode input =
        json(
            "{'init_data_claims': {'agent_policy_claims': {'containers': ["
                + "{'OCI': {'Annotations': {'io.kubernetes.cri.image-name': 'b'}, 'Process': {'User':"
                + " {'UID': 65535}}}}, {'OCI': {}}, {'OCI': {'Annotations':"
                + " {'io.kubernetes.cri.image-name': 'a'}}}]}}}");

    JsonNode extensions =
        engine(Map.of(), new ArrayList<>())
            .evaluate("data.policy.extensions", input, NOTHING)
            .value()
            .orElseThrow();

    assertThat(extensions)
        .isEqualTo(
            json(
                "[{'key': -18, 'name': 'ear.trustee.identifiers', 'value': {'validated':"
                    + " {'container_images': ['b', 'a'], 'container_uids': [65535]}}}]"));
  }

  @Test
  void failureOfTheLookupAbortsTheEvaluation() {
    RegoEngine engine =
        RegoEngine.builder()
            .module("default_cpu.rego", Policies.text("default_cpu.rego"))
            .extension(
                "query_reference_value",
                1,
                args -> {
                  throw new IllegalStateException("service is away");
                })
            .build();

    assertThatExceptionOfType(RegoException.class)
        .isThrownBy(() -> engine.evaluate("data.policy.trust_claims", EVIDENCE, NOTHING))
        .withMessage("default_cpu.rego:38:36: query_reference_value: service is away")
        .matches(e -> e.reason() == RegoException.Reason.EVALUATION);
  }

  @Test
  void resourcePolicyWithoutTheLookupIsRefusedByName() {
    assertThatExceptionOfType(RegoException.class)
        .isThrownBy(() -> Policies.engine(Policies.text("default_cpu.rego")))
        .withMessageContaining("could not find function query_reference_value")
        .matches(e -> e.reason() == RegoException.Reason.COMPILE);
  }
}
