package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Defaults of a pod specification, wherever it stands. */
final class PodDefaults {
  private static final int READABLE_BY_ALL = 420;

  private PodDefaults() {}

  static void apply(ObjectNode spec) {
    Trees.setDefault(spec, "restartPolicy", "Always");
    Trees.setDefault(spec, "terminationGracePeriodSeconds", 30);
    Trees.setDefault(spec, "dnsPolicy", "ClusterFirst");
    Trees.setDefault(spec, "schedulerName", "default-scheduler");
    Trees.child(spec, "securityContext");
    Trees.text(spec, "serviceAccountName").ifPresent(name -> spec.put("serviceAccount", name));
    if (!spec.hasNonNull("serviceAccountName")) {
      Trees.text(spec, "serviceAccount").ifPresent(name -> spec.put("serviceAccountName", name));
    }
    for (String list : new String[] {"initContainers", "containers"}) {
      Trees.objects(spec, list).forEach(PodDefaults::container);
    }
    Trees.objects(spec, "volumes").forEach(PodDefaults::volume);
    if (spec.path("hostNetwork").booleanValue(false)) {
      for (String list : new String[] {"initContainers", "containers"}) {
        Trees.objects(spec, list).forEach(PodDefaults::hostPorts);
      }
    }
  }

  /** On the network of the node, a container's port is the node's. */
  private static void hostPorts(ObjectNode container) {
    for (ObjectNode port : Trees.objects(container, "ports")) {
      Trees.setDefault(port, "hostPort", port.path("containerPort").longValue(0));
    }
  }

  /** What only a real pod gets, not the template of a workload. */
  static void applyToPod(ObjectNode spec) {
    if (Trees.number(spec, "terminationGracePeriodSeconds").orElse(0) < 0) {
      // what was once accepted means the shortest period there is
      spec.put("terminationGracePeriodSeconds", 1);
    }
    Trees.setDefault(spec, "serviceAccountName", "default");
    Trees.setDefault(spec, "serviceAccount", Trees.textOrEmpty(spec, "serviceAccountName"));
    Trees.setDefault(spec, "enableServiceLinks", true);
    Trees.setDefault(spec, "preemptionPolicy", "PreemptLowerPriority");
    Trees.setDefault(spec, "priority", 0);
    for (String list : new String[] {"initContainers", "containers"}) {
      Trees.objects(spec, list).forEach(PodDefaults::resourceRequests);
    }
  }

  private static void container(ObjectNode container) {
    Trees.setDefault(container, "terminationMessagePath", "/dev/termination-log");
    Trees.setDefault(container, "terminationMessagePolicy", "File");
    Trees.child(container, "resources");
    String image = Trees.textOrEmpty(container, "image");
    if (!image.isEmpty()) {
      Trees.setDefault(container, "imagePullPolicy", isLatest(image) ? "Always" : "IfNotPresent");
    }
    Trees.objects(container, "ports").forEach(port -> Trees.setDefault(port, "protocol", "TCP"));
    for (ObjectNode variable : Trees.objects(container, "env")) {
      if (Trees.at(variable, "valueFrom", "fieldRef") instanceof ObjectNode ref) {
        Trees.setDefault(ref, "apiVersion", "v1");
      }
    }
    for (String probe : new String[] {"livenessProbe", "readinessProbe", "startupProbe"}) {
      if (container.path(probe) instanceof ObjectNode object) {
        probe(object);
      }
    }
  }

  /** A limit without a request is the request too. */
  private static void resourceRequests(ObjectNode container) {
    JsonNode limits = Trees.at(container, "resources", "limits");
    if (limits.isObject() && !limits.isEmpty()) {
      ObjectNode requests = Trees.child(Trees.child(container, "resources"), "requests");
      limits.properties().forEach(e -> Trees.setDefault(requests, e.getKey(), e.getValue()));
    }
  }

  private static void probe(ObjectNode probe) {
    Trees.setDefault(probe, "timeoutSeconds", 1);
    Trees.setDefault(probe, "periodSeconds", 10);
    Trees.setDefault(probe, "successThreshold", 1);
    Trees.setDefault(probe, "failureThreshold", 3);
    if (probe.path("httpGet") instanceof ObjectNode get) {
      Trees.setDefault(get, "path", "/");
      Trees.setDefault(get, "scheme", "HTTP");
    }
  }

  private static void volume(ObjectNode volume) {
    boolean onlyName = volume.size() == 1 && volume.has("name");
    if (onlyName) {
      volume.putObject("emptyDir");
    }
    for (String source : new String[] {"secret", "configMap", "downwardAPI", "projected"}) {
      if (volume.path(source) instanceof ObjectNode object) {
        Trees.setDefault(object, "defaultMode", READABLE_BY_ALL);
      }
    }
    if (volume.path("hostPath") instanceof ObjectNode hostPath) {
      Trees.setDefault(hostPath, "type", "");
    }
    for (ObjectNode source : Trees.objects(volume, "projected", "sources")) {
      if (source.path("serviceAccountToken") instanceof ObjectNode token) {
        Trees.setDefault(token, "expirationSeconds", 3600);
      }
      fieldRefs(source.path("downwardAPI"));
    }
    fieldRefs(volume.path("downwardAPI"));
  }

  private static void fieldRefs(JsonNode downward) {
    for (ObjectNode item : Trees.objects(downward, "items")) {
      if (item.path("fieldRef") instanceof ObjectNode ref) {
        Trees.setDefault(ref, "apiVersion", "v1");
      }
    }
  }

  private static boolean isLatest(String image) {
    if (image.contains("@")) {
      return false;
    }
    int tag = image.lastIndexOf(':');
    return tag < image.lastIndexOf('/') + 1 || image.substring(tag + 1).equals("latest");
  }

  /** Guaranteed, Burstable or BestEffort, by the requests and limits of cpu and memory. */
  static String qosClass(JsonNode spec) {
    boolean any = false;
    boolean all = true;
    for (String list : new String[] {"initContainers", "containers"}) {
      for (ObjectNode container : Trees.objects(spec, list)) {
        for (String resource : new String[] {"cpu", "memory"}) {
          JsonNode limit = Trees.at(container, "resources", "limits", resource);
          JsonNode request = Trees.at(container, "resources", "requests", resource);
          any |= !limit.isMissingNode() || !request.isMissingNode();
          all &= !limit.isMissingNode() && limit.asString("").equals(request.asString(""));
        }
      }
    }
    if (!any) {
      return "BestEffort";
    }
    return all ? "Guaranteed" : "Burstable";
  }
}
