package dev.cocolab.lab.outside;

import dev.cocolab.evidence.Tee;
import dev.cocolab.tee.BootImage;
import dev.cocolab.tee.ConfidentialVm;
import dev.cocolab.tee.EvidenceMachine;
import dev.cocolab.tee.PlatformAuthority;
import dev.cocolab.tee.RsaKeyPool;
import dev.cocolab.tee.SnpGuest;
import dev.cocolab.tee.TpmMachine;
import dev.cocolab.tee.VmRequest;
import dev.cocolab.tee.tdx.TdOptions;
import dev.cocolab.tee.tdx.TrustDomain;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;

/** Machines whose evidence a Trustee accepts that trusts the hardware in a folder. */
public final class GenuineMachines {
  private static final String SNP_SIZE = "Standard_DC2as_v5";
  private static final String TDX_SIZE = "Standard_DC2es_v5";

  private GenuineMachines() {}

  /**
   * Boots one with the published image and without initdata. It takes what it needs while it boots,
   * so there is nothing to close.
   *
   * @param hardware folder of the emulated hardware
   * @throws IllegalArgumentException for a kind of TEE that is not emulated
   */
  public static EvidenceMachine boot(Tee tee, Path hardware, SecureRandom random, Clock clock) {
    PlatformAuthority platform = PlatformAuthority.open(hardware, random, clock);
    BootImage image = BootImage.defaultPodVm();
    return switch (tee) {
      case SNP ->
          SnpGuest.launch(
              platform.processor(), image.launchMeasurement(), Optional.empty(), random);
      case TDX ->
          TrustDomain.launch(
              platform.intel().platform(), image, Optional.empty(), TdOptions.standard());
      case AZ_SNP_VTPM -> virtualMachine(SNP_SIZE, platform, image, random, clock);
      case AZ_TDX_VTPM -> virtualMachine(TDX_SIZE, platform, image, random, clock);
      case TPM -> {
        try (RsaKeyPool keys = RsaKeyPool.resting(1, random)) {
          yield TpmMachine.boot(image, keys, random, clock);
        }
      }
      default ->
          throw new IllegalArgumentException("'%s' is not emulated".formatted(tee.wireName()));
    };
  }

  private static EvidenceMachine virtualMachine(
      String size, PlatformAuthority platform, BootImage image, SecureRandom random, Clock clock) {
    try (RsaKeyPool keys = RsaKeyPool.resting(2, random)) {
      return ConfidentialVm.boot(
          platform,
          image,
          new VmRequest("podvm-genuine", size, UUID.randomUUID(), random, clock, keys));
    }
  }
}
