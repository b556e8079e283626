package dev.cocolab.evidence.azure;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.tpm.TpmQuote;
import java.util.Base64;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Evidence of a TDX guest on Azure. Immutable.
 *
 * <ul>
 *   <li>2: {@code version}, {@code tpm_quote} with hex strings, {@code hcl_report} and {@code
 *       td_quote} in URL-safe base64 with padding. The user data in the HCL report is the report
 *       data.
 *   <li>1: the same shape; the user data is not bound. This is what guests send today.
 *   <li>0: no {@code version}; arrays of numbers throughout.
 * </ul>
 *
 * @param version 0, 1 or 2
 * @param quote of the vTPM
 * @param hclReport 2600 bytes on Azure
 * @param tdQuote by the quoting enclave
 */
@SuppressWarnings("ArrayRecordComponent") // the accessors below copy
public record AzTdxVtpmEvidence(int version, TpmQuote quote, byte[] hclReport, byte[] tdQuote) {
  private static final int NEWEST = 2;

  /** Checks the version and copies. */
  public AzTdxVtpmEvidence {
    if (version < 0 || version > NEWEST) {
      throw new IllegalArgumentException("evidence versions are 0, 1 and 2, not " + version);
    }
    Objects.requireNonNull(quote, "quote");
    hclReport = hclReport.clone();
    tdQuote = tdQuote.clone();
  }

  /**
   * Reads evidence; members it does not know are ignored.
   *
   * @throws EvidenceException {@link Refusal#AZ_TDX_EVIDENCE_MALFORMED} if it has none of the
   *     shapes
   */
  public static AzTdxVtpmEvidence parse(JsonNode evidence) {
    EvidenceJson json = EvidenceJson.of(evidence, Refusal.AZ_TDX_EVIDENCE_MALFORMED);
    EvidenceJson quote = json.object("tpm_quote");
    JsonNode version = evidence.path("version");
    // Upstream tries 2, 1, 0 in turn, and 0 does not look at the version.
    if (version.isIntegralNumber() && version.canConvertToInt()) {
      int number = version.asInt();
      if (number == 1 || number == NEWEST) {
        return new AzTdxVtpmEvidence(
            number,
            TpmQuote.of(quote.hex("signature"), quote.hex("message"), quote.hexList("pcrs")),
            json.base64Url("hcl_report"),
            json.base64Url("td_quote"));
      }
    }
    return new AzTdxVtpmEvidence(
        0,
        TpmQuote.of(quote.numbers("signature"), quote.numbers("message"), quote.registers("pcrs")),
        json.numbers("hcl_report"),
        json.numbers("td_quote"));
  }

  /** The evidence in its version. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (version > 0) {
      json.put("version", version);
    }
    ObjectNode shown = json.putObject("tpm_quote");
    if (version == 0) {
      add(shown.putArray("signature"), quote.signature());
      add(shown.putArray("message"), quote.message());
      ArrayNode registers = shown.putArray("pcrs");
      quote.pcrs().forEach(pcr -> add(registers.addArray(), pcr));
      add(json.putArray("hcl_report"), hclReport);
      add(json.putArray("td_quote"), tdQuote);
      return json;
    }
    shown.put("signature", EvidenceJson.hex(quote.signature()));
    shown.put("message", EvidenceJson.hex(quote.message()));
    ArrayNode registers = shown.putArray("pcrs");
    quote.pcrs().forEach(pcr -> registers.add(EvidenceJson.hex(pcr)));
    json.put("hcl_report", Base64.getUrlEncoder().encodeToString(hclReport));
    return json.put("td_quote", Base64.getUrlEncoder().encodeToString(tdQuote));
  }

  private static void add(ArrayNode array, byte[] bytes) {
    for (byte octet : bytes) {
      array.add(Byte.toUnsignedInt(octet));
    }
  }

  /** The HCL report as sent. */
  @Override
  public byte[] hclReport() {
    return hclReport.clone();
  }

  /** The quote as sent. */
  @Override
  public byte[] tdQuote() {
    return tdQuote.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AzTdxVtpmEvidence evidence && toJson().equals(evidence.toJson());
  }

  @Override
  public int hashCode() {
    return toJson().hashCode();
  }
}
