package dev.cocolab.evidence.sample;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.util.Base64;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Evidence of a guest without a TEE. Nothing in it is signed.
 *
 * @param svn security version number, as text
 * @param reportData standard base64 of the report data, as sent; empty if none was sent
 */
public record SampleEvidence(String svn, String reportData) {

  private static final String SVN = "1";

  public SampleEvidence {
    Objects.requireNonNull(svn, "svn");
    Objects.requireNonNull(reportData, "reportData");
  }

  /** What an attestation agent without a TEE sends. */
  public static SampleEvidence of(byte[] reportData) {
    return new SampleEvidence(SVN, Base64.getEncoder().encodeToString(reportData));
  }

  /**
   * Reads evidence.
   *
   * @throws EvidenceException {@link Refusal#SAMPLE_MALFORMED}
   */
  public static SampleEvidence parse(JsonNode json) {
    JsonNode svn = json.path("svn");
    JsonNode reportData = json.path("report_data");
    if (!json.isObject() || !svn.isString()) {
      throw EvidenceException.because(Refusal.SAMPLE_MALFORMED, "missing field `svn`");
    }
    if (!reportData.isMissingNode() && !reportData.isString()) {
      throw EvidenceException.because(Refusal.SAMPLE_MALFORMED, "`report_data` is not a string");
    }
    return new SampleEvidence(svn.asString(), reportData.asString(""));
  }

  /** The evidence as sent to the broker. */
  public ObjectNode toJson() {
    return JsonNodeFactory.instance.objectNode().put("svn", svn).put("report_data", reportData);
  }
}
