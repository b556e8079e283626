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
  private final Runnable closing;

  private EmulatorProvider(Machine machine, LabWiring wiring, Runnable closing) {
    this.machine = machine;
    this.wiring = wiring;
    this.closing = closing;
  }

  /** On a machine of its own, which is closed with it. */
  public static EmulatorProvider open(Targets.Place place) {
    Machine machine = Machine.open(place.home(), System.getenv(), place.progress());
    return new EmulatorProvider(machine, LabWiring.regular(), machine::close);
  }

  /** On a machine that stays its owner's, with parts exchanged to show that scenarios notice. */
  public static EmulatorProvider on(Machine machine, LabWiring wiring) {
    return new EmulatorProvider(
        Objects.requireNonNull(machine, "machine"),
        Objects.requireNonNull(wiring, "wiring"),
        () -> {});
  }

  @Override
  public String name() {
    return "emulator";
  }

  @Override
  public Set<Capability> capabilities() {
    return LabTarget.CAPABILITIES;
  }

  @Override
  public Target open() {
    Lab lab = Lab.builder(machine).name("scenario").wiring(wiring).start();
    return LabTarget.of(name(), machine, lab, Timeouts.times(1));
  }

  @Override
  public void close() {
    closing.run();
  }
}
