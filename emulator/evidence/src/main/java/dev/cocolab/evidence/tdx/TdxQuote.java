package dev.cocolab.evidence.tdx;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * A TDX quote of version 4 (body of TDX 1.0) or 5 (type and size before the body; TDX 1.0 or 1.5).
 * Immutable. Texts of refusals are those of Trustee's parser.
 *
 * <p>Bytes behind the signature data are ignored, as Trustee does: real quotes have some.
 */
public final class TdxQuote {
  private static final int SGX_VERSION = 3;
  private static final int V4 = 4;
  private static final int V5 = 5;
  private static final int TYPE_1_0 = 2;
  private static final int TYPE_1_5 = 3;

  private final QuoteHeader header;
  private final int declaredSize;
  private final TdBody body;
  private final byte[] signed;
  private final QuoteSignature signature;

  private TdxQuote(
      QuoteHeader header, int declaredSize, TdBody body, byte[] signed, QuoteSignature signature) {
    this.header = header;
    this.declaredSize = declaredSize;
    this.body = body;
    this.signed = signed;
    this.signature = signature;
  }

  /** A quote of these parts; the body's size and the version must go together. */
  public static TdxQuote of(QuoteHeader header, TdBody body, QuoteSignature signature) {
    return new TdxQuote(
        header,
        body.size(),
        body,
        signedBytes(header, body),
        Objects.requireNonNull(signature, "signature"));
  }

  /**
   * What the attestation key signs: everything before the length of the signature data.
   *
   * @throws IllegalArgumentException when version and size of the body do not go together
   */
  public static byte[] signedBytes(QuoteHeader header, TdBody body) {
    boolean v4 = header.version() == V4 && body.size() == TdBody.SIZE_1_0;
    if (!v4 && header.version() != V5) {
      throw new IllegalArgumentException(
          "a quote of version %d has no body of %d bytes".formatted(header.version(), body.size()));
    }
    ByteBuffer out =
        ByteBuffer.allocate(QuoteHeader.SIZE + (v4 ? 0 : Short.BYTES + Integer.BYTES) + body.size())
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put(header.bytes());
    if (!v4) {
      out.putShort((short) (body.size() == TdBody.SIZE_1_0 ? TYPE_1_0 : TYPE_1_5));
      out.putInt(body.size());
    }
    return out.put(body.bytes()).array();
  }

  /**
   * Reads a quote.
   *
   * @throws EvidenceException {@link Refusal#TDX_QUOTE_MALFORMED} or {@link
   *     Refusal#TDX_QUOTE_IS_SGX}
   */
  public static TdxQuote parse(byte[] bytes) {
    if (bytes.length < QuoteHeader.SIZE) {
      throw malformed("parse quote header failed");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    QuoteHeader header = QuoteHeader.read(in);
    if (header.attKeyType() != QuoteHeader.ECDSA_P256) {
      throw malformed(
          "unsupported att_key_type %d, expected 2 (ECDSA-256-with-P-256)"
              .formatted(header.attKeyType()));
    }
    if (header.version() == SGX_VERSION && header.teeType() == 0) {
      throw EvidenceException.of(Refusal.TDX_QUOTE_IS_SGX);
    }
    boolean known = header.version() == V4 || header.version() == V5;
    if (!known || header.teeType() != QuoteHeader.TDX) {
      throw malformed(
          "unsupported quote version %d / tee_type 0x%08x"
              .formatted(header.version(), header.teeType()));
    }
    int size = TdBody.SIZE_1_0;
    int declared = size;
    if (header.version() == V5) {
      if (in.remaining() < Short.BYTES + Integer.BYTES) {
        throw malformed("parse QuoteV5 Type failed. Bytes length < 2 bytes");
      }
      size = sizeOf(Short.toUnsignedInt(in.getShort()));
      declared = in.getInt();
    }
    if (in.remaining() < size) {
      throw malformed("parse TDX quote v%d body failed".formatted(header.version()));
    }
    int start = in.position();
    TdBody body = TdBody.of(Arrays.copyOfRange(bytes, start, start + size));
    byte[] signed = Arrays.copyOf(bytes, start + size);
    return new TdxQuote(header, declared, body, signed, signature(bytes, start + size));
  }

  private static int sizeOf(int type) {
    if (type != TYPE_1_0 && type != TYPE_1_5) {
      throw malformed("parse QuoteV5 Type failed. " + type + " not defined.");
    }
    return type == TYPE_1_0 ? TdBody.SIZE_1_0 : TdBody.SIZE_1_5;
  }

  private static QuoteSignature signature(byte[] bytes, int at) {
    if (bytes.length - at < Integer.BYTES) {
      throw malformed("quote too short to read signature data length");
    }
    long length =
        Integer.toUnsignedLong(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at));
    int start = at + Integer.BYTES;
    if (length > bytes.length - start) {
      throw malformed("quote too short for declared signature data length (%d)".formatted(length));
    }
    return QuoteSignature.parse(Arrays.copyOfRange(bytes, start, start + (int) length));
  }

  private static EvidenceException malformed(String text) {
    return EvidenceException.of(Refusal.TDX_QUOTE_MALFORMED, text);
  }

  /** The bytes, without any behind the signature data. */
  public byte[] bytes() {
    byte[] data = signature.bytes();
    return ByteBuffer.allocate(signed.length + Integer.BYTES + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(signed)
        .putInt(data.length)
        .put(data)
        .array();
  }

  /** The first 48 bytes. */
  public QuoteHeader header() {
    return header;
  }

  /** What the processor says of the TD. */
  public TdBody body() {
    return body;
  }

  /** Type of the body in version 5: 2 for TDX 1.0, 3 for 1.5. */
  public int bodyType() {
    return body.size() == TdBody.SIZE_1_0 ? TYPE_1_0 : TYPE_1_5;
  }

  /** Size of the body as a quote of version 5 declares it; nothing reads it but the appraisal. */
  public int declaredSize() {
    return declaredSize;
  }

  /** Whether type and size stand before the body. */
  public boolean hasType() {
    return header.version() == V5;
  }

  /** What the attestation key signs, as received. */
  public byte[] signedBytes() {
    return signed.clone();
  }

  /** Signature, key, and what vouches for the key. */
  public QuoteSignature signature() {
    return signature;
  }
}
