package dev.cocolab.evidence.azure;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.tpm.TpmQuote;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Evidence of an SEV-SNP guest on Azure, in the three encodings the guest components have used.
 * Immutable.
 *
 * <ul>
 *   <li>2: {@code version}, {@code tpm_quote} with hex strings {@code signature}, {@code message},
 *       {@code pcrs}; {@code hcl_report} and {@code vcek} (DER) in URL-safe base64 with padding.
 *       The user data in the HCL report is the report data.
 *   <li>1: the same shape; the user data is not bound.
 *   <li>0: no {@code version}; {@code quote} and {@code report} as arrays of numbers, {@code vcek}
 *       as PEM.
 * </ul>
 */
public final class AzSnpVtpmEvidence {

  /** The encoding that guests send today. */
  public static final int CURRENT_VERSION = 2;

  private final int version;
  private final TpmQuote quote;
  private final byte[] hclReport;
  private final EndorsementKey vcek;

  private AzSnpVtpmEvidence(int version, TpmQuote quote, byte[] hclReport, EndorsementKey vcek) {
    this.version = version;
    this.quote = quote;
    this.hclReport = hclReport;
    this.vcek = vcek;
  }

  /**
   * Evidence made here.
   *
   * @param version 0, 1 or 2
   * @param hclReport 2600 bytes on Azure
   * @param vcek DER
   */
  public static AzSnpVtpmEvidence of(int version, TpmQuote quote, byte[] hclReport, byte[] vcek) {
    requireKnown(version);
    return new AzSnpVtpmEvidence(version, quote, hclReport.clone(), EndorsementKey.ofDer(vcek));
  }

  /**
   * Reads evidence; members it does not know are ignored.
   *
   * @throws EvidenceException {@link Refusal#EVIDENCE_MALFORMED} if it has none of the three shapes
   */
  public static AzSnpVtpmEvidence parse(JsonNode evidence) {
    EvidenceJson json = EvidenceJson.of(evidence, Refusal.EVIDENCE_MALFORMED);
    JsonNode version = evidence.path("version");
    // Upstream tries 2, 1, 0 in turn, and 0 does not look at the version.
    if (version.isIntegralNumber() && version.canConvertToInt()) {
      int number = version.asInt();
      if (number == 1 || number == CURRENT_VERSION) {
        EvidenceJson tpmQuote = json.object("tpm_quote");
        return new AzSnpVtpmEvidence(
            number,
            TpmQuote.of(
                tpmQuote.hex("signature"), tpmQuote.hex("message"), tpmQuote.hexList("pcrs")),
            json.base64Url("hcl_report"),
            EndorsementKey.ofDer(json.base64Url("vcek")));
      }
    }
    EvidenceJson legacy = json.object("quote");
    return new AzSnpVtpmEvidence(
        0,
        TpmQuote.of(
            legacy.numbers("signature"), legacy.numbers("message"), legacy.registers("pcrs")),
        json.numbers("report"),
        EndorsementKey.ofPem(json.string("vcek")));
  }

  /**
   * Writes evidence.
   *
   * @param version 0, 1 or 2; a version other than {@link #version()} changes the encoding, not
   *     what the parts say
   * @throws EvidenceException {@link Refusal#VCEK_MALFORMED} if the endorsement key arrived as PEM
   *     that cannot be converted
   */
  public ObjectNode toJson(int version) {
    requireKnown(version);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (version == 0) {
      ObjectNode legacy = json.putObject("quote");
      addNumbers(legacy.putArray("signature"), quote.signature());
      addNumbers(legacy.putArray("message"), quote.message());
      ArrayNode registers = legacy.putArray("pcrs");
      quote.pcrs().forEach(pcr -> addNumbers(registers.addArray(), pcr));
      addNumbers(json.putArray("report"), hclReport);
      return json.put("vcek", vcek.pem());
    }
    json.put("version", version);
    ObjectNode tpmQuote = json.putObject("tpm_quote");
    tpmQuote.put("signature", EvidenceJson.hex(quote.signature()));
    tpmQuote.put("message", EvidenceJson.hex(quote.message()));
    ArrayNode pcrs = tpmQuote.putArray("pcrs");
    quote.pcrs().forEach(pcr -> pcrs.add(EvidenceJson.hex(pcr)));
    json.put("hcl_report", Base64.getUrlEncoder().encodeToString(hclReport));
    return json.put("vcek", Base64.getUrlEncoder().encodeToString(vcek.der()));
  }

  /** 0, 1 or 2. */
  public int version() {
    return version;
  }

  public TpmQuote quote() {
    return quote;
  }

  /** The HCL report as sent. */
  public byte[] hclReport() {
    return hclReport.clone();
  }

  /**
   * The certificate of the endorsement key in DER.
   *
   * @throws EvidenceException {@link Refusal#VCEK_MALFORMED} if it arrived as PEM that cannot be
   *     converted
   */
  public byte[] vcek() {
    return vcek.der();
  }

  private static void requireKnown(int version) {
    if (version < 0 || version > CURRENT_VERSION) {
      throw new IllegalArgumentException("evidence versions are 0, 1 and 2, not " + version);
    }
  }

  private static void addNumbers(ArrayNode array, byte[] bytes) {
    for (byte octet : bytes) {
      array.add(Byte.toUnsignedInt(octet));
    }
  }
}
