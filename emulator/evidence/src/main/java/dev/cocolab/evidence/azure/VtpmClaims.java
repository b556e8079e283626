package dev.cocolab.evidence.azure;

import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.evidence.tpm.TpmsAttest;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** What Trustee says of a vTPM on Azure, whichever hardware is below it. */
final class VtpmClaims {
  private VtpmClaims() {}

  /**
   * Adds {@code tpm} with every register; {@code report_data}, the quote's nonce; and {@code
   * init_data}, PCR 8, where there is one. The last two replace what is there.
   */
  static void addTo(ObjectNode claims, TpmQuote quote, TpmsAttest attest) {
    List<byte[]> pcrs = quote.pcrs();
    if (pcrs.size() > VtpmChecks.INIT_DATA_PCR) {
      claims.put("init_data", EvidenceJson.hex(pcrs.get(VtpmChecks.INIT_DATA_PCR)));
    }
    claims.put("report_data", EvidenceJson.hex(attest.extraData()));
    ObjectNode tpm = claims.putObject("tpm");
    for (int i = 0; i < pcrs.size(); i++) {
      tpm.put(String.format(Locale.ROOT, "pcr%02d", i), EvidenceJson.hex(pcrs.get(i)));
    }
  }
}
