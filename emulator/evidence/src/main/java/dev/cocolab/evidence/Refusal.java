package dev.cocolab.evidence;

/**
 * Why evidence was refused. The text is that of Trustee's verifier where Trustee refuses the same
 * thing; where our check is stricter ({@link #isStricterThanUpstream()}) the text is ours.
 */
public enum Refusal {
  REPORT_DATA_ABSENT("unexpected empty report data"),
  EVIDENCE_MALFORMED("Failed to deserialize Azure vTPM SEV-SNP evidence"),
  HCL_REPORT_SIZE("invalid report size"),
  HCL_REPORT_TYPE("invalid report type"),
  /** The hash of the variable data is not SHA-256; Trustee aborts here. */
  HCL_HASH_TYPE("unsupported hash type of the HCL variable data"),
  AK_ABSENT("Failed to get AKpub"),
  AK_MALFORMED("Failed to parse AKpub"),
  QUOTE_SIGNATURE("vTPM quote is not signed by AKpub"),
  QUOTE_MALFORMED("Failed to parse TPM quote message"),
  QUOTE_NONCE("TPM quote nonce doesn't match expected report_data"),
  QUOTE_TYPE("TPM attestation is not a quote"),
  PCR_DIGEST("Digest of PCRs does not match digest in Quote"),
  SNP_REPORT_MALFORMED("malformed SNP attestation report"),
  VARIABLE_DATA_DIGEST("HCL variable data digest doesn't match SNP report data"),
  VARIABLE_DATA_MALFORMED("Failed to parse var data as JSON"),
  USER_DATA_MALFORMED("Failed to decode user_data from hex string"),
  USER_DATA("User-data in HCL variable data doesn't match report_data"),
  VCEK_MALFORMED("Invalid VCEK DER"),
  CPU_GENERATION("Failed to get CPU Generation"),
  CA_CHAIN("Failed to validate CA chain"),
  VCEK_CHAIN("Failed to validate VCEK"),
  VCEK_EXTENSION("Oid not found"),
  TCB_MICROCODE("Microcode version mismatch"),
  TCB_SNP("SNP version mismatch"),
  TCB_TEE("TEE version mismatch"),
  TCB_BOOTLOADER("Boot loader version mismatch"),
  REPORT_SIGNATURE("Signature validation failed."),
  VMPL("VMPL of SNP report is not 0"),
  PCR_LENGTH("Invalid PCR length, expected 32 bytes"),
  INIT_DATA("Expected init_data digest is different from the content of PCR8"),

  /** The quote covers something else than PCR 0 to 23 of the SHA-256 bank. */
  PCR_SELECTION("TPM quote does not select PCR 0 to 23 of the SHA-256 bank", true),
  PCR_COUNT("Evidence does not hold 24 PCRs", true),
  /**
   * A field of the HCL header that no signature covers does not have the value every Azure host
   * writes.
   */
  HCL_HEADER("HCL report header is not that of an Azure host", true),
  REPORT_PADDING("Bytes after the SNP report signature are not zero", true),
  CHIP_ID("Chip ID mismatch", true),
  TCB_FMC("FMC version mismatch", true),
  CA_VALIDITY("AMD certificate authority is not valid at verification time", true),
  EVIDENCE_VERSION("Evidence version is below the accepted minimum", true),
  DEBUG_POLICY("SNP guest policy allows debugging", true),

  SNP_EVIDENCE_MALFORMED("Deserialize SNP Evidence failed"),
  SNP_VERSION_OLD("Attestation Report version is too old. Please update your firmware."),
  SNP_VERSION_UNKNOWN(
      "Unexpected attestation report version. Check SNP Firmware ABI specification"),
  /** A certificate of the host's table cannot be read. */
  CERTIFICATE_MALFORMED("Failed to decode a certificate of the provided chain"),
  ARK_FOREIGN("Provided ARK has an invalid signature"),
  VEK_ABSENT("If a cert chain is provided, it must include a VCEK/VLEK"),
  VEK_CHAIN("Certificate chain provided by user failed to verify"),
  VEK_SOURCES("Failed to fetch VCEK from any configured source"),
  VEK_SIGNATURE("Report signature verification against VEK signature failed"),
  VMPL_CHECK("VMPL Check Failed"),
  REPORT_DATA("Report Data Mismatch"),
  HOST_DATA("Host Data Mismatch"),
  VEK_VALIDITY("Endorsement key is not valid at verification time", true),
  /** What a source gave is no certificate. */
  VEK_SOURCE_MALFORMED("Failed to convert KDS VCEK into certificate"),
  VEK_SOURCE_CHAIN("Certificate chain from KDS failed verification"),
  REVOKED("Certificate is revoked", true),
  REVOCATION_LIST_AGE("List of revoked certificates is not current", true),

  TPM_EVIDENCE_MALFORMED("Failed to deserialize TPM Evidence"),
  TPM_SIGNATURE_ENCODING("Failed to decode signature from base64"),
  TPM_SIGNATURE_MALFORMED("Failed to unmarshal TSS signature"),
  TPM_SIGNATURE_TYPE("Unsupported signature type, expected RSA-SSA"),
  /** Trustee does not look at the hash the signature names, and verifies with SHA-256. */
  TPM_SIGNATURE_HASH("Unsupported signature hash, expected SHA-256", true),
  TPM_MESSAGE_ENCODING("Failed to decode message from base64"),
  TPM_PCR_LENGTH("PCR should be 64 hex characters (32 bytes)"),
  TPM_PCR_ENCODING("Failed to decode PCR from hex"),
  TPM_AK_ENCODING("Base64 decode of AK public failed"),
  TPM_AK_MALFORMED("Failed to parse AK public key"),
  /** Trustee knows no smallest key. */
  TPM_AK_UNSUPPORTED("AK public key is not an RSA key of 1024 to 4096 bits", true),
  TPM_QUOTE_SIGNATURE("TPM quote signature verification failed"),
  TPM_INIT_DATA("TPM PCR[8] doesn't match expected initdata hash"),
  /** The evidence has fewer than nine registers; Trustee aborts here. */
  TPM_INIT_DATA_PCR("TPM evidence does not hold PCR 8"),
  /** The expected digest does not have 32 bytes; Trustee aborts here. */
  TPM_INIT_DATA_SIZE("Expected initdata hash does not have 32 bytes"),

  EVENT_LOG_MALFORMED("Parse CC Eventlog failed"),
  /** The message names the register and both values. */
  EVENT_LOG_REPLAY("Eventlog does not pass measurement replay"),
  TDX_EVIDENCE_MALFORMED("Deserialize TDX Evidence failed."),
  TDX_QUOTE_EMPTY("TDX Quote is empty."),
  TDX_QUOTE_MALFORMED("malformed TDX quote"),
  TDX_QUOTE_IS_SGX("expected TDX quote (v4/v5), got SGX quote (v3)"),
  TDX_REPORT_DATA("REPORT_DATA is different from that in TDX Quote"),
  TDX_INIT_DATA("MRCONFIGID is different from that in TDX Quote"),
  AZ_TDX_EVIDENCE_MALFORMED("Failed to deserialize Azure vTPM TDX evidence"),
  AZ_TDX_REPORT_DATA("TDX Quote report data mismatch"),
  TD_DEBUG("TD attributes allow debugging", true),

  PCK_CHAIN_MALFORMED("failed to parse PCK PEM certificate chain"),
  PCK_EXTENSION("failed to parse SGX extension DER"),
  COLLATERAL_TCB_INFO("failed to fetch TcbInfo"),
  COLLATERAL_QE_IDENTITY("failed to fetch QeIdentity"),
  COLLATERAL_PCK_CRL("failed to fetch PCK CRL"),
  COLLATERAL_ROOT_CRL("failed to fetch Root CA CRL"),
  DCAP_ROOT_KEY(
      "tee_verify_quote failed: 0xe022 - There was an error verifying the PCK certificate signature"
          + " chain including PCK certificate revocation."),
  DCAP_CHAIN("tee_verify_quote failed: 0xe001 - An unexpected internal error occurred."),
  DCAP_CRL_SIGNATURE(
      "tee_verify_quote failed: 0xe068 - Invalid signature during quote verification."),
  DCAP_REVOKED("tee_verify_quote failed: 0xe031 - PCK is revoked."),
  DCAP_TCB_INFO_SIGNATURE(
      "tee_verify_quote failed: 0xe03a - There was an error verifying the TCBInfo signature chain"
          + " including TCBInfo revocation."),
  DCAP_QE_IDENTITY_SIGNATURE(
      "tee_verify_quote failed: 0xe039 - There was an error verifying the QEIdentity signature chain"
          + " including QEIdentity revocation."),
  DCAP_QUOTE_FORMAT(
      "tee_verify_quote failed: 0xe01d - The inputted quote format is not supported. Either because"
          + " the header information is not supported or the quote is malformed in some way."),
  DCAP_TCB_INFO_FORMAT(
      "tee_verify_quote failed: 0xe023 - The format of the TCBInfo structure is unsupported."),
  DCAP_QE_IDENTITY_FORMAT(
      "tee_verify_quote failed: 0xe025 - The format of the QEIdentity structure is unsupported."),
  DCAP_TCB_INFO_MISMATCH(
      "tee_verify_quote failed: 0xe024 - PCK certificate FMSPc does not match the TCBInfo FMSPc."),
  DCAP_TDX_MODULE(
      "tee_verify_quote failed: 0xe060 - TDX SEAM module identity is NOT match to Intel signed TDX"
          + " SEAM module."),
  DCAP_QE_REPORT_SIGNATURE(
      "tee_verify_quote failed: 0xe01f - The signature over the QE Report is invalid."),
  /** The quoting enclave did not vouch for the key that signs the quote. */
  DCAP_QE_REPORT_DATA("tee_verify_quote failed: 0xe001 - An unexpected internal error occurred."),
  DCAP_QE_IDENTITY(
      "tee_verify_quote failed: 0xe026 - The Quote's QE doesn't match the inputted expected"
          + " QEIdentity."),
  DCAP_QUOTE_SIGNATURE(
      "tee_verify_quote failed: 0xe068 - Invalid signature during quote verification."),
  DCAP_TCB_UNSUPPORTED(
      "tee_verify_quote failed: 0xe066 - Current TCB level cannot be found in platform/enclave TCB"
          + " info."),
  DCAP_TCB_REVOKED("tee_verify_quote failed: 0xe032 - TCB is revoked."),
  /** Trustee accepts it and says so in a claim. */
  COLLATERAL_EXPIRED("Certificates or collateral are not valid at verification time", true),

  NVIDIA_EVIDENCE_MALFORMED("Failed to deserialize the NVIDIA device evidence"),
  NVIDIA_REPORT_DATA_ABSENT("Nvidia report data not provided"),
  NVIDIA_ARCHITECTURE("Device architecture not supported"),
  NVIDIA_ENCODING("Failed to decode the NVIDIA device evidence"),
  /** The message says what is wrong with the report. */
  NVIDIA_REPORT_MALFORMED("malformed NVIDIA attestation report"),
  /** The message says what is wrong with the certificates. */
  NVIDIA_CHAIN_MALFORMED("malformed NVIDIA certificate chain"),
  NVIDIA_SIGNATURE("NVIDIA report signature verification failed."),
  NVIDIA_CHAIN_SHORT("Certificate chain must have at least the root CA and signing certificates"),
  NVIDIA_ROOT("Root CA in the certificate chain is not trusted"),
  /** The message holds both values, or says which is absent. */
  NVIDIA_FWID("Fwid mismatch"),
  NVIDIA_CHAIN("Report certificate chain failed to verify"),
  NVIDIA_NONCE("Nvidia report nonce mismatch"),
  NVIDIA_TRAILING("Bytes after the signature of the NVIDIA report", true),
  NVIDIA_NO_DEVICE("NVIDIA evidence holds no device", true),

  SAMPLE_MALFORMED("Deserialize Quote failed."),
  SAMPLE_REPORT_DATA("Evidence's identity verification error.");

  private final String text;
  private final boolean stricter;

  Refusal(String text) {
    this(text, false);
  }

  Refusal(String text, boolean stricter) {
    this.text = text;
    this.stricter = stricter;
  }

  /** The first line a user sees. */
  public String text() {
    return text;
  }

  /** Whether Trustee's own verifier would have accepted what was refused for this reason. */
  public boolean isStricterThanUpstream() {
    return stricter;
  }
}
