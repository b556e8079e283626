package dev.cocolab.node.cluster;

import dev.cocolab.node.volume.ClusterObjects;
import dev.cocolab.node.volume.VolumeException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.function.Supplier;

/** Objects that pods refer to, read when they are needed. */
public final class ApiObjects implements ClusterObjects {
  private final KubernetesClient client;

  /** Reads through this client. */
  public ApiObjects(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Optional<Secret> secret(String namespace, String name) {
    return read(() -> client.secrets().inNamespace(namespace).withName(name).get());
  }

  @Override
  public Optional<ConfigMap> configMap(String namespace, String name) {
    return read(() -> client.configMaps().inNamespace(namespace).withName(name).get());
  }

  /**
   * A node authorizer lets a node read what its pods refer to, and learns of a pod some
   * milliseconds after the node: what fails is tried again as every volume is.
   */
  private static <T> Optional<T> read(Supplier<T> request) {
    try {
      return Optional.ofNullable(request.get());
    } catch (KubernetesClientException e) {
      throw new VolumeException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public String serviceAccountToken(Pod pod, String audience, long seconds) {
    String account = pod.getSpec().getServiceAccountName();
    TokenRequestBuilder request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withExpirationSeconds(seconds)
            .withNewBoundObjectRef(
                "v1", "Pod", pod.getMetadata().getName(), pod.getMetadata().getUid())
            .endSpec();
    if (!audience.isEmpty()) {
      request.editSpec().withAudiences(audience).endSpec();
    }
    try {
      TokenRequest answer =
          client
              .serviceAccounts()
              .inNamespace(pod.getMetadata().getNamespace())
              .withName(account == null || account.isEmpty() ? "default" : account)
              .tokenRequest(request.build());
      return answer.getStatus().getToken();
    } catch (KubernetesClientException e) {
      throw new VolumeException("failed to fetch token: " + e.getMessage(), e);
    }
  }
}
