package dev.cocolab.guest;

import dev.cocolab.protocol.Initdata;
import dev.cocolab.tee.ConfidentialVm;
import java.util.Arrays;

/**
 * What the VM image does with its initdata before anything reads it: the step of {@code
 * process-user-data} (cloud-api-adaptor) that ties the document to the evidence.
 */
@FunctionalInterface
public interface InitdataMeasurement {
  /** The register of Azure pod VM images. */
  int PCR = 8;

  /** How much of the document's digest a SHA-256 register takes. */
  int MEASURED_BYTES = 32;

  /** Measures the document into a register of the hardware. */
  void measure(Initdata document, ConfidentialVm hardware);

  /** Extends PCR 8 with the first 32 bytes of the document's digest. */
  static InitdataMeasurement intoPcr8() {
    return (document, hardware) ->
        hardware.extend(PCR, Arrays.copyOf(document.digest(), MEASURED_BYTES));
  }
}
