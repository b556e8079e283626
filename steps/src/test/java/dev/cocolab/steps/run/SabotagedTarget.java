package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.lab.LabWiring;
import dev.cocolab.lab.Machine;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.steps.persona.ClusterAdmin;
import dev.cocolab.steps.persona.OpSec;
import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.Target;
import dev.cocolab.steps.targets.TargetProvider;
import dev.cocolab.steps.targets.Timeouts;
import dev.cocolab.steps.targets.emulator.EmulatorProvider;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Consumer;

/** The emulator with parts exchanged, and something done to each lab before its scenario. */
record SabotagedTarget(TargetProvider emulator, Timeouts timeouts, Consumer<Target> preparation)
    implements TargetProvider {
  static SabotagedTarget of(Machine machine, LabWiring wiring) {
    return new SabotagedTarget(
        EmulatorProvider.on(machine, wiring), Timeouts.times(1), target -> {});
  }

  SabotagedTarget prepared(Consumer<Target> chosen) {
    return new SabotagedTarget(emulator, timeouts, chosen);
  }

  SabotagedTarget waiting(Timeouts chosen) {
    return new SabotagedTarget(emulator, chosen, preparation);
  }

  /** Replaces the resource policy and starts Trustee anew, which reads it. */
  static void allowEverything(Target target) {
    target
        .clients()
        .opSec()
        .configMaps()
        .inNamespace("trustee-operator-system")
        .withName("trusteeconfig-resource-policy")
        .edit(
            map ->
                new ConfigMapBuilder(map)
                    .addToData("resource-policy.rego", "package policy\n\ndefault allow = true\n")
                    .build());
    new OpSec(target.clients().opSec(), target.timeouts()).restartTrustee();
  }

  /** Lets every image run, signed or not. */
  static void admitEveryImage(Target target) {
    new OpSec(target.clients().opSec(), target.timeouts())
        .exchangeInTrustee(
            "trustee-image-policy",
            "policy",
            "{\"default\":[{\"type\":\"insecureAcceptAnything\"}],\"transports\":{}}"
                .getBytes(StandardCharsets.UTF_8));
  }

  /** Hands out, registered as it should be, initdata that lets anybody run commands. */
  static void allowCommands(Target target) {
    handOut(target, "default ExecProcessRequest := false", "default ExecProcessRequest := true");
  }

  /** Hands out, registered as it should be, initdata that lets any pointer be followed. */
  static void followAnyPointer(Target target) {
    handOut(
        target,
        "\ncredentials = []\n",
        "\ncredentials = []\nskip_sealed_secret_verification = true\n");
  }

  private static void handOut(Target target, String regular, String sabotaged) {
    ClusterAdmin admin = new ClusterAdmin(target.clients().clusterAdmin(), target.timeouts());
    String text = new String(admin.clusterInitdata().bytes(), StandardCharsets.UTF_8);
    assertThat(text).contains(regular);
    Initdata open =
        Initdata.parse(text.replace(regular, sabotaged).getBytes(StandardCharsets.UTF_8));
    admin.changeClusterInitdata(open);
    new OpSec(target.clients().opSec(), target.timeouts()).registerInitdata(open);
  }

  /** Makes confidential VMs larger than the guide says. */
  static void growVms(Target target) {
    target
        .clients()
        .clusterAdmin()
        .configMaps()
        .inNamespace("openshift-sandboxed-containers-operator")
        .withName("peer-pods-cm")
        .edit(
            map ->
                new ConfigMapBuilder(map)
                    .addToData("AZURE_INSTANCE_SIZE", "Standard_DC4as_v5")
                    .build());
  }

  @Override
  public String name() {
    return "sabotaged";
  }

  @Override
  public Set<Capability> capabilities() {
    return emulator.capabilities();
  }

  @Override
  public Target open() {
    Target regular = emulator.open();
    preparation.accept(regular);
    return new Target(
        name(),
        regular.clients(),
        regular.trustee(),
        regular.podVms(),
        regular.registry(),
        regular.blobs(),
        regular.keyServers(),
        timeouts,
        regular.capabilities(),
        regular::close);
  }

  @Override
  public void close() {
    emulator.close();
  }
}
