package dev.cocolab.steps.targets.k3s;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;

/**
 * Waits for what a lab needs of an API server, not for a line of a log, which newer images word
 * otherwise: {@code /readyz} answers ok, and the namespace {@code default} has its ServiceAccount.
 */
final class ApiServerWait extends AbstractWaitStrategy {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int REQUEST_MILLIS = 5_000;

  private final Supplier<String> kubeconfig;
  private volatile String missing = "a kubeconfig";
  private volatile String version = "";

  ApiServerWait(Supplier<String> kubeconfig) {
    this.kubeconfig = kubeconfig;
  }

  /** Version of the server that was found ready, such as {@code v1.32.4+k3s1}. */
  String version() {
    return version;
  }

  /** What was missing at the last look. */
  String missing() {
    return missing;
  }

  @Override
  protected void waitUntilReady() {
    try {
      Awaitility.await()
          .atMost(startupTimeout)
          .pollInterval(POLL)
          .ignoreExceptions()
          .until(this::isReady);
    } catch (ConditionTimeoutException e) {
      throw new ContainerLaunchException(
          "after %d s it still lacks %s".formatted(startupTimeout.toSeconds(), missing), e);
    }
  }

  private boolean isReady() {
    missing = "a kubeconfig";
    Config config = Config.fromKubeconfig(kubeconfig.get());
    config.setConnectionTimeout(REQUEST_MILLIS);
    config.setRequestTimeout(REQUEST_MILLIS);
    config.setClientKeyAlgo("EC");
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      missing = "an API server that is ready";
      if (!"ok".equals(client.raw("/readyz"))) {
        return false;
      }
      version = client.getKubernetesVersion().getGitVersion();
      missing = "the ServiceAccount default in the namespace default";
      return client.serviceAccounts().inNamespace("default").withName("default").get() != null;
    }
  }
}
