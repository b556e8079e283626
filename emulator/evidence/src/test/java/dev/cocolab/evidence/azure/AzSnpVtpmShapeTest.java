package dev.cocolab.evidence.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Vectors;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Shape of the evidence: versions, members, encodings. */
class AzSnpVtpmShapeTest {

  private static final String MALFORMED = "Failed to deserialize Azure vTPM SEV-SNP evidence";

  @Test
  void lowerVersionIsRefusedWhereOneIsAskedFor() {
    Captured downgraded =
        new Captured(
            AzSnpVtpmEvidence.parse(Captured.v2().json().put("version", 1)),
            Vectors.REPORT_DATA_V2,
            Captured.v2().roots(),
            Stance.strict());

    assertThat(downgraded.accepted().has("tpm")).isTrue();
    EvidenceException refusal =
        downgraded
            .with(Stance.strict().withMinimumVersion(2))
            .refused(Refusal.EVIDENCE_VERSION, "Evidence version is below the accepted minimum");
    assertThat(refusal.mismatch())
        .contains(new EvidenceException.Mismatch("version", "at least 2", "1"));
  }

  @Test
  void reportDataMustBeSupplied() {
    AzSnpVtpmVerifier verifier = new AzSnpVtpmVerifier(Captured.v2().roots(), Vectors.CLOCK);
    JsonNode evidence = Captured.v2().json();

    EvidenceException refusal =
        catchThrowableOfType(
            EvidenceException.class,
            () ->
                verifier.verify(evidence, new ExpectedBinding(Optional.empty(), Optional.empty())));

    assertThat(refusal.chain()).isEqualTo("unexpected empty report data");
    assertThat(refusal.reason()).isEqualTo(Refusal.REPORT_DATA_ABSENT);
  }

  static Stream<Arguments> malformedJson() {
    return Stream.of(
        arguments("version 3", edit(json -> json.put("version", 3))),
        arguments("version as text", edit(json -> json.put("version", "2"))),
        arguments("fractional version", edit(json -> json.put("version", 2.0))),
        arguments("no quote", edit(json -> json.remove("tpm_quote"))),
        arguments("no HCL report", edit(json -> json.remove("hcl_report"))),
        arguments("no VCEK", edit(json -> json.remove("vcek"))),
        arguments("VCEK as number", edit(json -> json.put("vcek", 1))),
        arguments("odd hex", edit(json -> quote(json).put("signature", "abc"))),
        arguments("no hex", edit(json -> quote(json).put("message", "xy"))),
        arguments("registers as text", edit(json -> quote(json).put("pcrs", "00"))),
        arguments("too many registers", edit(json -> many(quote(json).putArray("pcrs")))),
        arguments(
            "standard base64",
            edit(json -> json.put("vcek", json.path("vcek").asString().replace('-', '+')))),
        arguments(
            "standard base64 of the HCL report, version 1",
            edit(
                json ->
                    json.put("version", 1)
                        .put("hcl_report", json.path("hcl_report").asString().replace('_', '/')))),
        arguments("trailing bits", edit(json -> json.put("vcek", "AB=="))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformedJson")
  void otherShapesAreMalformed(String what, Consumer<ObjectNode> change) {
    ObjectNode json = Captured.v2().json();
    change.accept(json);

    EvidenceException refusal = refusedAs(Captured.v2(), json);

    assertThat(refusal.getMessage()).isEqualTo(MALFORMED);
    assertThat(refusal.reason()).isEqualTo(Refusal.EVIDENCE_MALFORMED);
  }

  @Test
  void hexCaseAndPaddingAndUnknownMembersAreFree() {
    ObjectNode json = Captured.v2().json();
    ObjectNode quote = quote(json);
    quote.put("message", quote.path("message").asString().toUpperCase(Locale.ROOT));
    json.put("hcl_report", json.path("hcl_report").asString().replace("=", ""));
    json.put("note", "ignored");

    assertThat(Captured.v2().verify(json, Optional.empty()).has("tpm")).isTrue();
  }

  @Test
  void brokenPemOfTheFirstVersionIsRefused() {
    Vectors vectors = Vectors.required();
    for (String pem : List.of("", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n")) {
      ObjectNode json = (ObjectNode) vectors.json("az-snp-vtpm/evidence-v0.json");
      json.put("vcek", pem);

      Captured.v2()
          .expecting(Vectors.CHALLENGE)
          .refused(json, Optional.empty(), Refusal.VCEK_MALFORMED, "Invalid VCEK PEM");
    }
  }

  private static Consumer<ObjectNode> edit(Consumer<ObjectNode> change) {
    return change;
  }

  private static ObjectNode quote(ObjectNode json) {
    return (ObjectNode) json.path("tpm_quote");
  }

  private static void many(ArrayNode pcrs) {
    for (int i = 0; i < 65; i++) {
      pcrs.add(JsonNodeFactory.instance.stringNode("00"));
    }
  }

  private static EvidenceException refusedAs(Captured captured, JsonNode json) {
    EvidenceException refusal =
        catchThrowableOfType(
            EvidenceException.class, () -> captured.verify(json, Optional.empty()));
    assertThat(refusal).as("refusal").isNotNull();
    return refusal;
  }
}
