package dev.cocolab.evidence.azure;

import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Vectors;
import dev.cocolab.evidence.tpm.TpmQuote;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.assertj.core.api.Assertions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Captured evidence of which a part can be exchanged, judged with AMD's roots. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Captured(AzSnpVtpmEvidence evidence, byte[] reportData, AmdRoots roots, Stance stance) {

  static Captured v2() {
    Vectors vectors = Vectors.required();
    return new Captured(
        AzSnpVtpmEvidence.parse(vectors.json("az-snp-vtpm/evidence-v2.json")),
        Vectors.REPORT_DATA_V2,
        vectors.amdRoots(),
        Stance.strict());
  }

  /**
   * The version 1 quote with the stand-alone HCL report of the same VM; its SNP report has no
   * CPUID.
   */
  static Captured v1() {
    Vectors vectors = Vectors.required();
    return new Captured(
        AzSnpVtpmEvidence.of(
            1,
            quote(vectors.json("az-snp-vtpm/tpm-quote-v1.json")),
            vectors.bytes("az-snp-vtpm/hcl-report.bin"),
            EndorsementKey.ofPem(vectors.text("az-snp-vtpm/vcek.pem")).der()),
        Vectors.CHALLENGE,
        vectors.amdRoots(),
        Stance.strict());
  }

  static TpmQuote quote(JsonNode json) {
    List<byte[]> pcrs = new ArrayList<>();
    json.path("pcrs").forEach(pcr -> pcrs.add(hex(pcr)));
    return TpmQuote.of(hex(json.path("signature")), hex(json.path("message")), pcrs);
  }

  private static byte[] hex(JsonNode text) {
    return HexFormat.of().parseHex(text.asString());
  }

  Captured with(Stance other) {
    return new Captured(evidence, reportData, roots, other);
  }

  Captured expecting(byte[] other) {
    return new Captured(evidence, other, roots, stance);
  }

  Captured hcl(Consumer<byte[]> change) {
    byte[] hcl = evidence.hclReport();
    change.accept(hcl);
    return with(AzSnpVtpmEvidence.of(evidence.version(), evidence.quote(), hcl, evidence.vcek()));
  }

  Captured vcek(UnaryOperator<byte[]> change) {
    return with(
        AzSnpVtpmEvidence.of(
            evidence.version(),
            evidence.quote(),
            evidence.hclReport(),
            change.apply(evidence.vcek())));
  }

  Captured quote(UnaryOperator<TpmQuote> change) {
    return with(
        AzSnpVtpmEvidence.of(
            evidence.version(),
            change.apply(evidence.quote()),
            evidence.hclReport(),
            evidence.vcek()));
  }

  Captured pcrs(UnaryOperator<List<byte[]>> change) {
    return quote(
        q -> TpmQuote.of(q.signature(), q.message(), change.apply(new ArrayList<>(q.pcrs()))));
  }

  private Captured with(AzSnpVtpmEvidence other) {
    return new Captured(other, reportData, roots, stance);
  }

  ObjectNode json() {
    return evidence.toJson(evidence.version());
  }

  JsonNode accepted() {
    return verify(json(), Optional.empty());
  }

  /** Asserts the reason and the text, and returns the refusal. */
  EvidenceException refused(Refusal reason, String chain) {
    return refused(json(), Optional.empty(), reason, chain);
  }

  EvidenceException refused(
      JsonNode json, Optional<byte[]> initData, Refusal reason, String chain) {
    EvidenceException refusal =
        Assertions.catchThrowableOfType(EvidenceException.class, () -> verify(json, initData));
    Assertions.assertThat(refusal).as("refusal").isNotNull();
    Assertions.assertThat(refusal.chain()).isEqualTo(chain);
    Assertions.assertThat(refusal.reason()).isEqualTo(reason);
    return refusal;
  }

  JsonNode verify(JsonNode json, Optional<byte[]> initData) {
    AzSnpVtpmVerifier verifier = new AzSnpVtpmVerifier(roots, Vectors.CLOCK, stance);
    return verifier
        .verify(json, new ExpectedBinding(Optional.of(reportData), initData))
        .get(0)
        .claims();
  }
}
