package dev.cocolab.steps.targets.emulator;

import dev.cocolab.lab.Lab;
import dev.cocolab.lab.LabWiring;
import dev.cocolab.lab.Machine;
import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.Target;
import dev.cocolab.steps.targets.TargetProvider;
import dev.cocolab.steps.targets.Targets;
import dev.cocolab.steps.targets.Timeouts;
import java.util.Objects;
import java.util.Set;

/** Starts a lab for each scenario on one machine. */
public final class EmulatorProvider implements TargetProvider {
  private final Machine machine;
  private final LabWiring wiring;

  private EmulatorProvider(Machine machine, LabWiring wiring) {
    this.machine = machine;
    this.wiring = wiring;
  }

  public static EmulatorProvider open(Targets.Place place) {
    return open(place, LabWiring.regular());
  }

  /** With parts exchanged, to show that scenarios notice. */
  public static EmulatorProvider open(Targets.Place place, LabWiring wiring) {
    Objects.requireNonNull(wiring, "wiring");
    return new EmulatorProvider(
        Machine.open(place.home(), System.getenv(), place.progress()), wiring);
  }

  @Override
  public String name() {
    return "emulator";
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.FAULTS, Capability.EXPLANATIONS);
  }

  @Override
  public Target open() {
    Lab lab = Lab.builder(machine).name("scenario").wiring(wiring).start();
    return new Target(
        name(),
        new LabClients(lab),
        new LabTrusteeState(lab),
        new LabPodVms(lab),
        new LabBlobs(lab),
        new LabKeyServers(lab),
        Timeouts.times(1),
        capabilities(),
        lab);
  }

  @Override
  public void close() {
    machine.close();
  }
}
