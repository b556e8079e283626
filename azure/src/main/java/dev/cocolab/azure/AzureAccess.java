package dev.cocolab.azure;

import dev.cocolab.azure.blobs.AzureRunContainer;
import dev.cocolab.azure.blobs.RunContainer;
import dev.cocolab.azure.control.ArmControl;
import dev.cocolab.azure.control.CloudControl;
import dev.cocolab.azure.cost.PriceFile;
import dev.cocolab.azure.cost.Prices;
import dev.cocolab.azure.cost.RetailPrices;
import dev.cocolab.azure.identity.CloudIdentity;
import dev.cocolab.azure.identity.Identities;
import dev.cocolab.azure.preflight.ApiServerProbe;
import dev.cocolab.azure.preflight.OperatorCatalogue;
import dev.cocolab.azure.preflight.Preflight;
import dev.cocolab.azure.sweep.Sweeper;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;

/** The real adapters, wired. */
public final class AzureAccess {
  /** In the first minute nobody waits long for a throttled request. */
  private static final Duration PREFLIGHT_PATIENCE = Duration.ofSeconds(10);

  private static final Duration EACH_CHECK = Duration.ofSeconds(25);
  private static final Duration RUN_PATIENCE = Duration.ofMinutes(5);
  private static final Duration SWEEP_LIMIT = Duration.ofMinutes(12);
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final AroConfig config;
  private final Transport transport;
  private final Clock clock;
  private final Delays delays;
  private final CloudIdentity identity;

  private AzureAccess(
      AroConfig config, Transport transport, Clock clock, Delays delays, CloudIdentity identity) {
    this.config = config;
    this.transport = transport;
    this.clock = clock;
    this.delays = delays;
    this.identity = identity;
  }

  /** Access as this process may have it. Signs in when it is first needed. */
  public static AzureAccess of(
      AroConfig config,
      Map<String, String> environment,
      Transport transport,
      Clock clock,
      Delays delays) {
    return new AzureAccess(
        config,
        transport,
        clock,
        delays,
        new Identities(environment, config.endpoints(), transport, clock).find(config));
  }

  public CloudIdentity identity() {
    return identity;
  }

  /** The control plane, with the patience of a run. */
  public CloudControl control() {
    return new ArmControl(config, identity, transport, delays, RUN_PATIENCE);
  }

  /** The container of a run. */
  public RunContainer container(String runId) {
    return new AzureRunContainer(config, identity, transport, clock, "cocolab", runId);
  }

  /** The sweeper. */
  public Sweeper sweeper() {
    return new Sweeper(control(), clock, delays, SWEEP_LIMIT);
  }

  /**
   * The pre-flight of a run.
   *
   * @param random for the name of its container: Azure keeps a deleted one's name for half a
   *     minute, and somebody else may look at the same time
   */
  public Preflight preflight(String runId, OperatorCatalogue catalogue, RandomGenerator random) {
    String purpose = "cocolab-preflight-%08x".formatted(random.nextInt());
    return new Preflight(
        config,
        identity,
        new ArmControl(config, identity, transport, delays, PREFLIGHT_PATIENCE),
        ApiServerProbe.tcp(CONNECT),
        new AzureRunContainer(config, identity, transport, clock, purpose, runId),
        catalogue,
        clock,
        EACH_CHECK);
  }

  /** Prices, by the same settings. */
  public Prices prices() {
    return prices(config, transport, clock);
  }

  /** Prices: the user's file where one is given, else the price list. Needs no identity. */
  public static Prices prices(AroConfig config, Transport transport, Clock clock) {
    return config
        .priceFile()
        .<Prices>map(PriceFile::read)
        .orElseGet(
            () -> new RetailPrices(config.endpoints().prices(), new Https(transport), clock));
  }
}
