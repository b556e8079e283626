package dev.cocolab.evidence;

import java.util.Arrays;
import java.util.Optional;

/** The kinds of trusted execution environment that the KBS protocol can name. */
public enum Tee {
  AZ_SNP_VTPM("az-snp-vtpm", "AzSnpVtpm"),
  AZ_TDX_VTPM("az-tdx-vtpm", "AzTdxVtpm"),
  SNP("snp", "Snp"),
  TDX("tdx", "Tdx"),
  SGX("sgx", "Sgx"),
  CCA("cca", "Cca"),
  CSV("csv", "Csv"),
  SE("se", "Se"),
  TPM("tpm", "Tpm"),
  HYGON_DCU("hygondcu", "HygonDcu"),
  NVIDIA("nvidia", "Nvidia"),
  SAMPLE("sample", "Sample"),
  SAMPLE_DEVICE("sampledevice", "SampleDevice");

  private final String wireName;
  private final String logName;

  Tee(String wireName, String logName) {
    this.wireName = wireName;
    this.logName = logName;
  }

  /** The name in KBS messages and in the policy input, such as {@code az-snp-vtpm}. */
  public String wireName() {
    return wireName;
  }

  /** The name in the logs of Trustee and the guest components, such as {@code AzSnpVtpm}. */
  public String logName() {
    return logName;
  }

  /** The TEE with this exact wire name; empty for any other text. */
  public static Optional<Tee> ofWireName(String wireName) {
    return Arrays.stream(values()).filter(tee -> tee.wireName.equals(wireName)).findFirst();
  }
}
