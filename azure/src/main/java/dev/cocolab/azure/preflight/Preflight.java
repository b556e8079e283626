package dev.cocolab.azure.preflight;

import dev.cocolab.azure.AroConfig;
import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.Timed;
import dev.cocolab.azure.blobs.RunContainer;
import dev.cocolab.azure.control.AroCluster;
import dev.cocolab.azure.control.CloudControl;
import dev.cocolab.azure.identity.CloudIdentity;
import dev.cocolab.azure.preflight.CheckLine.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Asks in the first minute what would otherwise fail in the second hour. Each check is one line;
 * all are made, so that a person corrects all in one go, but none after the minute is over, and
 * none that needs what an earlier one did not get.
 */
public final class Preflight {
  /** The checks, in their order. */
  public static final List<String> CHECKS =
      List.of(
          "identity",
          "cluster",
          "API server",
          "OpenShift version",
          "VM sizes",
          "quota",
          "NAT gateway",
          "earlier pod VMs",
          "blob account",
          "operators' catalogue");

  private static final Duration MINUTE = Duration.ofSeconds(60);

  private final AroConfig config;
  private final CloudIdentity identity;
  private final CloudControl control;
  private final ApiServerProbe apiServer;
  private final RunContainer probe;
  private final OperatorCatalogue catalogue;
  private final Clock clock;
  private final Duration each;

  /**
   * A pre-flight.
   *
   * @param probe a container of its own, which is made and deleted again
   * @param each how long one check may take
   */
  public Preflight(
      AroConfig config,
      CloudIdentity identity,
      CloudControl control,
      ApiServerProbe apiServer,
      RunContainer probe,
      OperatorCatalogue catalogue,
      Clock clock,
      Duration each) {
    this.config = config;
    this.identity = identity;
    this.control = control;
    this.apiServer = apiServer;
    this.probe = probe;
    this.catalogue = catalogue;
    this.clock = clock;
    this.each = each;
  }

  /**
   * Makes the checks.
   *
   * @param lines told each line as soon as it is known
   */
  public PreflightReport run(Consumer<String> lines) {
    Run run = new Run(lines, clock.instant().plus(MINUTE));
    boolean signedIn = run.check("identity", this::identity);
    Optional<AroCluster> cluster = Optional.empty();
    if (signedIn) {
      cluster = run.get("cluster", control::cluster, CloudChecks::clusterState);
    } else {
      run.skip("cluster", "there is no identity");
    }
    CloudChecks checks = new CloudChecks(config, control);
    run.check("API server", cluster, this::apiServer);
    run.check("OpenShift version", cluster, CloudChecks::version);
    run.check("VM sizes", cluster, checks::sizes);
    run.check("quota", cluster, checks::quota);
    run.check("NAT gateway", cluster, checks::natGateway);
    run.check("earlier pod VMs", cluster, checks::earlierMachines);
    if (signedIn || config.storageKey().isPresent()) {
      run.check("blob account", this::blobs);
    } else {
      run.skip("blob account", "there is no identity");
    }
    run.check("operators' catalogue", cluster, ignored -> catalogue());
    return new PreflightReport(run.done, run.reasons);
  }

  private Finding identity() {
    identity.token(config.endpoints().armScope());
    return Finding.ok(identity.description());
  }

  private Finding apiServer(AroCluster cluster) {
    try {
      apiServer.connect(cluster.apiServer());
      return Finding.ok(cluster.apiServer().getHost());
    } catch (IOException e) {
      return Finding.failed(
          Reason.UNREACHABLE,
          cluster.apiServer().getHost() + " does not take connections",
          "check the network from here; a private cluster needs a runner in its network");
    }
  }

  private Finding blobs() {
    probe.create();
    try {
      probe.put("preflight", "writable".getBytes(StandardCharsets.UTF_8));
    } finally {
      probe.delete();
    }
    return Finding.ok(config.storageAccount() + " is writable");
  }

  private Finding catalogue() {
    return catalogue
        .missing()
        .map(
            what ->
                Finding.failed(
                    Reason.REFUSED,
                    what,
                    "look at the catalogue sources in openshift-marketplace and the cluster's pull secret"))
        .orElseGet(() -> Finding.ok("the operators can be installed"));
  }

  /** The lines so far, and the time that is left. */
  private final class Run {
    private final Consumer<String> told;
    private final Instant deadline;
    private final List<CheckLine> done = new ArrayList<>();
    private final List<Reason> reasons = new ArrayList<>();

    Run(Consumer<String> told, Instant deadline) {
      this.told = Objects.requireNonNull(told, "told");
      this.deadline = deadline;
    }

    boolean check(String name, Supplier<Finding> check) {
      Duration left = Duration.between(clock.instant(), deadline);
      if (left.isZero() || left.isNegative()) {
        skip(name, "the minute for all checks is over");
        return false;
      }
      Finding finding = within(left.compareTo(each) < 0 ? left : each, check);
      finding.reason().ifPresent(reasons::add);
      add(
          new CheckLine(
              name,
              finding.reason().isEmpty() ? Outcome.OK : Outcome.FAILED,
              finding.detail(),
              Optional.of(finding.remedy()).filter(text -> !text.isEmpty())));
      return finding.reason().isEmpty();
    }

    private Finding within(Duration time, Supplier<Finding> check) {
      try {
        return Timed.call("the check", time, check::get);
      } catch (AzureException e) {
        return Finding.failed(e.reason(), e.getMessage(), "");
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e); // a Supplier throws none
      }
    }

    void check(String name, Optional<AroCluster> cluster, Function<AroCluster, Finding> check) {
      if (cluster.isEmpty()) {
        skip(name, "the cluster is not known");
      } else {
        check(name, () -> check.apply(cluster.get()));
      }
    }

    /** A check whose answer others need, also when it is not the one that was hoped for. */
    <T> Optional<T> get(String name, Supplier<T> get, Function<T, Finding> judge) {
      List<T> got = new ArrayList<>();
      check(
          name,
          () -> {
            got.add(get.get());
            return judge.apply(got.get(0));
          });
      return got.stream().findFirst();
    }

    void skip(String name, String why) {
      add(new CheckLine(name, Outcome.NOT_CHECKED, why, Optional.empty()));
    }

    private void add(CheckLine line) {
      done.add(line);
      told.accept(line.line());
    }
  }
}
