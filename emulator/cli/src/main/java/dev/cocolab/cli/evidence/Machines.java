package dev.cocolab.cli.evidence;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.Tee;
import dev.cocolab.tee.BootImage;
import dev.cocolab.tee.ConfidentialVm;
import dev.cocolab.tee.EvidenceMachine;
import dev.cocolab.tee.PlatformAuthority;
import dev.cocolab.tee.RsaKeyPool;
import dev.cocolab.tee.SampleMachine;
import dev.cocolab.tee.SnpGuest;
import dev.cocolab.tee.TeeException;
import dev.cocolab.tee.TpmMachine;
import dev.cocolab.tee.VmRequest;
import dev.cocolab.tee.tdx.TdOptions;
import dev.cocolab.tee.tdx.TrustDomain;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** Boots emulated machines that give evidence. */
public final class Machines {
  /** The kinds of evidence that can be made. */
  static final List<Tee> TEES =
      List.of(Tee.AZ_SNP_VTPM, Tee.AZ_TDX_VTPM, Tee.SNP, Tee.TDX, Tee.TPM, Tee.SAMPLE);

  private static final String SNP_SIZE = "Standard_DC2as_v5";
  private static final String TDX_SIZE = "Standard_DC2es_v5";
  private static final int INIT_DATA_PCR = 8;
  private static final int PCR_SIZE = 32;

  private final Roots roots;
  private final SecureRandom random = new SecureRandom();
  private final Clock clock = Clock.systemUTC();

  /** Machines of the emulated hardware that these roots belong to. */
  public Machines(Roots roots) {
    this.roots = roots;
  }

  /**
   * Boots a machine of the pod VM image of the lab, on this machine's emulated hardware.
   *
   * @param initData digest that the machine is bound to: PCR 8 is extended with its first 32 bytes,
   *     or the host gives it to the guest at launch
   * @throws CliException {@link ExitCode#USAGE} for a digest that does not fit
   */
  public EvidenceMachine boot(Tee tee, Optional<byte[]> initData) {
    return switch (tee) {
      case AZ_SNP_VTPM -> azure(SNP_SIZE, initData);
      case SNP ->
          SnpGuest.launch(
              platform().processor(),
              BootImage.defaultPodVm().launchMeasurement(),
              initData,
              random);
      case AZ_TDX_VTPM -> azure(TDX_SIZE, initData);
      case TDX ->
          TrustDomain.launch(
              roots.intel().platform(), BootImage.defaultPodVm(), initData, TdOptions.standard());
      case TPM -> tpm(initData);
      case SAMPLE -> new SampleMachine();
      default -> throw new IllegalArgumentException("no machine with " + tee.wireName());
    };
  }

  private PlatformAuthority platform() {
    return roots.platform(AmdGeneration.MILAN);
  }

  private ConfidentialVm azure(String size, Optional<byte[]> initData) {
    try (RsaKeyPool keys = RsaKeyPool.resting(1, random)) {
      Optional<byte[]> extension = initData.map(Machines::extension);
      ConfidentialVm vm =
          ConfidentialVm.boot(
              platform(),
              BootImage.defaultPodVm(),
              new VmRequest("podvm-evidence", size, UUID.randomUUID(), random, clock, keys));
      extension.ifPresent(digest -> vm.extend(INIT_DATA_PCR, digest));
      return vm;
    }
  }

  private TpmMachine tpm(Optional<byte[]> initData) {
    try (RsaKeyPool keys = RsaKeyPool.resting(1, random)) {
      Optional<byte[]> extension = initData.map(Machines::extension);
      TpmMachine machine = TpmMachine.boot(BootImage.defaultPodVm(), keys, random, clock);
      extension.ifPresent(digest -> machine.extend(INIT_DATA_PCR, digest));
      return machine;
    }
  }

  private static byte[] extension(byte[] digest) {
    if (digest.length < PCR_SIZE) {
      throw new CliException(
          ExitCode.USAGE,
          "--init-data has %d bytes; PCR 8 is extended with 32, give the digest that 'initdata measure' prints"
              .formatted(digest.length));
    }
    return Arrays.copyOf(digest, PCR_SIZE);
  }

  /**
   * What the emulated hardware refuses becomes a message for the user.
   *
   * @throws CliException {@link ExitCode#UNFIT} where this machine is at fault, else {@link
   *     ExitCode#USAGE}
   */
  static <T> T asked(String option, Supplier<T> asking) {
    try {
      return asking.get();
    } catch (TeeException e) {
      throw e.reason() == TeeException.Reason.PLATFORM_KEYS
          ? new CliException(ExitCode.UNFIT, e.getMessage(), e)
          : new CliException(ExitCode.USAGE, "%s: %s".formatted(option, e.getMessage()), e);
    }
  }
}
