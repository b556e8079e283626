package dev.cocolab.tee;

import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.azure.AzSnpVtpmVerifier;
import dev.cocolab.evidence.azure.AzTdxVtpmVerifier;
import dev.cocolab.evidence.dcap.CollateralSource;
import dev.cocolab.evidence.dcap.IntelRoots;
import dev.cocolab.evidence.snp.SnpVerifier;
import dev.cocolab.evidence.tdx.TdxVerifier;
import dev.cocolab.evidence.tpm.TpmVerifier;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;

/** The verifiers that accept evidence of one machine's emulated hardware, and of no other. */
public final class EmulatedVerifiers {
  private EmulatedVerifiers() {}

  /**
   * One verifier for each kind of hardware that is emulated, in the strict stance; a new map.
   *
   * @param platform whose roots are trusted
   * @param clock of the verifiers
   */
  public static Map<Tee, EvidenceVerifier> of(PlatformAuthority platform, Clock clock) {
    IntelRoots intel = platform.intel().roots();
    CollateralSource collateral = platform.intel().source();
    Map<Tee, EvidenceVerifier> verifiers = new EnumMap<>(Tee.class);
    verifiers.put(Tee.AZ_SNP_VTPM, new AzSnpVtpmVerifier(platform.roots(), clock));
    verifiers.put(Tee.AZ_TDX_VTPM, new AzTdxVtpmVerifier(intel, collateral, clock));
    verifiers.put(Tee.SNP, new SnpVerifier(platform.roots(), clock));
    verifiers.put(Tee.TDX, new TdxVerifier(intel, collateral, clock));
    verifiers.put(Tee.TPM, new TpmVerifier());
    return verifiers;
  }
}
