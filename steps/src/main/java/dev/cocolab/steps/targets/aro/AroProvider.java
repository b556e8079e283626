package dev.cocolab.steps.targets.aro;

import dev.cocolab.azure.AroConfig;
import dev.cocolab.azure.AzureAccess;
import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.RunTags;
import dev.cocolab.azure.blobs.RunContainer;
import dev.cocolab.azure.budget.Budget;
import dev.cocolab.azure.control.AroCluster;
import dev.cocolab.azure.control.CloudControl;
import dev.cocolab.azure.cost.Cost;
import dev.cocolab.azure.preflight.CheckLine;
import dev.cocolab.azure.preflight.PreflightReport;
import dev.cocolab.azure.sweep.SweepReport;
import dev.cocolab.azure.sweep.SweepScope;
import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.steps.azure.AzureDesk;
import dev.cocolab.steps.persona.CloudAdaptor;
import dev.cocolab.steps.persona.Namespaces;
import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.Target;
import dev.cocolab.steps.targets.TargetProvider;
import dev.cocolab.steps.targets.Targets;
import dev.cocolab.steps.targets.cluster.ClusterParts;
import dev.cocolab.steps.targets.cluster.ClusterProvider;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Scenarios on Azure Red Hat OpenShift: a cluster that Azure hands out the kubeconfig of, with the
 * pod VMs that Azure lists, a blob container of the run's own, and limits on machines and time. At
 * its end nothing of the run is left on Azure.
 */
public final class AroProvider implements TargetProvider {
  /** Name for {@code --target}. */
  public static final String NAME = "aro";

  /** Machines of a run that could not clean up may be swept by any other after this. */
  private static final Duration GRACE = Duration.ofMinutes(30);

  private final Consumer<String> progress;
  private final AroConfig config;
  private final AzureAccess access;
  private final CloudControl control;
  private final Clock clock;
  private final String runId;
  private final Budget budget;
  private final Outage outage = new Outage();
  private final CleanUp cleanUp = new CleanUp();
  private final Thread onSignal = new Thread(cleanUp::run, "aro-clean-up");
  private ClusterProvider cluster;

  private AroProvider(AroSetting setting, AzureDesk.Open azure) {
    this.progress = setting.progress();
    this.config = azure.config();
    this.access = azure.access();
    this.control = access.control();
    this.clock = setting.desk().clock();
    this.runId = AroPlans.runId(config, clock);
    this.budget = new Budget(config.limits(), clock);
  }

  /**
   * The cluster that the environment names.
   *
   * @throws CliException USAGE when settings are missing, UNREACHABLE when Azure or the cluster
   *     cannot be used, UNFIT when the cluster is not set up
   */
  public static AroProvider open(Targets.Place place) {
    return open(AroSetting.ofProcess(System.getenv(), place.progress()));
  }

  static AroProvider open(AroSetting setting) {
    return AzureDesk.guarded(
        () -> {
          AroProvider provider = new AroProvider(setting, setting.desk().open());
          boolean open = false;
          try {
            provider.begin(setting);
            open = true;
            return provider;
          } finally {
            if (!open) {
              provider.finish().forEach(setting.progress());
            }
          }
        });
  }

  private void begin(AroSetting setting) {
    progress.accept(
        "run %s; if it is killed: ./cocolab azure sweep --run-id %s".formatted(runId, runId));
    PreflightReport report =
        access
            .preflight(
                runId, setting.catalogue().apply(control::adminKubeconfig), setting.desk().random())
            .run(progress);
    if (!report.passed()) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "the pre-flight did not pass (%s); nothing was changed"
              .formatted(
                  report.lines().stream()
                      .filter(line -> line.outcome() != CheckLine.Outcome.OK)
                      .map(CheckLine::name)
                      .collect(Collectors.joining(", "))));
    }
    AroCluster found = control.cluster();
    String subnet =
        found
            .workerSubnet()
            .orElseThrow(
                () -> new CliException(ExitCode.UNREACHABLE, "the cluster has no workers"));
    Runtime.getRuntime().addShutdownHook(onSignal);
    String group = found.managedResourceGroup();
    AroPodVms machines = new AroPodVms(control, group, runId, budget, clock, outage);
    cleanUp.later("tell the cost", () -> tellCost(machines, found.region()));
    RunContainer container = access.container(runId);
    cleanUp.later("delete the container " + container.name(), container::delete);
    container.create();
    cleanUp.later("sweep the pod VMs of the run", () -> sweepAtTheEnd(machines, group, subnet));
    GitHubMasks masks = new GitHubMasks(setting.desk().environment(), setting.masks());
    cluster = connect(masks, container, machines);
    cleanUp.later("close the connection to the cluster", cluster::close);
    takeCluster(setting, machines, group, subnet);
  }

  private ClusterProvider connect(GitHubMasks masks, RunContainer container, AroPodVms machines) {
    String kubeconfig = new String(control.adminKubeconfig().bytes(), StandardCharsets.UTF_8);
    ClusterParts none = ClusterParts.none();
    AroBlobs blobs =
        new AroBlobs(
            container,
            config.storageAccount(),
            config.limits().time().plus(GRACE),
            new SecureRandom(),
            outage,
            masks);
    try {
      masks.hideSecretsOf(kubeconfig);
      return ClusterProvider.of(
          NAME,
          kubeconfig,
          new ClusterParts(
              machines,
              none.registry(),
              blobs,
              none.keyServers(),
              Set.of(Capability.POD_VMS, Capability.BLOBS, Capability.AZURE)));
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.UNREACHABLE, "the cluster's admin kubeconfig is not one", e);
    }
  }

  /** From here on pods get the run's tags, and what changes on the cluster is put back. */
  private void takeCluster(AroSetting setting, AroPodVms machines, String group, String subnet) {
    try {
      Target whole = cluster.open();
      KubernetesClient admin = whole.clients().clusterAdmin();
      Set<String> pods = names(whole.clients().developer());
      PeerPods peerPods = new PeerPods(new CloudAdaptor(admin, whole.timeouts()));
      cleanUp.later("give peer-pods-cm its old content", () -> reached(peerPods::giveBack));
      cleanUp.later("put the cluster back", () -> reached(cluster::giveBack));
      peerPods.use(
          new RunTags(runId, clock.instant().plus(config.limits().time()).plus(GRACE)),
          config.sizes());
      Watchdog watchdog =
          new Watchdog(
              setting.look(),
              () -> watch(machines, whole.clients().developer(), pods, group, subnet));
      cleanUp.later("end the look at the budget", watchdog::close);
    } catch (KubernetesClientException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "the cluster does not answer as it should: " + CleanUp.reason(e),
          e);
    }
  }

  /** Ends the run's machines, and with them its pods, as soon as a limit is reached. */
  private void watch(
      AroPodVms machines,
      KubernetesClient developer,
      Set<String> before,
      String group,
      String subnet) {
    try {
      machines.look();
    } finally {
      if (budget.stop().isPresent()) {
        outage.note(budget.stop().get());
        endMachines(developer, before, group, subnet);
      }
    }
  }

  private void endMachines(
      KubernetesClient developer, Set<String> before, String group, String subnet) {
    try {
      developer.pods().inNamespace(Namespaces.WORKLOAD).list().getItems().stream()
          .filter(pod -> !before.contains(pod.getMetadata().getName()))
          .filter(cluster::made) // the namespace is others', too
          .forEach(pod -> developer.resource(pod).delete());
    } finally {
      sweep(group, subnet);
    }
  }

  /** Does something to the cluster, unless that would only wait for an API server that is gone. */
  private void reached(Runnable action) {
    cluster
        .unreachable()
        .ifPresent(
            why -> {
              throw new CliException(ExitCode.UNREACHABLE, why);
            });
    action.run();
  }

  private static Set<String> names(KubernetesClient client) {
    return client.pods().inNamespace(Namespaces.WORKLOAD).list().getItems().stream()
        .map(pod -> pod.getMetadata().getName())
        .collect(Collectors.toSet());
  }

  private SweepReport sweep(String group, String subnet) {
    return access
        .sweeper()
        .sweep(new SweepScope(group, subnet, Optional.of(runId), clock.instant()));
  }

  private void sweepAtTheEnd(AroPodVms machines, String group, String subnet) {
    machines.look();
    SweepReport report = sweep(group, subnet);
    report.lines().forEach(progress);
    machines.look();
    if (!report.clean()) {
      throw new AzureException(
          AzureException.Reason.REFUSED, "%s".formatted(report.lines().get(0)));
    }
  }

  private void tellCost(AroPodVms machines, String region) {
    Cost.of(access.prices(), region, machines.uses()).lines().forEach(progress);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<Capability> capabilities() {
    return cluster.capabilities();
  }

  /**
   * The cluster for one scenario.
   *
   * @throws AzureException BUDGET when the run may make no more pod VMs, or its time is over
   */
  @Override
  public Target open() {
    outage.watch(
        () -> {
          budget.check(1);
          return true;
        });
    Target target = cluster.open();
    return new Target(
        target.name(),
        target.clients(),
        target.trustee(),
        target.podVms(),
        target.registry(),
        target.blobs(),
        target.keyServers(),
        target.timeouts(),
        target.capabilities(),
        () -> reached(target::close));
  }

  /** Azure's failures, the budget's end, and an API server that does not answer. */
  @Override
  public Optional<String> outage() {
    if (outage.why().isEmpty()) {
      budget.stop().or(cluster::unreachable).ifPresent(outage::note);
    }
    return outage.why();
  }

  private List<String> finish() {
    List<String> failures = cleanUp.run();
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook with it.
    }
    return failures;
  }

  /**
   * Deletes pods and waits for that, then what is left of the run's machines, then the container,
   * and tells the cost.
   *
   * @throws CliException UNREACHABLE when something could not be put back
   */
  @Override
  public void close() {
    List<String> failures = finish();
    if (!failures.isEmpty()) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "the run %s may have left something: %s; './cocolab azure sweep --run-id %s' deletes its machines"
              .formatted(runId, String.join("; ", failures), runId));
    }
  }
}
