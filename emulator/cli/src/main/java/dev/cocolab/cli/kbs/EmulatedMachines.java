package dev.cocolab.cli.kbs;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.Terminal;
import dev.cocolab.cli.evidence.Machines;
import dev.cocolab.cli.evidence.Roots;
import dev.cocolab.evidence.Tee;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.tee.EvidenceMachine;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Boots the pod VM image of the lab on this machine's emulated hardware. */
final class EmulatedMachines {
  /** What can be booted. */
  static final List<Tee> TEES =
      List.of(Tee.SAMPLE, Tee.TPM, Tee.SNP, Tee.TDX, Tee.AZ_SNP_VTPM, Tee.AZ_TDX_VTPM);

  private final Machines machines;

  EmulatedMachines(Terminal terminal, Map<String, String> environment) {
    this.machines = new Machines(new Roots(terminal, environment));
  }

  /**
   * A machine that was started with this document, measured where its hardware measures it.
   *
   * @throws CliException {@link dev.cocolab.cli.ExitCode#UNFIT} if the emulated hardware's keys
   *     cannot be read or made
   */
  EvidenceMachine boot(Tee tee, Optional<Initdata> initdata) {
    return machines.boot(tee, initdata.map(Initdata::digest));
  }
}
