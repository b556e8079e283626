package dev.cocolab.evidence.snp;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.Refusal;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Evidence of an SEV-SNP guest on bare metal: {@code attestation_report}, and {@code cert_chain}
 * with the certificates the host has, or null.
 *
 * @param report the report
 * @param table the certificates; empty where the host gave none, so that the verifier has to find
 *     the endorsement key itself
 */
public record SnpEvidence(SnpReport report, Optional<CertificateTable> table) {

  public SnpEvidence {
    Objects.requireNonNull(report, "report");
    Objects.requireNonNull(table, "table");
  }

  /** What was received, before the report is put together. */
  record Received(SnpReportJson report, Optional<CertificateTable> table) {}

  /**
   * Reads the form on the wire.
   *
   * @throws EvidenceException {@link Refusal#SNP_EVIDENCE_MALFORMED}
   */
  static Received receive(JsonNode evidence) {
    EvidenceJson json = EvidenceJson.of(evidence, Refusal.SNP_EVIDENCE_MALFORMED);
    return new Received(
        SnpReportJson.parse(json.object("attestation_report")), CertificateTable.parse(json));
  }

  /**
   * Reads evidence; members it does not know are ignored.
   *
   * @throws EvidenceException {@link Refusal#SNP_EVIDENCE_MALFORMED}, {@link
   *     Refusal#SNP_VERSION_OLD} for a report that does not name its processor, or {@link
   *     Refusal#CPU_GENERATION} for a processor that is not known
   */
  public static SnpEvidence parse(JsonNode evidence) {
    Received received = receive(evidence);
    return new SnpEvidence(received.report().report(), received.table());
  }

  /** The evidence as a guest sends it. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("attestation_report", SnpReportJson.write(report));
    if (table.isPresent()) {
      json.set("cert_chain", table.get().toJson());
    } else {
      json.putNull("cert_chain");
    }
    return json;
  }
}
