package dev.cocolab.steps.targets.cluster;

import dev.cocolab.cli.ClusterConnection;
import dev.cocolab.steps.targets.Clients;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Clients from the contexts {@code opsec}, {@code uadmin} and {@code devel} of a kubeconfig; who
 * has no context of his own there acts with the current one.
 */
final class ClusterClients implements Clients, AutoCloseable {
  private static final int LIMIT_MILLIS = 20_000;

  /** Together some six seconds, after which a server that refuses connections is gone. */
  private static final int TRIES = 6;

  private static final String AGENTS = "cocolab-run-";

  private final KubeconfigText kubeconfig;
  private final String agent = AGENTS + UUID.randomUUID();
  private final Map<String, KubernetesClient> open = new HashMap<>();

  ClusterClients(KubeconfigText kubeconfig) {
    this.kubeconfig = Objects.requireNonNull(kubeconfig, "kubeconfig");
  }

  /**
   * Whether these clients made an object: an API server notes the user agent of who says nothing
   * else as the manager of what he writes.
   */
  boolean made(HasMetadata object) {
    return object.getMetadata().getManagedFields().stream()
        .anyMatch(fields -> agent.equals(fields.getManager()));
  }

  /** Whether clients of a run made an object, this one's or another's. */
  static boolean isOfARun(HasMetadata object) {
    return object.getMetadata().getManagedFields().stream()
        .anyMatch(fields -> String.valueOf(fields.getManager()).startsWith(AGENTS));
  }

  /** With the current context. */
  KubernetesClient current() {
    return client("");
  }

  @Override
  public KubernetesClient opSec() {
    return client("opsec");
  }

  @Override
  public KubernetesClient clusterAdmin() {
    return client("uadmin");
  }

  @Override
  public KubernetesClient developer() {
    return client("devel");
  }

  @Override
  public String kubeconfig() {
    return kubeconfig.yaml();
  }

  private synchronized KubernetesClient client(String persona) {
    Optional<String> context = Optional.of(persona).filter(kubeconfig.contexts()::contains);
    return open.computeIfAbsent(
        context.orElse(""),
        any -> {
          Config config = Config.fromKubeconfig(kubeconfig.in(context).yaml());
          config.setConnectionTimeout(LIMIT_MILLIS);
          config.setRequestTimeout(LIMIT_MILLIS);
          config.setUserAgent(agent);
          config.setRequestRetryBackoffLimit(TRIES);
          return ClusterConnection.open(config);
        });
  }

  /** Why the API server cannot be asked, as a sentence; asked twice, as a connection may break. */
  Optional<String> unreachable() {
    return silence()
        .map(
            e ->
                "the API server at %s does not answer any more (%s)"
                    .formatted(
                        current().getMasterUrl(),
                        e.getCode() > 0 ? "HTTP " + e.getCode() : "no connection"));
  }

  /** What asking the API server ended in, within half a minute, if that is no answer. */
  Optional<KubernetesClientException> silence() {
    Config config =
        new ConfigBuilder(current().getConfiguration())
            .withConnectionTimeout(LIMIT_MILLIS / 2)
            .withRequestTimeout(LIMIT_MILLIS / 2)
            .withRequestRetryBackoffLimit(1)
            .build();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      client.getKubernetesVersion();
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return e.getCode() > 0 && e.getCode() < 500 ? Optional.empty() : Optional.of(e);
    }
  }

  @Override
  public synchronized void close() {
    open.values().forEach(KubernetesClient::close);
    open.clear();
  }
}
