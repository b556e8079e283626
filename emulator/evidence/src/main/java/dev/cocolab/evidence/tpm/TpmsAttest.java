package dev.cocolab.evidence.tpm;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The structure a TPM signs (TPM 2.0 part 2, TPMS_ATTEST), big-endian: 113 bytes plus the length of
 * the nonce for a quote over one bank. Immutable.
 */
public final class TpmsAttest {

  /** TPM_GENERATED_VALUE. */
  public static final int MAGIC = 0xff544347;

  /** TPM_ST_ATTEST_QUOTE. */
  public static final int QUOTE = 0x8018;

  /** Largest nonce in bytes (TPM2B_DATA of a TPM whose largest hash is SHA-512). */
  public static final int MAX_EXTRA_DATA = 66;

  private static final int MAX_NAME = 68;
  private static final int MAX_DIGEST = 64;
  private static final int MAX_SELECTIONS = 16;
  private static final int MAX_BITMAP = 4;
  private static final int FIRST_TYPE = 0x8014;
  private static final int LAST_TYPE = 0x801c;
  private static final int UNUSED_TYPE = 0x801b;

  /**
   * What a quote attests (TPMS_QUOTE_INFO).
   *
   * @param selections banks and registers
   * @param pcrDigest hash of the selected registers
   */
  @SuppressWarnings("ArrayRecordComponent") // copied on the way in and out; never compared
  public record QuoteInfo(List<PcrSelection> selections, byte[] pcrDigest) {
    public QuoteInfo {
      selections = List.copyOf(selections);
      pcrDigest = pcrDigest.clone();
    }

    @Override
    public byte[] pcrDigest() {
      return pcrDigest.clone();
    }
  }

  private final int type;
  private final byte[] qualifiedSigner;
  private final byte[] extraData;
  private final ClockInfo clockInfo;
  private final long firmwareVersion;
  private final Optional<QuoteInfo> quote;
  private final byte[] otherAttested;

  private TpmsAttest(
      int type,
      byte[] qualifiedSigner,
      byte[] extraData,
      ClockInfo clockInfo,
      long firmwareVersion,
      Optional<QuoteInfo> quote,
      byte[] otherAttested) {
    this.type = type;
    this.qualifiedSigner = qualifiedSigner;
    this.extraData = extraData;
    this.clockInfo = clockInfo;
    this.firmwareVersion = firmwareVersion;
    this.quote = quote;
    this.otherAttested = otherAttested;
  }

  /**
   * A quote.
   *
   * @param qualifiedSigner name of the signing key in its hierarchy: algorithm and digest
   * @param extraData the nonce, at most 66 bytes
   */
  public static TpmsAttest quote(
      byte[] qualifiedSigner,
      byte[] extraData,
      ClockInfo clockInfo,
      long firmwareVersion,
      QuoteInfo info) {
    if (extraData.length > MAX_EXTRA_DATA || qualifiedSigner.length > MAX_NAME) {
      throw new IllegalArgumentException("nonce or name longer than a TPM accepts");
    }
    return new TpmsAttest(
        QUOTE,
        qualifiedSigner.clone(),
        extraData.clone(),
        Objects.requireNonNull(clockInfo, "clockInfo"),
        firmwareVersion,
        Optional.of(info),
        new byte[0]);
  }

  /**
   * Reads a structure. Of types other than quote the attested part is kept unread.
   *
   * @throws EvidenceException {@link Refusal#QUOTE_MALFORMED} for anything a TPM would not write
   */
  public static TpmsAttest parse(byte[] message) {
    ByteBuffer in = ByteBuffer.wrap(message);
    try {
      if (in.getInt() != MAGIC) {
        throw malformed("magic is not TPM_GENERATED_VALUE");
      }
      int type = Short.toUnsignedInt(in.getShort());
      if (type < FIRST_TYPE || type > LAST_TYPE || type == UNUSED_TYPE) {
        throw malformed("attestation type 0x%04x".formatted(type));
      }
      byte[] signer = sized(in, MAX_NAME);
      byte[] extraData = sized(in, MAX_EXTRA_DATA);
      ClockInfo clock = new ClockInfo(in.getLong(), in.getInt(), in.getInt(), yesNo(in.get()));
      long firmwareVersion = in.getLong();
      Optional<QuoteInfo> quote = Optional.empty();
      if (type == QUOTE) {
        quote = Optional.of(quoteInfo(in));
        if (in.hasRemaining()) {
          throw malformed(in.remaining() + " bytes after the structure");
        }
      }
      byte[] rest = new byte[in.remaining()];
      in.get(rest);
      return new TpmsAttest(type, signer, extraData, clock, firmwareVersion, quote, rest);
    } catch (BufferUnderflowException e) {
      throw malformed("ends within a field");
    }
  }

  private static QuoteInfo quoteInfo(ByteBuffer in) {
    long count = Integer.toUnsignedLong(in.getInt());
    if (count > MAX_SELECTIONS) {
      throw malformed(count + " PCR selections");
    }
    List<PcrSelection> selections = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      int algorithm = Short.toUnsignedInt(in.getShort());
      int size = Byte.toUnsignedInt(in.get());
      if (size > MAX_BITMAP) {
        throw malformed("PCR bitmap of " + size + " bytes");
      }
      byte[] bitmap = new byte[size];
      in.get(bitmap);
      selections.add(PcrSelection.of(algorithm, bitmap));
    }
    return new QuoteInfo(selections, sized(in, MAX_DIGEST));
  }

  private static byte[] sized(ByteBuffer in, int limit) {
    int size = Short.toUnsignedInt(in.getShort());
    if (size > limit) {
      throw malformed("field of " + size + " bytes where at most " + limit + " fit");
    }
    byte[] value = new byte[size];
    in.get(value);
    return value;
  }

  private static boolean yesNo(byte value) {
    if (value != 0 && value != 1) {
      throw malformed("a flag that is neither yes nor no");
    }
    return value == 1;
  }

  private static EvidenceException malformed(String cause) {
    return EvidenceException.because(Refusal.QUOTE_MALFORMED, cause);
  }

  /** The bytes a TPM would sign. */
  public byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(encodedSize());
    out.putInt(MAGIC).putShort((short) type);
    putSized(out, qualifiedSigner);
    putSized(out, extraData);
    out.putLong(clockInfo.clock()).putInt(clockInfo.resetCount()).putInt(clockInfo.restartCount());
    out.put((byte) (clockInfo.safe() ? 1 : 0)).putLong(firmwareVersion);
    quote.ifPresent(
        info -> {
          out.putInt(info.selections().size());
          for (PcrSelection selection : info.selections()) {
            byte[] bitmap = selection.bitmap();
            out.putShort((short) selection.hashAlgorithm()).put((byte) bitmap.length).put(bitmap);
          }
          putSized(out, info.pcrDigest());
        });
    return out.put(otherAttested).array();
  }

  private int encodedSize() {
    int size = 4 + 2 + 2 + qualifiedSigner.length + 2 + extraData.length + 17 + 8;
    if (quote.isPresent()) {
      size += 4 + 2 + quote.get().pcrDigest().length;
      for (PcrSelection selection : quote.get().selections()) {
        size += 3 + selection.bitmap().length;
      }
    }
    return size + otherAttested.length;
  }

  private static void putSized(ByteBuffer out, byte[] value) {
    out.putShort((short) value.length).put(value);
  }

  /** TPM_ST_ATTEST_*. */
  public int type() {
    return type;
  }

  /** TPM2B_NAME without its size. */
  public byte[] qualifiedSigner() {
    return qualifiedSigner.clone();
  }

  /** The nonce. */
  public byte[] extraData() {
    return extraData.clone();
  }

  public ClockInfo clockInfo() {
    return clockInfo;
  }

  public long firmwareVersion() {
    return firmwareVersion;
  }

  /** Present if the type is quote. */
  public Optional<QuoteInfo> quote() {
    return quote;
  }
}
