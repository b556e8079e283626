package dev.cocolab.tee.tamper;

import java.util.Locale;

/** What a field belongs to, and so what protects it. */
public enum Layer {
  /** Members of the evidence that nothing covers. */
  ENVELOPE("nothing"),
  /** Header of the HCL report. */
  HCL_HEADER("nothing"),
  /** Variable data of the HCL report. */
  VARIABLE_DATA("report data of the hardware report"),
  SNP_REPORT("signature of the endorsement key"),
  SNP_SIGNATURE("nothing"),
  /** Certificate of the key that signs SNP reports. */
  ENDORSEMENT("signature of AMD's intermediate"),
  ENDORSEMENT_SIGNATURE("nothing"),
  /** Certificates above the endorsement key that the host sends. */
  AUTHORITY("signature of its issuer"),
  PCRS("digest in the TPM quote"),
  /** The message that the TPM signs. */
  TPM_MESSAGE("signature of the attestation key"),
  TPM_SIGNATURE("nothing"),
  /** The public attestation key that a bare TPM declares itself. */
  TPM_KEY("nothing"),
  TD_REPORT("MAC of the processor, and the quote made from it"),
  TD_REPORT_MAC("nothing"),
  /** Header and body of a TDX quote. */
  TDX_QUOTE("signature of the quoting enclave"),
  QUOTE_SIGNATURE("nothing"),
  /** Sizes and types between the parts of a quote. */
  QUOTE_FRAME("nothing"),
  /** Public key of the quoting enclave, and what it authenticates beside it. */
  ATTESTATION_KEY("report data of the quoting enclave"),
  QE_REPORT("signature of the PCK"),
  QE_SIGNATURE("nothing"),
  /** Certificate of the platform. */
  PCK("signature of the platform authority"),
  PCK_SIGNATURE("nothing"),
  EVENT_LOG("run-time registers of the quote"),
  /** Evidence of a guest without a TEE. */
  SAMPLE("nothing");

  private final String protectedBy;

  Layer(String protectedBy) {
    this.protectedBy = protectedBy;
  }

  /** The name for output, such as {@code snp-report}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What covers the field, in words; {@code nothing} for signatures and unsigned fields. */
  public String protectedBy() {
    return protectedBy;
  }
}
