package dev.cocolab.load;

import dev.cocolab.protocol.TeeKeyPair;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** One load against one broker, from the look whether it is there to the result. */
public final class LoadRun implements WorkerLoad {
  /** How long connections may fail before the server counts as gone. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final Duration OPERATION_WARMUP = Duration.ofMillis(200);
  private static final Duration OPERATION_BATCH = Duration.ofMillis(30);

  private final LoadPlan plan;
  private final SecureRandom random;
  private final ServerTrust trust;
  private final int processors;
  private final List<EvidenceSource> sources;
  private final AtomicInteger made = new AtomicInteger();
  private final LoadEngine engine;
  private final Ticker ticker = Ticker.ofMachine();
  private Optional<KbsConnection.Shown> shown = Optional.empty();

  /**
   * Gets ready: boots the emulated guests that sign evidence.
   *
   * @throws LoadException BAD_INPUT
   */
  public LoadRun(LoadPlan plan, SecureRandom random, Clock clock) {
    this.plan = Objects.requireNonNull(plan, "plan");
    this.random = Objects.requireNonNull(random, "random");
    this.trust = ServerTrust.of(plan.caPem());
    this.processors = Runtime.getRuntime().availableProcessors();
    this.sources =
        EvidenceSource.of(
            plan.tee(), plan.evidenceVersion(), guests(), plan.platform(), random, clock);
    this.engine =
        new LoadEngine(
            this::client, ticker, PATIENCE, plan.timeout().plus(PATIENCE), LoadPlan.MOST_CLIENTS);
  }

  /** A guest signs for one at a time, so twice as many as can run at once are never waited for. */
  private int guests() {
    return plan.demand() instanceof Demand.Clients fixed
        ? Math.min(fixed.count(), 2 * processors)
        : 2 * processors;
  }

  private KbsClient client() {
    EvidenceSource source = sources.get(made.getAndIncrement() % sources.size());
    return new KbsClient(plan, trust, source, TeeKeyPair.generate(random), ticker::now);
  }

  /**
   * Looks whether the broker is there.
   *
   * @throws LoadException UNREACHABLE, UNTRUSTED or NOT_A_KBS
   */
  @Override
  public void check() {
    shown = new Preflight(plan, trust).check();
  }

  /**
   * Times the cryptography of one attestation on one core. The machine should have nothing else to
   * do meanwhile.
   */
  public List<Operation> operations() {
    long bytes = rehearse();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    OperationTimer timer =
        new OperationTimer(
            threads.isCurrentThreadCpuTimeSupported()
                ? threads::getCurrentThreadCpuTime
                : System::nanoTime,
            OPERATION_WARMUP,
            OPERATION_BATCH);
    return Cryptography.measure(plan.tee(), shown, bytes, timer, random);
  }

  /** One attestation, whatever comes of it; the bytes that it moved. */
  private long rehearse() {
    try (KbsClient client = client()) {
      client.attest();
      return client.connection().map(KbsConnection::bytes).orElse(0L);
    }
  }

  /** Makes the load. */
  public LoadResult run(Observer observer) throws InterruptedException {
    return run(plan.warmup(), observer);
  }

  private LoadResult run(Duration warmup, Observer observer) throws InterruptedException {
    return engine.run(plan.demand(), warmup, plan.length(), observer);
  }

  /** Makes the load, telling nobody where it stands. */
  public LoadResult run() throws InterruptedException {
    return run(plan.warmup());
  }

  /** The same with another warm-up than the plan's. */
  @Override
  public LoadResult run(Duration warmup) throws InterruptedException {
    return run(
        warmup,
        new Observer() {
          @Override
          public void measuring() {}

          @Override
          public void measured() {}
        });
  }

  /** Ends {@link #run(Observer)} before its time; may be called from any thread. */
  @Override
  public void stop(String reason) {
    engine.stop(reason);
  }
}
