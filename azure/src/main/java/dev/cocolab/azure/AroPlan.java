package dev.cocolab.azure;

import dev.cocolab.azure.cost.Cost;
import dev.cocolab.azure.cost.Prices;
import dev.cocolab.azure.preflight.Preflight;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run would do, for {@code --dry-run}. Signs in nowhere; asks nobody but the price list, and
 * that only where it is told the region.
 */
public final class AroPlan {
  private AroPlan() {}

  /**
   * The plan as lines.
   *
   * @param runId of the run
   * @param prices where prices come from
   * @param what the scenarios, in words, e.g. {@code "12 scenarios"}
   */
  public static List<String> lines(AroConfig config, String runId, Prices prices, String what) {
    RunTags.checkRunId(runId);
    List<String> lines = new ArrayList<>();
    lines.add(
        "plan: run %s on the cluster %s (nothing is done)".formatted(runId, config.cluster()));
    lines.add("1. sign in" + config.client().map(id -> " as client " + id).orElse(""));
    lines.add("2. pre-flight: " + String.join(", ", Preflight.CHECKS));
    lines.add(
        "3. get the admin kubeconfig of %s in the resource group %s"
            .formatted(config.cluster(), config.resourceGroup()));
    lines.add(
        "4. set peer-pods-cm: sizes %s, tags %s=%s, %s=%s and %s"
            .formatted(
                String.join(", ", config.sizes()),
                RunTags.OWNER,
                RunTags.OWNER_VALUE,
                RunTags.RUN_ID,
                runId,
                RunTags.EXPIRES_AT));
    lines.add(
        "5. make a blob container in %s; addresses signed with %s"
            .formatted(
                config.storageAccount(),
                config.storageKey().isPresent() ? "the account's key" : "a key of the identity"));
    lines.add(
        "6. run %s, one at a time, with at most %d pod VMs and %d minutes"
            .formatted(what, config.limits().machines(), config.limits().time().toMinutes()));
    lines.add("7. delete the container; sweep the pod VMs and network cards of this run");
    lines.addAll(
        config
            .region()
            .map(in -> Cost.atMost(prices, in, config.sizes(), config.limits()))
            .orElseGet(
                () ->
                    Cost.unknown(
                        "the region is not known without asking Azure; set " + AroConfig.REGION))
            .lines());
    return lines;
  }
}
