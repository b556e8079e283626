package dev.cocolab.evidence.snp;

/**
 * State of the platform at the time of the report (SEV-SNP firmware ABI, PLATFORM_INFO, 64 bits).
 *
 * @param bits bit 0 SMT enabled, 1 TSME enabled, 2 ECC memory, 3 RAPL disabled, 4 ciphertext
 *     hiding, 5 alias check complete
 */
public record PlatformInfo(long bits) {

  public boolean smtEnabled() {
    return (bits & 1) == 1;
  }

  public boolean tsmeEnabled() {
    return (bits >> 1 & 1) == 1;
  }
}
