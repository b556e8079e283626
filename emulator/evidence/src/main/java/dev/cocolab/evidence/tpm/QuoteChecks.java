package dev.cocolab.evidence.tpm;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** What is asked of a quote, whichever machine the TPM is in. Immutable. */
public final class QuoteChecks {

  /** The register that initdata is extended into, once, by the guest. */
  public static final int INIT_DATA_PCR = 8;

  private final TpmQuote quote;

  public QuoteChecks(TpmQuote quote) {
    this.quote = Objects.requireNonNull(quote, "quote");
  }

  /**
   * The message is about a quote.
   *
   * @throws EvidenceException {@link Refusal#QUOTE_TYPE}
   */
  public static TpmsAttest.QuoteInfo quoteInfo(TpmsAttest attest) {
    return attest
        .quote()
        .orElseThrow(
            () ->
                EvidenceException.mismatch(
                    Refusal.QUOTE_TYPE, "type", type(TpmsAttest.QUOTE), type(attest.type())));
  }

  /**
   * The quote answers the challenge, to the byte.
   *
   * @throws EvidenceException {@link Refusal#QUOTE_NONCE}
   */
  public static void checkNonce(TpmsAttest attest, byte[] expected) {
    requireEqual(Refusal.QUOTE_NONCE, "extraData", expected, attest.extraData());
  }

  /**
   * The quote covers the register values sent with it.
   *
   * @throws EvidenceException {@link Refusal#PCR_DIGEST}
   */
  public void checkPcrDigest(TpmsAttest.QuoteInfo info) {
    requireEqual(Refusal.PCR_DIGEST, "pcrDigest", info.pcrDigest(), quote.pcrDigest());
  }

  /**
   * PCR 8 is what a single extend with the digest leaves.
   *
   * @param digest 32 bytes
   * @param reason what it is refused for otherwise
   */
  public void checkInitData(byte[] digest, Refusal reason) {
    List<byte[]> pcrs = quote.pcrs();
    byte[] found = pcrs.size() > INIT_DATA_PCR ? pcrs.get(INIT_DATA_PCR) : new byte[0];
    byte[] extended = PcrBank.atReset().extend(INIT_DATA_PCR, digest).value(INIT_DATA_PCR);
    requireEqual(reason, "pcr08", extended, found);
  }

  /**
   * The quote covers the whole SHA-256 bank and nothing else.
   *
   * @throws EvidenceException {@link Refusal#PCR_SELECTION} or {@link Refusal#PCR_COUNT}
   */
  public void checkSelection(TpmsAttest attest) {
    List<PcrSelection> expected = List.of(PcrSelection.allSha256());
    List<PcrSelection> found =
        attest.quote().map(TpmsAttest.QuoteInfo::selections).orElse(List.of());
    if (!expected.equals(found)) {
      throw EvidenceException.mismatch(
          Refusal.PCR_SELECTION, "pcrSelect", expected.toString(), found.toString());
    }
    int count = quote.pcrs().size();
    if (count != PcrBank.COUNT) {
      throw EvidenceException.mismatch(
          Refusal.PCR_COUNT, "pcrs", Integer.toString(PcrBank.COUNT), Integer.toString(count));
    }
  }

  private static void requireEqual(Refusal reason, String field, byte[] expected, byte[] found) {
    if (!MessageDigest.isEqual(expected, found)) {
      throw EvidenceException.mismatch(
          reason, field, HexFormat.of().formatHex(expected), HexFormat.of().formatHex(found));
    }
  }

  private static String type(int type) {
    return "%04x".formatted(type);
  }
}
