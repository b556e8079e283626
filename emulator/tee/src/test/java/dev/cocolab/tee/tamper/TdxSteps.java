package dev.cocolab.tee.tamper;

import static dev.cocolab.tee.tamper.TamperTable.ACCEPTED;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.eventlog.DigestAlgorithm;
import dev.cocolab.evidence.eventlog.EventLog;
import dev.cocolab.evidence.hcl.HclReport;
import dev.cocolab.evidence.tdx.TdField;
import dev.cocolab.evidence.tdx.TdxQuote;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.evidence.tpm.TpmsAttest;
import dev.cocolab.tee.Lab;
import dev.cocolab.tee.tdx.QuoteProof;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The first step of Trustee's order at which evidence of TDX fails, by the parsers and the JDK
 * alone: signatures, digests and bindings, without collateral.
 */
final class TdxSteps {

  private TdxSteps() {}

  static String judge(Specimen specimen, X509Certificate root) {
    try {
      return specimen.tee() == Tee.TDX ? bare(specimen, root) : azure(specimen, root);
    } catch (EvidenceException e) {
      return e.reason().name();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String bare(Specimen specimen, X509Certificate root)
      throws GeneralSecurityException {
    TdxQuote quote = TdxQuote.parse(specimen.whole("quote"));
    Optional<String> broken = QuoteProof.broken(quote, root);
    if (broken.isPresent()) {
      return broken.get();
    }
    if (!Arrays.equals(quote.body().get(TdField.REPORT_DATA), Arrays.copyOf(Lab.REPORT_DATA, 64))) {
      return "report-data";
    }
    EventLog.parse(specimen.whole("cc_eventlog"))
        .requireRtmrs(
            DigestAlgorithm.SHA384,
            List.of(
                quote.body().get(TdField.RTMR_0),
                quote.body().get(TdField.RTMR_1),
                quote.body().get(TdField.RTMR_2),
                quote.body().get(TdField.RTMR_3)));
    return ACCEPTED;
  }

  private static String azure(Specimen specimen, X509Certificate root)
      throws GeneralSecurityException {
    HclReport hcl = HclReport.parse(specimen.whole("hcl_report"));
    List<byte[]> pcrs = new ArrayList<>();
    byte[] all = specimen.whole("tpm_quote.pcrs");
    for (int i = 0; i < all.length; i += 32) {
      pcrs.add(Arrays.copyOfRange(all, i, i + 32));
    }
    byte[] message = specimen.whole("tpm_quote.message");
    if (!TpmQuote.of(specimen.whole("tpm_quote.signature"), message, pcrs)
        .isSignedBy(hcl.attestationKey())) {
      return "ak-signature";
    }
    TpmsAttest attest = TpmsAttest.parse(message);
    if (!Arrays.equals(attest.extraData(), Lab.REPORT_DATA)) {
      return "nonce";
    }
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(all);
    if (!attest.quote().map(info -> Arrays.equals(info.pcrDigest(), digest)).orElse(false)) {
      return "pcr-digest";
    }
    TdxQuote quote = TdxQuote.parse(specimen.whole("td_quote"));
    Optional<String> broken = QuoteProof.broken(quote, root);
    if (broken.isPresent()) {
      return broken.get();
    }
    if (!Arrays.equals(
        Arrays.copyOf(hcl.variableDataDigest(), 64), quote.body().get(TdField.REPORT_DATA))) {
      return "variable-data";
    }
    return Arrays.equals(hcl.userData(), Arrays.copyOf(Lab.REPORT_DATA, 64))
        ? ACCEPTED
        : "user-data";
  }
}
