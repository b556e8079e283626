package dev.cocolab.cli.kbs;

import dev.cocolab.cli.evidence.TrustAnchors;
import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.azure.AzSnpVtpmVerifier;
import dev.cocolab.evidence.azure.AzTdxVtpmVerifier;
import dev.cocolab.evidence.dcap.CollateralSource;
import dev.cocolab.evidence.dcap.IntelRoots;
import dev.cocolab.evidence.nvidia.NvidiaVerifier;
import dev.cocolab.evidence.sample.SampleDeviceVerifier;
import dev.cocolab.evidence.sample.SampleVerifier;
import dev.cocolab.evidence.snp.SnpVerifier;
import dev.cocolab.evidence.tdx.TdxVerifier;
import dev.cocolab.evidence.tpm.TpmVerifier;
import java.time.Clock;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The verifiers of a broker: those whose vendor's roots are trusted, and those that need none. */
final class Verifiers {
  private Verifiers() {}

  /**
   * Verifiers in a stance.
   *
   * @param collateral what Intel's service says of the platforms; without it no trust domain is
   *     judged
   */
  static Map<Tee, EvidenceVerifier> of(
      TrustAnchors anchors, Optional<CollateralSource> collateral, Clock clock, Stance stance) {
    Map<Tee, EvidenceVerifier> out = new EnumMap<>(Tee.class);
    put(out, new SampleVerifier());
    put(out, new SampleDeviceVerifier());
    put(out, new TpmVerifier(stance));
    boolean amd =
        Arrays.stream(AmdGeneration.values())
            .anyMatch(generation -> !anchors.amd().chains(generation).isEmpty());
    if (amd) {
      put(out, new SnpVerifier(anchors.amd(), clock, stance));
      put(out, new AzSnpVtpmVerifier(anchors.amd(), clock, stance));
    }
    if (!anchors.intel().isEmpty() && collateral.isPresent()) {
      IntelRoots intel = IntelRoots.of(anchors.intel());
      put(out, new TdxVerifier(intel, collateral.get(), clock, stance));
      put(out, new AzTdxVtpmVerifier(intel, collateral.get(), clock, stance));
    }
    if (!anchors.nvidia().isEmpty()) {
      put(out, new NvidiaVerifier(anchors.nvidia(), clock, stance));
    }
    return out;
  }

  private static void put(Map<Tee, EvidenceVerifier> out, EvidenceVerifier verifier) {
    out.put(verifier.tee(), verifier);
  }
}
