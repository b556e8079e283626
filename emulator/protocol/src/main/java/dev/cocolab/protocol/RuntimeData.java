package dev.cocolab.protocol;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What evidence must be bound to: the nonce of the session and the public key for which answers
 * will be encrypted.
 *
 * @param nonce the challenge's nonce string as received
 * @param teePublicKey the guest's public key
 */
public record RuntimeData(String nonce, TeePublicKey teePublicKey) {
  /** Length of the digests in bytes: SHA-384. */
  public static final int DIGEST_BYTES = 48;

  /** Checks that nothing is missing. */
  public RuntimeData {
    Objects.requireNonNull(nonce, "nonce");
    Objects.requireNonNull(teePublicKey, "teePublicKey");
  }

  /**
   * Reads runtime data from parsed JSON.
   *
   * @throws ProtocolException MALFORMED or UNSUPPORTED_KEY
   */
  public static RuntimeData parse(JsonNode value) {
    return new RuntimeData(
        Json.string(value, "nonce", "runtime-data"),
        TeePublicKey.parse(Json.member(value, "tee-pubkey", "runtime-data")));
  }

  /** The members {@code nonce} and {@code tee-pubkey}. */
  public ObjectNode toJson() {
    ObjectNode out = Json.object();
    out.put("nonce", nonce);
    out.set("tee-pubkey", teePublicKey.toJson());
    return out;
  }

  /**
   * The object that the broker shows to policies and that the primary evidence is bound to.
   *
   * @param additionalEvidence the string of device evidence exactly as sent; empty without devices
   */
  public ObjectNode claims(String additionalEvidence) {
    ObjectNode out = Json.object();
    out.put("additional-evidence", additionalEvidence);
    out.put("nonce", nonce);
    out.set("tee-pubkey", teePublicKey.toJson());
    return out;
  }

  /**
   * Report data for the primary evidence: SHA-384 over the canonical JSON of {@link #claims}, 48
   * bytes. The member {@code additional-evidence} takes part even when it is empty.
   */
  public byte[] reportData(String additionalEvidence) {
    return digest(claims(additionalEvidence));
  }

  /** Report data for the evidence of an attached device: SHA-384 without that member, 48 bytes. */
  public byte[] deviceReportData() {
    return digest(toJson());
  }

  /** SHA-384 over the RFC 8785 form of any JSON value, 48 bytes. */
  public static byte[] digest(JsonNode value) {
    try {
      return MessageDigest.getInstance("SHA-384").digest(CanonicalJson.bytes(value));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-384 is part of every JDK", e);
    }
  }
}
