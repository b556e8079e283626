package dev.cocolab.tee;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Objects;
import java.util.UUID;

/**
 * What a confidential VM is started with.
 *
 * @param name name of the VM, such as {@code podvm-fraud-detection-1a2b3c4d}
 * @param size Azure VM size; picks the TEE
 * @param vmId identity the host reports in the HCL report
 * @param random source of everything the hardware draws at random
 * @param clock the time of the TPM's clock
 * @param keys where the vTPM gets its keys
 */
public record VmRequest(
    String name, String size, UUID vmId, SecureRandom random, Clock clock, RsaKeys keys) {

  public VmRequest {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(size, "size");
    Objects.requireNonNull(vmId, "vmId");
    Objects.requireNonNull(random, "random");
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(keys, "keys");
  }
}
