package dev.cocolab.steps.targets.aro;

import dev.cocolab.azure.AroConfig;
import dev.cocolab.azure.AroPlan;
import dev.cocolab.azure.AzureAccess;
import dev.cocolab.steps.azure.AzureDesk;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;

/** What a run on Azure would do. */
public final class AroPlans {
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private AroPlans() {}

  /**
   * The plan as lines. Signs in nowhere, changes nothing, and needs no setting.
   *
   * @param what the scenarios, in words
   * @throws dev.cocolab.cli.CliException USAGE for a setting that is malformed
   */
  public static List<String> lines(Map<String, String> environment, String what) {
    return lines(AzureDesk.ofProcess(environment), what);
  }

  static List<String> lines(AzureDesk desk, String what) {
    return AzureDesk.guarded(
        () -> {
          AroConfig config = AroConfig.forPlan(desk.environment());
          return AroPlan.lines(
              config,
              runId(config, desk.clock()),
              AzureAccess.prices(config, desk.transport().get(), desk.clock()),
              what);
        });
  }

  /** The one that is set, or one that tells when. */
  static String runId(AroConfig config, Clock clock) {
    return config.runId().orElseGet(() -> "local-" + SECOND.format(clock.instant()));
  }
}
