package dev.cocolab.tee;

import dev.cocolab.evidence.AmdGeneration;
import java.util.Objects;
import java.util.Optional;

/**
 * How an emulated processor and its host are set up.
 *
 * @param levels TCB versions of its firmware
 * @param reportVersion version of its attestation reports: 2 without CPUID values, 3 with them, 5
 *     with mitigation vectors
 * @param provider name of the cloud provider whose VLEK the processor signs with; empty where it
 *     signs with the VCEK of the chip
 */
public record ProcessorOptions(
    FirmwareLevels levels, int reportVersion, Optional<String> provider) {

  static final int CPUID_SINCE = 3;
  static final int MITIGATIONS_SINCE = 5;
  private static final int FIRST_VERSION = 2;

  public ProcessorOptions {
    Objects.requireNonNull(levels, "levels");
    Objects.requireNonNull(provider, "provider");
    if (reportVersion < FIRST_VERSION || reportVersion > MITIGATIONS_SINCE) {
      throw new TeeException(
          TeeException.Reason.NOT_EMULATED,
          "SNP report version " + reportVersion + " is not emulated; choose 2, 3, 4 or 5");
    }
  }

  /** As a generation is shipped: version 3 reports, signed with the VCEK. */
  public static ProcessorOptions shipped(AmdGeneration generation) {
    FirmwareLevels levels = FirmwareLevels.settled(ProcessorModel.of(generation).firmware());
    return new ProcessorOptions(levels, CPUID_SINCE, Optional.empty());
  }

  public ProcessorOptions withLevels(FirmwareLevels other) {
    return new ProcessorOptions(other, reportVersion, provider);
  }

  /** The same with firmware that writes reports of another version. */
  public ProcessorOptions withReportVersion(int version) {
    return new ProcessorOptions(levels, version, provider);
  }

  /** The same on the host of a provider, which has its own endorsement key (VLEK). */
  public ProcessorOptions endorsedBy(String name) {
    return new ProcessorOptions(levels, reportVersion, Optional.of(name));
  }
}
