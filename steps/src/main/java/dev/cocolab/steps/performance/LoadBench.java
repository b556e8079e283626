package dev.cocolab.steps.performance;

import dev.cocolab.evidence.Tee;
import dev.cocolab.load.CryptoLimit;
import dev.cocolab.load.Demand;
import dev.cocolab.load.KbsAddress;
import dev.cocolab.load.LoadPlan;
import dev.cocolab.load.LoadReport;
import dev.cocolab.load.LoadResult;
import dev.cocolab.load.Operation;
import dev.cocolab.load.ProcessMeter;
import dev.cocolab.load.Usage;
import dev.cocolab.protocol.Profile;
import dev.cocolab.steps.targets.TrusteeState;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes loads on one Trustee, by clients in a process of their own. */
public final class LoadBench {
  /** Every guest may read it, and a lab has it from the start. */
  private static final String RESOURCE = "default/attestation-status/status";

  private static final Path STAT = Path.of("/proc/stat");
  private static final double[] CURVE = {0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9};
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /**
   * Clients and a broker that have done nothing yet are slower than they will be: for so long their
   * compilers have more to do than they themselves.
   */
  private static final Duration FIRST_WARMUP = Duration.ofSeconds(15);

  private static final int FIRST_CLIENTS = 16;

  private static final Duration LONGEST_WARMUP = Duration.ofSeconds(20);
  private static final Duration WARMUP = Duration.ofMillis(1500);

  /** A load at a rate begins with many at once, and has to get over it. */
  private static final Duration WARMUP_AT_RATE = Duration.ofSeconds(3);

  private static final Duration LENGTH = Duration.ofSeconds(2);

  /** The slowest hundredth needs more of them. */
  private static final Duration LENGTH_AT_RATE = Duration.ofSeconds(4);

  private final KbsAddress trustee;
  private final String certificate;
  private final Path hardware;
  private final LoadProcess process;

  private LoadBench(KbsAddress trustee, String certificate, Path hardware, LoadProcess process) {
    this.trustee = trustee;
    this.certificate = certificate;
    this.hardware = hardware;
    this.process = process;
  }

  /** On the Trustee of a target. */
  static LoadBench on(TrusteeState trustee, LoadProcess process) {
    Path hardware =
        trustee
            .emulatedHardware()
            .orElseThrow(
                () ->
                    new AssertionError(
                        "no evidence can be made that %s accepts".formatted(trustee.url())));
    return new LoadBench(
        KbsAddress.parse(trustee.url().toString()),
        trustee.guestCertificate(),
        hardware,
        Objects.requireNonNull(process, "process"));
  }

  /** Times the cryptography of one attestation. */
  Cost cost() {
    LoadProcess.Timed timed = process.time(plan(new Demand.Clients(1), WARMUP));
    return new Cost(timed.operations(), timed.provider(), Security.getProviders()[0].getName());
  }

  /**
   * What the cryptography costs, and who does it on either side.
   *
   * @param client the provider of the clients
   * @param here the first provider of this Java runtime, which the emulated broker shares
   */
  record Cost(List<Operation> operations, String client, String here) {}

  /**
   * Makes a load.
   *
   * @param best the highest rate that was seen so far; 0 when none was
   */
  Load run(Demand demand, Cost cost, double best) {
    if (!process.warm()) {
      var unused = process.run(plan(new Demand.Clients(FIRST_CLIENTS), FIRST_WARMUP));
    }
    LoadPlan plan = plan(demand, warmup(demand, best));
    OtherPrograms others =
        OtherPrograms.since(
            STAT,
            List.of(
                new ProcessMeter(ProcessHandle.current().pid()), new ProcessMeter(process.pid())));
    LoadResult result = process.run(plan);
    double busy = others.share();
    Usage unknown =
        new Usage(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());
    CryptoLimit limit =
        new CryptoLimit(cost.operations(), Runtime.getRuntime().availableProcessors(), true);
    ObjectNode report =
        (ObjectNode)
            JsonMapper.shared()
                .readTree(
                    new LoadReport(
                            plan,
                            result,
                            unknown,
                            limit,
                            Map.of("client", cost.client(), "server", cost.here()))
                        .json());
    ArrayNode curve = ((ObjectNode) report.path("latency_ms")).putArray("curve");
    for (double percent : CURVE) {
      curve
          .addObject()
          .put("percent", percent)
          .put("ms", result.latency().percentileMillis(percent));
    }
    return new Load(demand, report, busy);
  }

  /** Nothing counts before each of many clients has ended one attestation, better two. */
  private Duration warmup(Demand demand, double best) {
    if (!(demand instanceof Demand.Clients clients)) {
      return WARMUP_AT_RATE;
    }
    Duration rounds =
        best > 0 ? Duration.ofMillis(Math.round(2000 * clients.count() / best)) : Duration.ZERO;
    Duration wanted = rounds.compareTo(WARMUP) > 0 ? rounds : WARMUP;
    return wanted.compareTo(LONGEST_WARMUP) > 0 ? LONGEST_WARMUP : wanted;
  }

  private LoadPlan plan(Demand demand, Duration warmup) {
    return new LoadPlan(
        trustee,
        Tee.AZ_SNP_VTPM,
        Profile.redhat12().evidenceVersion(),
        demand,
        warmup,
        demand instanceof Demand.Rate ? LENGTH_AT_RATE : LENGTH,
        RESOURCE,
        Optional.of(certificate),
        false,
        TIMEOUT,
        hardware);
  }
}
