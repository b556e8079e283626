package dev.cocolab.evidence.tpm;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.StrictBase64;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Evidence of a machine whose only hardware of trust is a TPM: {@code ak_public}, the attestation
 * key as DER SubjectPublicKeyInfo in standard base64, and {@code tpm_quote} with {@code signature}
 * ({@link TpmtSignature}) and {@code message} ({@link TpmsAttest}) in standard base64 and {@code
 * pcrs} in hex. Immutable.
 */
public final class TpmEvidence {

  private static final String QUOTE_CONTEXT = "Failed to convert quote from string format";
  private static final int REGISTER_DIGITS = 2 * PcrBank.DIGEST_SIZE;

  private final String akPublic;
  private final TpmQuote quote;

  private TpmEvidence(String akPublic, TpmQuote quote) {
    this.akPublic = akPublic;
    this.quote = quote;
  }

  /**
   * Evidence made here.
   *
   * @param akPublic the attestation key, DER SubjectPublicKeyInfo
   * @param quote with registers of 32 bytes
   */
  public static TpmEvidence of(byte[] akPublic, TpmQuote quote) {
    return new TpmEvidence(Base64.getEncoder().encodeToString(akPublic), quote);
  }

  /**
   * Reads evidence; members it does not know are ignored, and the attestation key is not looked at.
   *
   * @throws EvidenceException {@link Refusal#TPM_EVIDENCE_MALFORMED} for another shape; {@link
   *     Refusal#TPM_SIGNATURE_ENCODING}, those of {@link TpmtSignature#parse}, {@link
   *     Refusal#TPM_MESSAGE_ENCODING}, {@link Refusal#TPM_PCR_LENGTH} or {@link
   *     Refusal#TPM_PCR_ENCODING} for parts that cannot be read
   */
  public static TpmEvidence parse(JsonNode evidence) {
    EvidenceJson json = EvidenceJson.of(evidence, Refusal.TPM_EVIDENCE_MALFORMED);
    String akPublic = json.string("ak_public");
    EvidenceJson tpmQuote = json.object("tpm_quote");
    String signature = tpmQuote.string("signature");
    String message = tpmQuote.string("message");
    List<String> pcrs = tpmQuote.strings("pcrs");
    try {
      byte[] block = TpmtSignature.parse(base64(signature, Refusal.TPM_SIGNATURE_ENCODING)).block();
      byte[] attest = base64(message, Refusal.TPM_MESSAGE_ENCODING);
      return new TpmEvidence(akPublic, TpmQuote.of(block, attest, registers(pcrs)));
    } catch (EvidenceException e) {
      throw e.within(QUOTE_CONTEXT);
    }
  }

  private static List<byte[]> registers(List<String> texts) {
    List<byte[]> registers = new ArrayList<>();
    for (String text : texts) {
      int size = text.getBytes(StandardCharsets.UTF_8).length;
      if (size != REGISTER_DIGITS) {
        throw EvidenceException.of(
            Refusal.TPM_PCR_LENGTH, Refusal.TPM_PCR_LENGTH.text() + ", got " + size);
      }
      try {
        registers.add(HexFormat.of().parseHex(text));
      } catch (IllegalArgumentException e) {
        throw EvidenceException.of(
            Refusal.TPM_PCR_ENCODING, Refusal.TPM_PCR_ENCODING.text() + ": " + text);
      }
    }
    return registers;
  }

  private static byte[] base64(String text, Refusal reason) {
    return StrictBase64.decodeStandard(text)
        .orElseThrow(() -> EvidenceException.because(reason, "not padded standard base64"));
  }

  /** The evidence as sent to the broker. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    Base64.Encoder base64 = Base64.getEncoder();
    ObjectNode tpmQuote = json.putObject("tpm_quote");
    byte[] signature = TpmtSignature.rsassaSha256(quote.signature()).encode();
    tpmQuote.put("signature", base64.encodeToString(signature));
    tpmQuote.put("message", base64.encodeToString(quote.message()));
    ArrayNode pcrs = tpmQuote.putArray("pcrs");
    quote.pcrs().forEach(pcr -> pcrs.add(EvidenceJson.hex(pcr)));
    return json.put("ak_public", akPublic);
  }

  public TpmQuote quote() {
    return quote;
  }

  /** The attestation key as sent: standard base64 of DER if it is genuine. */
  public String akPublic() {
    return akPublic;
  }

  /**
   * The attestation key. The machine itself declares it; who trusts it is for the policy to say.
   *
   * @throws EvidenceException {@link Refusal#TPM_AK_ENCODING}, {@link Refusal#TPM_AK_MALFORMED};
   *     {@link Refusal#TPM_AK_UNSUPPORTED} for other keys than RSA of 1024 to 4096 bits
   */
  public PublicKey attestationKey() {
    return AttestationKey.parse(base64(akPublic, Refusal.TPM_AK_ENCODING));
  }
}
