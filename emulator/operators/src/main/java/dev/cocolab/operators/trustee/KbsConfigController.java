package dev.cocolab.operators.trustee;

import dev.cocolab.operators.OperatorException;
import dev.cocolab.operators.TrusteeOperatorOptions;
import dev.cocolab.operators.control.Controller;
import dev.cocolab.operators.control.EventRecorder;
import dev.cocolab.operators.control.ObjectKey;
import dev.cocolab.operators.control.WorkQueue;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** Turns KbsConfigs into Trustee's Deployment and Service and reports whether it is ready. */
public final class KbsConfigController implements Controller {

  private final KubernetesClient client;
  private final TrusteeOperatorOptions options;
  private final TrusteeCaches caches;
  private final EventRecorder events;
  private final OperatorLog log;
  private final TrusteeConfigStatus trusteeConfigs;
  private final WorkQueue queue;

  public KbsConfigController(
      KubernetesClient client,
      TrusteeOperatorOptions options,
      TrusteeCaches caches,
      ScheduledExecutorService executor) {
    this.client = client;
    this.options = options;
    this.caches = caches;
    this.events = new EventRecorder(client, "kbsconfig-controller", options.clock(), executor);
    this.log = new OperatorLog(options.clock(), options.log(), "kbsconfig-controller");
    this.trusteeConfigs = new TrusteeConfigStatus(client);
    this.queue = new WorkQueue("kbsconfig", executor, this);
  }

  /** To be told of every change of a KbsConfig. */
  public void configChanged(
      Optional<GenericKubernetesResource> before, Optional<GenericKubernetesResource> after) {
    after.or(() -> before).map(ObjectKey::of).ifPresent(queue::add);
  }

  /** To be told of every change of a ConfigMap, Secret, Deployment or Service of the namespace. */
  public void surroundingsChanged(
      Optional<? extends HasMetadata> before, Optional<? extends HasMetadata> after) {
    HasMetadata object = after.isPresent() ? after.get() : before.orElseThrow();
    for (GenericKubernetesResource config : caches.configs()) {
      if (concerns(config, object)) {
        queue.add(ObjectKey.of(config));
      }
    }
  }

  private static boolean concerns(GenericKubernetesResource config, HasMetadata object) {
    String name = object.getMetadata().getName();
    try {
      return switch (object.getKind()) {
        case "ConfigMap" -> KbsConfigSpec.of(config).configMaps().contains(name);
        case "Secret" -> KbsConfigSpec.of(config).secrets().contains(name);
        case "Deployment" -> name.equals(TrusteeDeployment.NAME);
        default -> name.equals(TrusteeDeployment.SERVICE);
      };
    } catch (OperatorException e) {
      // Unreadable: its own reconciliation says so.
      return false;
    }
  }

  @Override
  public Optional<Duration> reconcile(ObjectKey key) {
    Optional<GenericKubernetesResource> found = caches.config(key);
    if (found.isEmpty()) {
      log.info("KbsConfig not found");
      return Optional.empty();
    }
    GenericKubernetesResource config = found.get();
    log.info("Reconciling KbsConfig", "name", key.name());
    TrusteePlan plan;
    try {
      plan =
          TrusteePlan.of(
              config, caches.observe(clusterProxy()), options, client.getKubernetesSerialization());
    } catch (OperatorException e) {
      fail(config, e.getMessage());
      return Optional.empty();
    }
    if (plan instanceof TrusteePlan.Missing missing) {
      fail(config, missing.message());
    } else if (plan instanceof TrusteePlan.CreateDeployment create) {
      attempt(
          config, "DeploymentCreateFailed", () -> client.resource(create.deployment()).create());
      log.info("Created a new deployment", "Deployment.Name", TrusteeDeployment.NAME);
      events.normal(config, "DeploymentCreated", "Trustee deployment created successfully");
      addFinalizer(config);
    } else if (plan instanceof TrusteePlan.Retire retire) {
      retire(config, retire);
    } else if (plan instanceof TrusteePlan.Maintain maintain) {
      maintain(config, maintain);
    }
    return Optional.empty();
  }

  /**
   * Nothing is retried by the clock: the next change of the KbsConfig or of what it names comes
   * back here.
   */
  private void fail(GenericKubernetesResource config, String message) {
    log.info("Error in creating/updating KBS deployment", "err", message);
    if (caches.deployment().isPresent()) {
      events.warning(config, "DeploymentUpdateFailed", message);
    }
  }

  private void maintain(GenericKubernetesResource config, TrusteePlan.Maintain plan) {
    Optional<Deployment> deployment = plan.deployment();
    if (deployment.isPresent()) {
      attempt(config, "DeploymentUpdateFailed", () -> client.resource(deployment.get()).update());
      log.info("Updated Deployment", "Deployment.Name", TrusteeDeployment.NAME);
      events.normal(config, "DeploymentUpdated", "Trustee deployment updated successfully");
    }
    plan.service().ifPresent(service -> write(config, service));
    GenericKubernetesResource current = addFinalizer(config);
    report(current, plan.ready());
  }

  private void write(GenericKubernetesResource config, Service service) {
    if (service.getMetadata().getResourceVersion() == null) {
      attempt(config, "ServiceCreateFailed", () -> client.resource(service).create());
      log.info("Creating a new service", "Service.Name", TrusteeDeployment.SERVICE);
      events.normal(config, "ServiceCreated", "KBS service created successfully");
    } else {
      attempt(config, "ServiceUpdateFailed", () -> client.resource(service).update());
      log.info("Updating the service", "Service.Name", TrusteeDeployment.SERVICE);
    }
  }

  private void report(GenericKubernetesResource config, boolean ready) {
    Fields status = Fields.of(config.getAdditionalProperties().get("status"), "status");
    boolean before = status.flag("isReady");
    if (before != ready || !status.members().containsKey("isReady")) {
      GenericKubernetesResource changed = client.getKubernetesSerialization().clone(config);
      Map<String, Object> members = new LinkedHashMap<>();
      status.members().forEach((k, v) -> members.put(String.valueOf(k), v));
      members.put("isReady", ready);
      changed.setAdditionalProperty("status", members);
      client.resource(changed).updateStatus();
      log.info("Checked KbsConfig status", "IsReady", ready);
    }
    if (ready && !before) {
      events.normal(config, "Ready", "Trustee deployment is ready");
    } else if (!ready && before) {
      events.warning(config, "NotReady", "Trustee deployment is no longer ready");
    }
    trusteeConfigs.mirror(config, ready);
  }

  private GenericKubernetesResource addFinalizer(GenericKubernetesResource config) {
    List<String> finalizers = finalizers(config);
    if (finalizers.contains(TrusteePlan.FINALIZER)) {
      return config;
    }
    log.info("Adding kbsFinalizer to KbsConfig");
    finalizers.add(TrusteePlan.FINALIZER);
    return update(config, finalizers);
  }

  private void retire(GenericKubernetesResource config, TrusteePlan.Retire plan) {
    List<String> finalizers = finalizers(config);
    if (!finalizers.remove(TrusteePlan.FINALIZER)) {
      return;
    }
    if (plan.deleteDeployment()) {
      log.info("Deleting the KBS deployment");
      client
          .apps()
          .deployments()
          .inNamespace(options.namespace())
          .withName(TrusteeDeployment.NAME)
          .delete();
    }
    log.info("Removing kbsFinalizer");
    try {
      update(config, finalizers);
    } catch (KubernetesClientException e) {
      // The watch is behind: the object is gone already.
      if (e.getCode() != 404) {
        throw e;
      }
    }
  }

  private static List<String> finalizers(GenericKubernetesResource config) {
    return config.getMetadata().getFinalizers() == null
        ? new ArrayList<>()
        : new ArrayList<>(config.getMetadata().getFinalizers());
  }

  private GenericKubernetesResource update(
      GenericKubernetesResource config, List<String> finalizers) {
    GenericKubernetesResource changed = client.getKubernetesSerialization().clone(config);
    changed.getMetadata().setFinalizers(finalizers);
    return client.resource(changed).update();
  }

  private void attempt(GenericKubernetesResource config, String failure, Runnable request) {
    try {
      request.run();
    } catch (KubernetesClientException e) {
      if (e.getCode() != 409) {
        events.warning(config, failure, String.valueOf(e.getMessage()));
        log.info("Error in creating/updating KBS deployment", "err", e.getMessage());
      }
      throw e;
    }
  }

  /** The variables of OpenShift's cluster-wide proxy; none where there is no such object. */
  private Map<String, String> clusterProxy() {
    String json;
    try {
      json = client.raw("/apis/config.openshift.io/v1/proxies/cluster");
    } catch (KubernetesClientException e) {
      if (e.getCode() != 403 && e.getCode() != 404) {
        throw e;
      }
      json = null;
    }
    if (json == null) {
      return Map.of();
    }
    GenericKubernetesResource proxy =
        client.getKubernetesSerialization().unmarshal(json, GenericKubernetesResource.class);
    Fields spec = Fields.of(proxy.getAdditionalProperties().get("spec"), "spec");
    Map<String, String> result = new LinkedHashMap<>();
    spec.text("httpProxy").ifPresent(v -> both(result, "HTTP_PROXY", v));
    spec.text("httpsProxy").ifPresent(v -> both(result, "HTTPS_PROXY", v));
    spec.text("noProxy").ifPresent(v -> both(result, "NO_PROXY", v));
    return result;
  }

  private static void both(Map<String, String> variables, String name, String value) {
    variables.put(name, value);
    variables.put(name.toLowerCase(java.util.Locale.ROOT), value);
  }

  @Override
  public void open() {
    queue.open();
  }

  @Override
  public void close() {
    queue.close();
  }
}
