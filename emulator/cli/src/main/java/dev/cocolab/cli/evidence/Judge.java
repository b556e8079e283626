package dev.cocolab.cli.evidence;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.TeeClaims;
import dev.cocolab.evidence.azure.AzSnpVtpmVerifier;
import dev.cocolab.evidence.azure.AzTdxVtpmVerifier;
import dev.cocolab.evidence.dcap.CollateralSource;
import dev.cocolab.evidence.dcap.IntelRoots;
import dev.cocolab.evidence.nvidia.NvidiaVerifier;
import dev.cocolab.evidence.sample.SampleVerifier;
import dev.cocolab.evidence.snp.SnpVerifier;
import dev.cocolab.evidence.snp.VerifiedGuest;
import dev.cocolab.evidence.tdx.TdxVerifier;
import dev.cocolab.evidence.tdx.VerifiedDomain;
import dev.cocolab.evidence.tpm.TpmVerifier;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Has evidence judged by the verifier of its TEE. */
final class Judge {
  /** The kinds of evidence that can be judged. */
  static final List<Tee> TEES =
      List.of(Tee.AZ_SNP_VTPM, Tee.AZ_TDX_VTPM, Tee.SNP, Tee.TDX, Tee.TPM, Tee.SAMPLE, Tee.NVIDIA);

  private final Function<Tee, TrustAnchors> roots;
  private final Supplier<CollateralSource> collateral;
  private final Clock clock;
  private final Stance stance;

  /**
   * A judge.
   *
   * @param roots asked for where evidence ends at a root; for others they need not exist
   * @param collateral asked for where a platform of Intel is judged
   * @param clock the time at which certificates have to be valid
   */
  Judge(
      Function<Tee, TrustAnchors> roots,
      Supplier<CollateralSource> collateral,
      Clock clock,
      Stance stance) {
    this.roots = roots;
    this.collateral = collateral;
    this.clock = clock;
    this.stance = stance;
  }

  /**
   * Judges evidence of one of {@link #TEES}.
   *
   * @throws CliException {@link ExitCode#USAGE} if no root of its vendor is among the anchors
   */
  Outcome judge(Tee tee, JsonNode evidence, ExpectedBinding expected) {
    try {
      return switch (tee) {
        case AZ_SNP_VTPM ->
            guest(new AzSnpVtpmVerifier(amd(tee).amd(), clock, stance).check(evidence, expected));
        case SNP -> guest(new SnpVerifier(amd(tee).amd(), clock, stance).check(evidence, expected));
        case AZ_TDX_VTPM ->
            domain(
                new AzTdxVtpmVerifier(intel(tee), collateral.get(), clock, stance)
                    .check(evidence, expected));
        case TDX ->
            domain(
                new TdxVerifier(intel(tee), collateral.get(), clock, stance)
                    .check(evidence, expected));
        case TPM -> rootless(new TpmVerifier(stance), evidence, expected);
        case SAMPLE -> rootless(new SampleVerifier(), evidence, expected);
        case NVIDIA -> devices(evidence, expected);
        default -> throw new IllegalArgumentException("no verifier of " + tee.wireName());
      };
    } catch (EvidenceException e) {
      return Outcome.refused(tee, e);
    }
  }

  private TrustAnchors amd(Tee tee) {
    TrustAnchors anchors = roots.apply(tee);
    boolean trusted =
        Arrays.stream(AmdGeneration.values())
            .anyMatch(generation -> !anchors.amd().chains(generation).isEmpty());
    if (!trusted) {
      throw none(anchors, "AMD: ARK-Milan and SEV-Milan, or those of Genoa or Turin");
    }
    return anchors;
  }

  private IntelRoots intel(Tee tee) {
    TrustAnchors anchors = roots.apply(tee);
    if (anchors.intel().isEmpty()) {
      throw none(anchors, "Intel: Intel SGX Root CA");
    }
    return IntelRoots.of(anchors.intel());
  }

  private static Outcome domain(VerifiedDomain domain) {
    return Outcome.accepted(
        domain.claims().tee(), Optional.of(domain.anchor()), domain.claims().claims());
  }

  private Outcome devices(JsonNode evidence, ExpectedBinding expected) {
    TrustAnchors anchors = roots.apply(Tee.NVIDIA);
    if (anchors.nvidia().isEmpty()) {
      throw none(anchors, "NVIDIA: NVIDIA Device Identity CA");
    }
    List<TeeClaims> found =
        new NvidiaVerifier(anchors.nvidia(), clock, stance).verify(evidence, expected);
    ObjectNode claims = found.get(0).claims();
    if (found.size() > 1) {
      claims = JsonMapper.shared().createObjectNode();
      ArrayNode devices = claims.putArray("devices");
      found.forEach(device -> devices.add(device.claims()));
    }
    return Outcome.accepted(Tee.NVIDIA, Optional.of("NVIDIA"), claims);
  }

  private static CliException none(TrustAnchors anchors, String wanted) {
    return new CliException(
        ExitCode.USAGE, "--roots %s holds no root of %s".formatted(anchors.source(), wanted));
  }

  private static Outcome guest(VerifiedGuest guest) {
    return Outcome.accepted(
        guest.claims().tee(), Optional.of(guest.anchor()), guest.claims().claims());
  }

  private static Outcome rootless(
      EvidenceVerifier verifier, JsonNode evidence, ExpectedBinding expected) {
    return Outcome.accepted(
        verifier.tee(), Optional.empty(), verifier.verify(evidence, expected).get(0).claims());
  }
}
