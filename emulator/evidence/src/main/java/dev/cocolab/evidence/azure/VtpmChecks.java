package dev.cocolab.evidence.azure;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.hcl.HclReport;
import dev.cocolab.evidence.tpm.PcrBank;
import dev.cocolab.evidence.tpm.QuoteChecks;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.evidence.tpm.TpmsAttest;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** What the vTPM of an Azure guest vouches for, whichever hardware is below it. */
final class VtpmChecks {

  /** The register that initdata is extended into, once, by the guest. */
  static final int INIT_DATA_PCR = QuoteChecks.INIT_DATA_PCR;

  private final TpmQuote quote;
  private final HclReport hclReport;
  private final QuoteChecks checks;

  VtpmChecks(TpmQuote quote, HclReport hclReport) {
    this.quote = quote;
    this.hclReport = hclReport;
    this.checks = new QuoteChecks(quote);
  }

  /**
   * The quote is signed by the attestation key, answers the challenge, and covers the register
   * values sent with it.
   */
  TpmsAttest checkQuote(byte[] reportData) {
    if (!quote.isSignedBy(hclReport.attestationKey())) {
      throw EvidenceException.of(Refusal.QUOTE_SIGNATURE);
    }
    TpmsAttest attest = TpmsAttest.parse(quote.message());
    QuoteChecks.checkNonce(attest, reportData);
    checks.checkPcrDigest(QuoteChecks.quoteInfo(attest));
    return attest;
  }

  /**
   * The guest had the report data written into the user data, so that the hardware report is as
   * fresh as the quote.
   */
  void checkUserData(byte[] reportData) {
    byte[] userData = hclReport.userData();
    byte[] head = Arrays.copyOf(userData, Math.min(userData.length, reportData.length));
    requireEqual(Refusal.USER_DATA, "user-data", reportData, head);
  }

  void checkPcrSizes() {
    List<byte[]> pcrs = quote.pcrs();
    for (int i = 0; i < pcrs.size(); i++) {
      if (pcrs.get(i).length != PcrBank.DIGEST_SIZE) {
        throw EvidenceException.mismatch(
            Refusal.PCR_LENGTH,
            "pcr%02d".formatted(i),
            Integer.toString(PcrBank.DIGEST_SIZE),
            Integer.toString(pcrs.get(i).length));
      }
    }
  }

  /**
   * PCR 8 is what a single extend with the digest leaves. Of longer digests the first 32 bytes
   * count, which is what pod VM images extend; Trustee aborts on them, and on fewer than nine
   * registers.
   */
  void checkInitData(byte[] digest) {
    checks.checkInitData(Arrays.copyOf(digest, PcrBank.DIGEST_SIZE), Refusal.INIT_DATA);
  }

  /** The quote covers the whole SHA-256 bank and nothing else. */
  void checkSelection(TpmsAttest attest) {
    checks.checkSelection(attest);
  }

  private static void requireEqual(Refusal reason, String field, byte[] expected, byte[] found) {
    if (!MessageDigest.isEqual(expected, found)) {
      throw EvidenceException.mismatch(
          reason, field, HexFormat.of().formatHex(expected), HexFormat.of().formatHex(found));
    }
  }
}
