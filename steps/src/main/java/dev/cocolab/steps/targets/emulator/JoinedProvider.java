package dev.cocolab.steps.targets.emulator;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.lab.JoinedCluster;
import dev.cocolab.lab.Lab;
import dev.cocolab.lab.LabWiring;
import dev.cocolab.lab.Machine;
import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.Target;
import dev.cocolab.steps.targets.TargetProvider;
import dev.cocolab.steps.targets.Targets;
import dev.cocolab.steps.targets.Timeouts;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Joins a bare cluster for the run, and starts a lab on it for each scenario. Everything that a
 * scenario leaves on the cluster goes with its lab.
 */
public final class JoinedProvider implements TargetProvider {
  /** Name of the target. */
  public static final String NAME = "joined";

  private static final int FACTOR = 2;

  private final Machine machine;
  private final JoinedCluster cluster;
  private final LabWiring wiring;
  private final Runnable closing;

  private JoinedProvider(
      Machine machine, JoinedCluster cluster, LabWiring wiring, Runnable closing) {
    this.machine = machine;
    this.cluster = cluster;
    this.wiring = wiring;
    this.closing = closing;
  }

  /**
   * On a machine of its own, which is closed with it.
   *
   * @throws CliException USAGE when no kubeconfig is named
   * @throws dev.cocolab.lab.LabException when the cluster cannot be joined
   */
  public static JoinedProvider open(Targets.Place place) {
    Path kubeconfig =
        place
            .kubeconfig()
            .orElseThrow(
                () ->
                    new CliException(
                        ExitCode.USAGE,
                        "the target 'joined' needs a cluster: name its administrator's kubeconfig with --kubeconfig FILE or KUBECONFIG"));
    Machine machine = Machine.open(place.home(), System.getenv(), place.progress());
    try {
      return on(
          machine,
          () -> JoinedCluster.join(machine, kubeconfig, place.progress()),
          LabWiring.regular(),
          machine::close);
    } catch (RuntimeException e) {
      machine.close();
      throw e;
    }
  }

  /** On a machine that stays its owner's; the cluster is left when the provider is closed. */
  static JoinedProvider on(
      Machine machine, Supplier<JoinedCluster> cluster, LabWiring wiring, Runnable closing) {
    return new JoinedProvider(
        Objects.requireNonNull(machine, "machine"), cluster.get(), wiring, closing);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<Capability> capabilities() {
    return LabTarget.CAPABILITIES;
  }

  @Override
  public Target open() {
    Lab lab = Lab.builder(machine).name("scenario").joining(cluster).wiring(wiring).start();
    return LabTarget.of(NAME, machine, lab, Timeouts.times(FACTOR));
  }

  @Override
  public void close() {
    try {
      cluster.close();
    } finally {
      closing.run();
    }
  }
}
