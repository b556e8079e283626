package dev.cocolab.operators.control;

import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kinds that an API server serves, by its discovery documents; each is asked for once. For one
 * thread.
 */
public final class ServedKinds {
  private static final Logger LOG = LoggerFactory.getLogger(ServedKinds.class);

  private final KubernetesClient client;
  private final Map<String, Optional<Set<String>>> plurals = new HashMap<>();

  /** Asks this client's server. */
  public ServedKinds(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Whether a kind is not known to be missing: where discovery itself fails, the request for the
   * kind says more than could be said here.
   */
  public boolean mayContain(Class<? extends HasMetadata> type) {
    String version = HasMetadata.getApiVersion(type);
    return plurals
        .computeIfAbsent(version, this::discover)
        .map(served -> served.contains(HasMetadata.getPlural(type)))
        .orElse(true);
  }

  private Optional<Set<String>> discover(String version) {
    try {
      APIResourceList list = client.getApiResources(version);
      return Optional.of(
          list == null
              ? Set.of()
              : list.getResources().stream()
                  .map(APIResource::getName)
                  .collect(Collectors.toUnmodifiableSet()));
    } catch (KubernetesClientException failed) {
      LOG.debug("no discovery of {}: {}", version, failed.toString());
      return Optional.empty();
    }
  }
}
