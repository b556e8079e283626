package dev.cocolab.steps.azure;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.control.AdminKubeconfig;
import dev.cocolab.azure.preflight.OperatorCatalogue;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Asks a cluster whether Red Hat's catalogue is ready and has the operators of the workshop. */
public final class ClusterCatalogue implements OperatorCatalogue {
  private static final String MARKETPLACE = "openshift-marketplace";
  private static final String SOURCE = "redhat-operators";
  private static final List<String> PACKAGES =
      List.of("sandboxed-containers-operator", "trustee-operator");
  private static final ResourceDefinitionContext CATALOG_SOURCE =
      kind("operators.coreos.com", "v1alpha1", "CatalogSource", "catalogsources");
  private static final ResourceDefinitionContext PACKAGE =
      kind("packages.operators.coreos.com", "v1", "PackageManifest", "packagemanifests");
  private static final int PATIENCE_MILLIS = 10_000;

  private final Supplier<AdminKubeconfig> kubeconfig;

  /** Asks with the kubeconfig that this gives. */
  public ClusterCatalogue(Supplier<AdminKubeconfig> kubeconfig) {
    this.kubeconfig = kubeconfig;
  }

  @Override
  public Optional<String> missing() {
    Config config = read();
    Config bounded =
        new ConfigBuilder(config)
            .withConnectionTimeout(PATIENCE_MILLIS)
            .withRequestTimeout(PATIENCE_MILLIS)
            .withRequestRetryBackoffLimit(1)
            .build();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(bounded).build()) {
      return missing(client);
    }
  }

  private Config read() {
    try {
      Config config =
          Config.fromKubeconfig(new String(kubeconfig.get().bytes(), StandardCharsets.UTF_8));
      // Without a context the client would ask some other cluster that it finds.
      if (config.getCurrentContext() != null) {
        return config;
      }
    } catch (IllegalArgumentException | KubernetesClientException e) {
      // Falls through; its text may quote the kubeconfig.
    }
    throw new AzureException(Reason.UNREADABLE, "the cluster's admin kubeconfig is not one");
  }

  /** The question itself, to a cluster of which a client is there. */
  static Optional<String> missing(KubernetesClient client) {
    try {
      GenericKubernetesResource source = get(client, CATALOG_SOURCE, SOURCE);
      if (source == null) {
        return Optional.of("there is no catalogue source " + SOURCE);
      }
      Object state = source.get("status", "connectionState", "lastObservedState");
      if (!"READY".equals(state)) {
        return Optional.of("the catalogue source %s is %s, not READY".formatted(SOURCE, state));
      }
      List<String> absent =
          PACKAGES.stream().filter(name -> get(client, PACKAGE, name) == null).toList();
      return absent.isEmpty()
          ? Optional.empty()
          : Optional.of("the catalogue has no " + String.join(", no ", absent));
    } catch (KubernetesClientException e) {
      throw new AzureException(
          e.getCode() == 403 ? Reason.NO_RIGHTS : Reason.UNREACHABLE,
          "the cluster cannot be asked for its catalogue (%s)"
              .formatted(e.getCode() > 0 ? "HTTP " + e.getCode() : "no answer"));
    }
  }

  private static GenericKubernetesResource get(
      KubernetesClient client, ResourceDefinitionContext kind, String name) {
    return client.genericKubernetesResources(kind).inNamespace(MARKETPLACE).withName(name).get();
  }

  private static ResourceDefinitionContext kind(
      String group, String version, String kind, String plural) {
    return new ResourceDefinitionContext.Builder()
        .withGroup(group)
        .withVersion(version)
        .withKind(kind)
        .withPlural(plural)
        .withNamespaced(true)
        .build();
  }
}
