package dev.cocolab.operators;

import dev.cocolab.operators.control.ControllerThreads;
import dev.cocolab.operators.control.Informers;
import dev.cocolab.operators.control.Relay;
import dev.cocolab.operators.trustee.KbsConfigController;
import dev.cocolab.operators.trustee.KbsConfigSpec;
import dev.cocolab.operators.trustee.TrusteeCaches;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Optional;

/**
 * The Trustee operator's KbsConfig controller: deploys Trustee as a KbsConfig describes it and
 * keeps it so.
 *
 * <p>As the original (Red Hat build of Trustee 1.2, upstream operator of August 2026), with these
 * differences: one pass creates Deployment and Service without the pause of ten seconds between
 * them, the annotation of a manual {@code rollout restart} survives, and the deployment type {@code
 * MicroservicesDeployment} is refused.
 */
public final class TrusteeOperator implements AutoCloseable {

  private static final Duration START_PATIENCE = Duration.ofSeconds(30);

  private final ControllerThreads threads = new ControllerThreads("trustee-operator", 2);
  private final Informers informers = new Informers();
  private Optional<KbsConfigController> controller = Optional.empty();

  private TrusteeOperator() {}

  /**
   * Returns when every watch has its first list. The client stays the caller's and must live longer
   * than the operator.
   *
   * @throws OperatorException KIND_NOT_SERVED if the CRD of KbsConfig is not installed,
   *     START_TIMEOUT after 30 s; nothing keeps running then
   */
  public static TrusteeOperator start(KubernetesClient client, TrusteeOperatorOptions options) {
    TrusteeOperator operator = new TrusteeOperator();
    try {
      operator.run(client, options);
    } catch (RuntimeException e) {
      operator.close();
      throw e;
    }
    return operator;
  }

  private void run(KubernetesClient client, TrusteeOperatorOptions options) {
    String namespace = options.namespace();
    Relay<GenericKubernetesResource> configs = new Relay<>();
    Relay<HasMetadata> surroundings = new Relay<>();
    TrusteeCaches caches =
        new TrusteeCaches(
            namespace,
            informers.require(
                "kbsconfigs",
                client.genericKubernetesResources(KbsConfigSpec.context()).inNamespace(namespace),
                configs),
            informers.require(
                "configmaps", client.configMaps().inNamespace(namespace), surroundings),
            informers.require("secrets", client.secrets().inNamespace(namespace), surroundings),
            informers.require(
                "deployments", client.apps().deployments().inNamespace(namespace), surroundings),
            informers.require("services", client.services().inNamespace(namespace), surroundings));
    KbsConfigController running =
        new KbsConfigController(client, options, caches, threads.executor());
    controller = Optional.of(running);
    configs.add(running::configChanged);
    surroundings.add(running::surroundingsChanged);
    informers.start(START_PATIENCE);
    running.open();
  }

  /** Stops the queue, then the watches, and lets work under way end. */
  @Override
  public void close() {
    controller.ifPresent(KbsConfigController::close);
    informers.close();
    threads.close();
  }
}
