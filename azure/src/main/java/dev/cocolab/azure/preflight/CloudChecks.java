package dev.cocolab.azure.preflight;

import dev.cocolab.azure.AroConfig;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.RunTags;
import dev.cocolab.azure.control.AroCluster;
import dev.cocolab.azure.control.CloudControl;
import dev.cocolab.azure.control.OfferedSize;
import dev.cocolab.azure.control.PodMachines.PodMachine;
import dev.cocolab.azure.control.Quota;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The checks that ask Azure Resource Manager. */
final class CloudChecks {
  /** Of one pod VM of the smallest size; a pod that is replaced exists twice for a moment. */
  private static final int PROCESSORS = 2;

  private final AroConfig config;
  private final CloudControl control;
  private Optional<List<OfferedSize>> offered = Optional.empty();

  CloudChecks(AroConfig config, CloudControl control) {
    this.config = config;
    this.control = control;
  }

  static Finding clusterState(AroCluster cluster) {
    return cluster.state().equals("Succeeded")
        ? Finding.ok("Succeeded, in " + cluster.region())
        : Finding.failed(
            Reason.REFUSED,
            "its state is " + cluster.state(),
            "wait until the cluster is Succeeded, or repair it in the portal");
  }

  static Finding version(AroCluster cluster) {
    Optional<OpenShiftVersion> version = OpenShiftVersion.parse(cluster.version());
    boolean fit = version.isPresent() && version.get().compareTo(OpenShiftVersion.OLDEST) >= 0;
    return fit
        ? Finding.ok(cluster.version())
        : Finding.failed(
            Reason.REFUSED,
            "'%s' is older than %s or no version"
                .formatted(cluster.version(), OpenShiftVersion.OLDEST),
            "upgrade the cluster");
  }

  Finding sizes(AroCluster cluster) {
    List<String> good = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    for (String name : config.sizes()) {
      Optional<OfferedSize> size =
          offered(cluster.region()).stream().filter(one -> one.name().equals(name)).findFirst();
      if (size.isEmpty()) {
        bad.add("%s does not offer %s".formatted(cluster.region(), name));
      } else if (size.get().restriction().isPresent()) {
        bad.add(
            "%s is closed to this subscription (%s)"
                .formatted(name, size.get().restriction().get()));
      } else if (size.get().tee().isEmpty()) {
        bad.add(name + " has no confidential VM");
      } else {
        good.add("%s (%s)".formatted(name, size.get().tee().get()));
      }
    }
    return bad.isEmpty()
        ? Finding.ok(String.join(", ", good))
        : Finding.failed(
            Reason.REFUSED,
            String.join(", ", bad),
            "set %s or %s to a size that the region has; %s=%s leaves TDX out"
                .formatted(
                    AroConfig.SNP_SIZE, AroConfig.TDX_SIZE, AroConfig.TDX_SIZE, AroConfig.NO_SIZE));
  }

  Finding quota(AroCluster cluster) {
    Map<String, Integer> needed = new LinkedHashMap<>();
    for (OfferedSize size : offered(cluster.region())) {
      int each = Math.max(size.processors(), PROCESSORS);
      needed.merge(size.family(), each * config.parallel() + PROCESSORS, Math::max);
    }
    if (needed.isEmpty()) {
      return Finding.failed(
          Reason.REFUSED, "no size is offered, so no quota is known", "see the line of VM sizes");
    }
    List<Quota> quotas = control.quotas(cluster.region());
    LinkedHashSet<String> good = new LinkedHashSet<>();
    List<String> bad = new ArrayList<>();
    needed.forEach(
        (family, processors) -> {
          long free =
              quotas.stream()
                  .filter(quota -> quota.family().equalsIgnoreCase(family))
                  .mapToLong(Quota::free)
                  .findFirst()
                  .orElse(0);
          String text = "%s has %d of %d vCPUs free".formatted(family, free, processors);
          if (free >= processors) {
            good.add(text);
          } else {
            bad.add(text);
          }
        });
    return bad.isEmpty()
        ? Finding.ok(String.join(", ", good))
        : Finding.failed(
            Reason.REFUSED,
            String.join(", ", bad),
            "ask for more quota in %s, or set %s lower"
                .formatted(cluster.region(), AroConfig.PARALLEL));
  }

  Finding natGateway(AroCluster cluster) {
    if (cluster.workerSubnet().isEmpty()) {
      return Finding.failed(Reason.REFUSED, "the cluster has no workers", "add a MachineSet");
    }
    return control.hasNatGateway(cluster.workerSubnet().get())
        ? Finding.ok("on the workers' subnet")
        : Finding.failed(
            Reason.REFUSED,
            "the workers' subnet has none",
            "attach one, or pod VMs reach neither registries nor Trustee");
  }

  Finding earlierMachines(AroCluster cluster) {
    List<PodMachine> machines = control.podMachines(cluster.managedResourceGroup()).machines();
    List<String> others =
        machines.stream()
            .filter(one -> config.runId().isEmpty() || !isOfThisRun(one))
            .map(PodMachine::name)
            .toList();
    return others.isEmpty()
        ? Finding.ok("none")
        : Finding.failed(
            Reason.CONFLICT,
            "%d pod VMs are there: %s"
                .formatted(
                    others.size(),
                    String.join(", ", others.subList(0, Math.min(5, others.size())))),
            "run 'cocolab azure sweep --expired', or wait until their run has ended");
  }

  private boolean isOfThisRun(PodMachine one) {
    return config.runId().orElseThrow().equals(one.tags().get(RunTags.RUN_ID));
  }

  private List<OfferedSize> offered(String region) {
    if (offered.isEmpty()) {
      offered = Optional.of(control.sizes(region, new LinkedHashSet<>(config.sizes())));
    }
    return offered.get();
  }
}
