package dev.cocolab.steps.targets.aro;

import dev.cocolab.azure.control.AdminKubeconfig;
import dev.cocolab.azure.preflight.OperatorCatalogue;
import dev.cocolab.cli.Terminal;
import dev.cocolab.steps.azure.AzureDesk;
import dev.cocolab.steps.azure.ClusterCatalogue;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a run on Azure works with.
 *
 * @param catalogue asks the cluster whether the operators can be installed
 * @param progress lines for a person who waits
 * @param masks lines for GitHub's runner. They hold secrets
 * @param look how often the budget is looked at
 */
record AroSetting(
    AzureDesk desk,
    Function<Supplier<AdminKubeconfig>, OperatorCatalogue> catalogue,
    Consumer<String> progress,
    Consumer<String> masks,
    Duration look) {
  private static final Duration LOOK = Duration.ofSeconds(30);

  AroSetting {
    Objects.requireNonNull(desk, "desk");
    Objects.requireNonNull(catalogue, "catalogue");
    Objects.requireNonNull(progress, "progress");
    Objects.requireNonNull(masks, "masks");
    Objects.requireNonNull(look, "look");
  }

  static AroSetting ofProcess(Map<String, String> environment, Consumer<String> progress) {
    return new AroSetting(
        AzureDesk.ofProcess(environment),
        ClusterCatalogue::new,
        progress,
        // not a log: its lines begin otherwise, and then the runner shows what it should hide
        Terminal.ofProcess(environment)::tell,
        LOOK);
  }
}
