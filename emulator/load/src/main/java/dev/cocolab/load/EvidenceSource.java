package dev.cocolab.load;

import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.sample.SampleEvidence;
import dev.cocolab.load.LoadException.Reason;
import dev.cocolab.tee.BootImage;
import dev.cocolab.tee.ConfidentialVm;
import dev.cocolab.tee.PlatformAuthority;
import dev.cocolab.tee.RsaKeyPool;
import dev.cocolab.tee.SecureProcessor;
import dev.cocolab.tee.SnpGuest;
import dev.cocolab.tee.TpmMachine;
import dev.cocolab.tee.VmRequest;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Makes fresh evidence: each piece is signed anew over the report data that it is given. Safe for
 * use by several threads.
 */
interface EvidenceSource {
  /** The kinds that can be made. */
  Set<Tee> TEES = Set.of(Tee.SAMPLE, Tee.AZ_SNP_VTPM, Tee.SNP, Tee.TPM);

  /**
   * Evidence bound to report data.
   *
   * @param reportData 48 bytes
   */
  JsonNode evidence(byte[] reportData);

  /** Where several threads ask, each gets a source that it need not wait for, if it can be. */
  static List<EvidenceSource> of(
      Tee tee, int version, int count, Path platform, SecureRandom random, Clock clock) {
    List<EvidenceSource> sources = new ArrayList<>();
    switch (tee) {
      case SAMPLE -> sources.add(reportData -> SampleEvidence.of(reportData).toJson());
      case AZ_SNP_VTPM -> {
        PlatformAuthority authority = PlatformAuthority.open(platform, random, clock);
        try (RsaKeyPool keys = RsaKeyPool.resting(1, random)) {
          for (int i = 0; i < count; i++) {
            ConfidentialVm vm =
                ConfidentialVm.boot(
                    authority, BootImage.defaultPodVm(), request(i, keys, random, clock));
            sources.add(reportData -> vm.evidence(reportData, version));
          }
        }
      }
      case SNP -> {
        SecureProcessor processor = PlatformAuthority.open(platform, random, clock).processor();
        SnpGuest guest =
            SnpGuest.launch(
                processor, BootImage.defaultPodVm().launchMeasurement(), Optional.empty(), random);
        sources.add(guest::evidence);
      }
      case TPM -> {
        try (RsaKeyPool keys = RsaKeyPool.resting(1, random)) {
          for (int i = 0; i < count; i++) {
            TpmMachine machine = TpmMachine.boot(BootImage.defaultPodVm(), keys, random, clock);
            sources.add(machine::evidence);
          }
        }
      }
      default ->
          throw new LoadException(
              Reason.BAD_INPUT, "no evidence of the TEE " + tee.wireName() + " can be made");
    }
    return sources;
  }

  private static VmRequest request(int number, RsaKeyPool keys, SecureRandom random, Clock clock) {
    return new VmRequest(
        "podvm-load-" + number, "Standard_DC2as_v5", UUID.randomUUID(), random, clock, keys);
  }
}
