package dev.cocolab.steps.targets.emulator;

import dev.cocolab.lab.Lab;
import dev.cocolab.lab.Machine;
import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.Target;
import dev.cocolab.steps.targets.Timeouts;
import java.util.Set;

/** The ports of a lab. */
final class LabTarget {
  /** What every lab offers, whatever API server it works on. */
  static final Set<Capability> CAPABILITIES =
      Set.of(
          Capability.FAULTS,
          Capability.EXPLANATIONS,
          Capability.GUEST_LOG,
          Capability.POD_VMS,
          Capability.BLOBS,
          Capability.KEY_SERVERS,
          Capability.PRIVATE_REGISTRY,
          Capability.MADE_IMAGES,
          Capability.EVIDENCE);

  private LabTarget() {}

  /** A target that ends with its lab. */
  static Target of(String name, Machine machine, Lab lab, Timeouts timeouts) {
    return new Target(
        name,
        new LabClients(lab),
        new LabTrusteeState(lab, machine.home().resolve("roots").resolve("platform")),
        new LabPodVms(lab),
        new LabRegistry(lab),
        new LabBlobs(lab),
        new LabKeyServers(lab),
        timeouts,
        CAPABILITIES,
        lab::close);
  }
}
