package dev.cocolab.evidence;

/** Processor generations with a root of their own. */
public enum AmdGeneration {
  MILAN("Milan"),
  GENOA("Genoa"),
  TURIN("Turin");

  private final String productName;

  AmdGeneration(String productName) {
    this.productName = productName;
  }

  /** The name in certificates: {@code ARK-Milan}, {@code SEV-Milan}. */
  public String productName() {
    return productName;
  }

  /**
   * The generation of a processor by the CPUID values of an attestation report, version 3 and
   * later.
   *
   * @param family extended plus base family
   * @param model extended and base model
   * @throws EvidenceException {@link Refusal#CPU_GENERATION} for a processor without a root
   */
  public static AmdGeneration ofCpuid(int family, int model) {
    switch (family) {
      case 0x19 -> {
        if (model <= 0x0f) {
          return MILAN;
        }
        if (model <= 0x1f || (model >= 0xa0 && model <= 0xaf)) {
          return GENOA;
        }
      }
      case 0x1a -> {
        if (model <= 0x11) {
          return TURIN;
        }
      }
      default ->
          throw EvidenceException.because(Refusal.CPU_GENERATION, "Processor family not supported");
    }
    throw EvidenceException.because(Refusal.CPU_GENERATION, "Processor model not supported");
  }
}
