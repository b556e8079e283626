package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sets what a client may leave out, in objects of built-in kinds. Applies to every write, so
 * defaults are idempotent.
 */
final class Defaults {
  private Defaults() {}

  static void apply(ResourceType type, ObjectNode object) {
    switch (type.storageName()) {
      case "pods" -> {
        ObjectNode spec = Trees.child(object, "spec");
        PodDefaults.apply(spec);
        PodDefaults.applyToPod(spec);
      }
      case "deployments.apps" -> deployment(Trees.child(object, "spec"));
      case "replicasets.apps" -> {
        Trees.setDefault(Trees.child(object, "spec"), "replicas", 1);
        template(Trees.child(object, "spec"));
      }
      case "daemonsets.apps" -> daemonSet(Trees.child(object, "spec"));
      case "statefulsets.apps" -> statefulSet(Trees.child(object, "spec"));
      case "jobs.batch" -> job(Trees.child(object, "spec"));
      case "cronjobs.batch" -> cronJob(Trees.child(object, "spec"));
      case "services" -> service(Trees.child(object, "spec"));
      case "secrets" -> secret(object);
      case "namespaces" -> namespace(object);
      case "rolebindings.rbac.authorization.k8s.io",
          "clusterrolebindings.rbac.authorization.k8s.io" ->
          binding(object);
      case "customresourcedefinitions.apiextensions.k8s.io" ->
          definition(Trees.child(object, "spec"));
      case "events" -> event(object);
      case "priorityclasses.scheduling.k8s.io" ->
          Trees.setDefault(object, "preemptionPolicy", "PreemptLowerPriority");
      default -> {
        // nothing to add
      }
    }
  }

  private static void template(ObjectNode spec) {
    if (Trees.at(spec, "template", "spec") instanceof ObjectNode podSpec) {
      PodDefaults.apply(podSpec);
    }
  }

  private static void deployment(ObjectNode spec) {
    Trees.setDefault(spec, "replicas", 1);
    Trees.setDefault(spec, "revisionHistoryLimit", 10);
    Trees.setDefault(spec, "progressDeadlineSeconds", 600);
    ObjectNode strategy = Trees.child(spec, "strategy");
    Trees.setDefault(strategy, "type", "RollingUpdate");
    if (Trees.textOrEmpty(strategy, "type").equals("RollingUpdate")) {
      ObjectNode rolling = Trees.child(strategy, "rollingUpdate");
      Trees.setDefault(rolling, "maxUnavailable", "25%");
      Trees.setDefault(rolling, "maxSurge", "25%");
    }
    template(spec);
  }

  private static void daemonSet(ObjectNode spec) {
    Trees.setDefault(spec, "revisionHistoryLimit", 10);
    ObjectNode strategy = Trees.child(spec, "updateStrategy");
    Trees.setDefault(strategy, "type", "RollingUpdate");
    if (Trees.textOrEmpty(strategy, "type").equals("RollingUpdate")) {
      ObjectNode rolling = Trees.child(strategy, "rollingUpdate");
      Trees.setDefault(rolling, "maxUnavailable", 1);
      Trees.setDefault(rolling, "maxSurge", 0);
    }
    template(spec);
  }

  private static void statefulSet(ObjectNode spec) {
    Trees.setDefault(spec, "replicas", 1);
    Trees.setDefault(spec, "revisionHistoryLimit", 10);
    Trees.setDefault(spec, "podManagementPolicy", "OrderedReady");
    ObjectNode claims = Trees.child(spec, "persistentVolumeClaimRetentionPolicy");
    Trees.setDefault(claims, "whenDeleted", "Retain");
    Trees.setDefault(claims, "whenScaled", "Retain");
    ObjectNode strategy = Trees.child(spec, "updateStrategy");
    Trees.setDefault(strategy, "type", "RollingUpdate");
    if (Trees.textOrEmpty(strategy, "type").equals("RollingUpdate")) {
      Trees.setDefault(Trees.child(strategy, "rollingUpdate"), "partition", 0);
    }
    template(spec);
  }

  private static void job(ObjectNode spec) {
    boolean neither = !spec.hasNonNull("parallelism") && !spec.hasNonNull("completions");
    if (neither) {
      spec.put("completions", 1);
    }
    Trees.setDefault(spec, "parallelism", 1);
    Trees.setDefault(spec, "backoffLimit", 6);
    Trees.setDefault(spec, "completionMode", "NonIndexed");
    Trees.setDefault(spec, "suspend", false);
    Trees.setDefault(spec, "manualSelector", false);
    Trees.setDefault(spec, "podReplacementPolicy", "TerminatingOrFailed");
    template(spec);
  }

  private static void cronJob(ObjectNode spec) {
    Trees.setDefault(spec, "concurrencyPolicy", "Allow");
    Trees.setDefault(spec, "suspend", false);
    Trees.setDefault(spec, "successfulJobsHistoryLimit", 3);
    Trees.setDefault(spec, "failedJobsHistoryLimit", 1);
    if (Trees.at(spec, "jobTemplate", "spec") instanceof ObjectNode jobSpec) {
      template(jobSpec);
    }
  }

  private static void service(ObjectNode spec) {
    Trees.setDefault(spec, "type", "ClusterIP");
    Trees.setDefault(spec, "sessionAffinity", "None");
    if (!Trees.textOrEmpty(spec, "type").equals("ExternalName")) {
      Trees.setDefault(spec, "internalTrafficPolicy", "Cluster");
      Trees.setDefault(spec, "ipFamilies", Trees.array().add("IPv4"));
      Trees.setDefault(spec, "ipFamilyPolicy", "SingleStack");
    }
    Trees.text(spec, "clusterIP")
        .ifPresent(ip -> Trees.setDefault(spec, "clusterIPs", Trees.array().add(ip)));
    for (ObjectNode port : Trees.objects(spec, "ports")) {
      Trees.setDefault(port, "protocol", "TCP");
      if (port.has("port")) {
        Trees.setDefault(port, "targetPort", port.path("port"));
      }
    }
  }

  /** Text of {@code stringData} moves, encoded, into {@code data}. */
  private static void secret(ObjectNode secret) {
    Trees.setDefault(secret, "type", "Opaque");
    JsonNode texts = secret.path("stringData");
    if (texts.isObject()) {
      ObjectNode data = Trees.child(secret, "data");
      for (Map.Entry<String, JsonNode> entry : texts.properties()) {
        byte[] bytes = entry.getValue().stringValue("").getBytes(StandardCharsets.UTF_8);
        data.put(entry.getKey(), Base64.getEncoder().encodeToString(bytes));
      }
    }
    secret.remove("stringData");
  }

  private static void namespace(ObjectNode namespace) {
    ObjectNode labels = Trees.child(Trees.child(namespace, "metadata"), "labels");
    labels.put("kubernetes.io/metadata.name", Trees.textOrEmpty(namespace, "metadata", "name"));
  }

  private static void binding(ObjectNode binding) {
    if (binding.path("roleRef") instanceof ObjectNode ref) {
      Trees.setDefault(ref, "apiGroup", "rbac.authorization.k8s.io");
    }
    for (ObjectNode subject : Trees.objects(binding, "subjects")) {
      if (!Trees.textOrEmpty(subject, "kind").equals("ServiceAccount")) {
        Trees.setDefault(subject, "apiGroup", "rbac.authorization.k8s.io");
      }
    }
  }

  private static void definition(ObjectNode spec) {
    ObjectNode names = Trees.child(spec, "names");
    Trees.text(names, "kind")
        .ifPresent(
            kind -> {
              Trees.setDefault(names, "singular", kind.toLowerCase(Locale.ROOT));
              Trees.setDefault(names, "listKind", kind + "List");
            });
    for (ObjectNode version : Trees.objects(spec, "versions")) {
      Trees.setDefault(version, "served", false);
      Trees.setDefault(version, "storage", false);
    }
    ObjectNode conversion = Trees.child(spec, "conversion");
    Trees.setDefault(conversion, "strategy", "None");
  }

  private static void event(ObjectNode event) {
    Trees.setDefault(event, "type", "Normal");
    Trees.child(event, "source");
    Trees.setDefault(event, "reportingComponent", "");
    Trees.setDefault(event, "reportingInstance", "");
  }
}
