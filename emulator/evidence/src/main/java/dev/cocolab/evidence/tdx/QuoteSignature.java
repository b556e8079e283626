package dev.cocolab.evidence.tdx;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The signature data behind the body of a quote of version 4 or 5: ECDSA P-256 signature and key,
 * certification data of type 6 (the report of the quoting enclave and its signature) with
 * certification data of type 5 (the PCK chain in PEM) inside. Immutable.
 */
@SuppressWarnings("ArrayRecordComponent") // the accessors below copy
public record QuoteSignature(
    byte[] signature,
    byte[] attestationKey,
    QeReport qeReport,
    byte[] qeReportSignature,
    byte[] qeAuthData,
    byte[] certificates) {
  /** Bytes of a P-256 signature (r, s) or public key (x, y), both big-endian. */
  public static final int PAIR = 64;

  private static final int QE_REPORT_TYPE = 6;
  private static final int PCK_CHAIN_TYPE = 5;

  /** Checks the sizes and copies. */
  public QuoteSignature {
    signature = pair(signature);
    attestationKey = pair(attestationKey);
    Objects.requireNonNull(qeReport, "qeReport");
    qeReportSignature = pair(qeReportSignature);
    qeAuthData = qeAuthData.clone();
    certificates = certificates.clone();
  }

  private static byte[] pair(byte[] bytes) {
    if (bytes.length != PAIR) {
      throw new IllegalArgumentException("64 bytes are needed, not " + bytes.length);
    }
    return bytes.clone();
  }

  /**
   * Reads signature data, without the length in front of it; bytes behind it are ignored.
   *
   * @throws EvidenceException {@link Refusal#TDX_QUOTE_MALFORMED}
   */
  static QuoteSignature parse(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      byte[] signature = take(in, PAIR);
      byte[] key = take(in, PAIR);
      int type = Short.toUnsignedInt(in.getShort());
      if (type != QE_REPORT_TYPE) {
        throw malformed("expected cert data type 6, got " + type);
      }
      in.getInt();
      QeReport report = QeReport.of(take(in, QeReport.SIZE));
      byte[] reportSignature = take(in, PAIR);
      int authSize = Short.toUnsignedInt(in.getShort());
      if (authSize > in.remaining()) {
        throw malformed("QE authentication data out of bounds");
      }
      byte[] auth = take(in, authSize);
      int chainType = Short.toUnsignedInt(in.getShort());
      if (chainType != PCK_CHAIN_TYPE) {
        throw malformed("expected cert chain type 5, got " + chainType);
      }
      long chainSize = Integer.toUnsignedLong(in.getInt());
      if (chainSize > in.remaining()) {
        throw malformed("PCK certificate chain data out of bounds");
      }
      return new QuoteSignature(
          signature, key, report, reportSignature, auth, take(in, (int) chainSize));
    } catch (BufferUnderflowException e) {
      throw malformed("signature data ends early");
    }
  }

  private static byte[] take(ByteBuffer in, int size) {
    if (size > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[size];
    in.get(bytes);
    return bytes;
  }

  private static EvidenceException malformed(String text) {
    return EvidenceException.of(Refusal.TDX_QUOTE_MALFORMED, text);
  }

  /** The bytes, without a length in front. */
  byte[] bytes() {
    int inner = QeReport.SIZE + PAIR + Short.BYTES + qeAuthData.length;
    int outer = inner + Short.BYTES + Integer.BYTES + certificates.length;
    ByteBuffer out =
        ByteBuffer.allocate(2 * PAIR + Short.BYTES + Integer.BYTES + outer)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put(signature).put(attestationKey);
    out.putShort((short) QE_REPORT_TYPE).putInt(outer);
    out.put(qeReport.bytes()).put(qeReportSignature);
    out.putShort((short) qeAuthData.length).put(qeAuthData);
    out.putShort((short) PCK_CHAIN_TYPE).putInt(certificates.length).put(certificates);
    return out.array();
  }

  /** The same with another signature over the quote. */
  public QuoteSignature withSignature(byte[] other) {
    return new QuoteSignature(
        other, attestationKey, qeReport, qeReportSignature, qeAuthData, certificates);
  }

  /** ECDSA P-256 with SHA-256 over header and body: r and s, 32 bytes each, big-endian. */
  @Override
  public byte[] signature() {
    return signature.clone();
  }

  /** Public key that signs the quote: x and y, 32 bytes each, big-endian. */
  @Override
  public byte[] attestationKey() {
    return attestationKey.clone();
  }

  /** By the PCK over the report of the quoting enclave. */
  @Override
  public byte[] qeReportSignature() {
    return qeReportSignature.clone();
  }

  /** What the quoting enclave's report binds beside the key; 32 bytes in real quotes. */
  @Override
  public byte[] qeAuthData() {
    return qeAuthData.clone();
  }

  /** PEM of PCK, intermediate and root; real quotes end it with a NUL. */
  @Override
  public byte[] certificates() {
    return certificates.clone();
  }
}
