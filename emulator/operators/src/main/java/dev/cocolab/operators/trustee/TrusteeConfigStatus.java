package dev.cocolab.operators.trustee;

import dev.cocolab.operators.control.Owners;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps the status of the TrusteeConfig that owns a KbsConfig. */
final class TrusteeConfigStatus {

  static final String KIND = "TrusteeConfig";
  private static final String READY =
      "TrusteeConfig is ready and KbsConfig is deployed successfully";
  private static final String UNDER_WAY =
      "TrusteeConfig reconciled but KbsConfig deployment is in progress";

  private final KubernetesClient client;

  TrusteeConfigStatus(KubernetesClient client) {
    this.client = client;
  }

  static ResourceDefinitionContext context() {
    return new ResourceDefinitionContext.Builder()
        .withGroup("confidentialcontainers.org")
        .withVersion("v1alpha1")
        .withKind(KIND)
        .withPlural("trusteeconfigs")
        .withNamespaced(true)
        .build();
  }

  /** Does nothing if no TrusteeConfig owns the KbsConfig or if its status says it already. */
  void mirror(GenericKubernetesResource kbsConfig, boolean ready) {
    Owners.controllerOf(kbsConfig)
        .filter(owner -> owner.getKind().equals(KIND))
        .map(
            owner ->
                client
                    .genericKubernetesResources(context())
                    .inNamespace(kbsConfig.getMetadata().getNamespace())
                    .withName(owner.getName())
                    .get())
        .ifPresent(config -> write(config, status(kbsConfig, ready)));
  }

  private void write(GenericKubernetesResource config, Map<String, Object> status) {
    if (!status.equals(config.getAdditionalProperties().get("status"))) {
      config.setAdditionalProperty("status", status);
      client.resource(config).updateStatus();
    }
  }

  private static Map<String, Object> status(GenericKubernetesResource kbsConfig, boolean ready) {
    Map<String, Object> reference = new LinkedHashMap<>();
    reference.put("apiVersion", kbsConfig.getApiVersion());
    reference.put("kind", kbsConfig.getKind());
    reference.put("name", kbsConfig.getMetadata().getName());
    reference.put("namespace", kbsConfig.getMetadata().getNamespace());
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("isReady", ready);
    status.put("kbsConfigRef", reference);
    status.put("statusDescription", ready ? READY : UNDER_WAY);
    return status;
  }
}
