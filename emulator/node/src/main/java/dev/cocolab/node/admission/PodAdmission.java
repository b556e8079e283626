package dev.cocolab.node.admission;

import dev.cocolab.node.pod.StatusRenderer.Verdict;
import dev.cocolab.sandbox.Capability;
import dev.cocolab.sandbox.SandboxException;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Refuses pods that ask for something this node does not do; nothing is ever left out silently. */
public final class PodAdmission {
  /** Runtime class of pods with a confidential VM. */
  public static final String CONFIDENTIAL_RUNTIME = "kata-remote";

  private static final String REASON = "UnsupportedByNode";
  private static final int NAMED = 5;

  private final FieldRules rules = new FieldRules();
  private final KubernetesSerialization serialization;
  private final JsonMapper mapper = JsonMapper.builder().build();

  /** Uses the client's way of writing objects. */
  public PodAdmission(KubernetesSerialization serialization) {
    this.serialization = serialization;
  }

  /** Why the pod is refused, naming each field; empty if the node can run it. */
  public Optional<Verdict> refusal(Pod pod) {
    JsonNode spec = mapper.readTree(serialization.asJson(pod.getSpec()));
    List<String> problems = new ArrayList<>();
    walk(spec, "", "", problems);
    consistency(pod, problems);
    if (problems.isEmpty()) {
      return Optional.empty();
    }
    List<String> named = problems.subList(0, Math.min(NAMED, problems.size()));
    String more = problems.size() > NAMED ? "; and " + (problems.size() - NAMED) + " more" : "";
    return Optional.of(
        Verdict.failed(REASON, "Pod was rejected: " + String.join("; ", named) + more));
  }

  private void walk(JsonNode node, String pattern, String path, List<String> problems) {
    if (isNothing(node)) {
      return;
    }
    if (!pattern.isEmpty() && rules.accepts(pattern) && !node.isContainer()) {
      Set<String> allowed = rules.valuesOf(pattern);
      if (!allowed.isEmpty() && !allowed.contains(node.asString())) {
        problems.add("spec." + path + " \"" + node.asString() + "\" is not supported");
      }
      return;
    }
    if (!pattern.isEmpty() && !rules.isInner(pattern)) {
      problems.add(describe(path));
      return;
    }
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        walk(node.get(i), pattern + "[]", path + "[" + i + "]", problems);
      }
    } else if (node.isObject() && !rules.isMap(pattern)) {
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        String separator = pattern.isEmpty() ? "" : ".";
        walk(
            entry.getValue(),
            pattern + separator + entry.getKey(),
            path + separator + entry.getKey(),
            problems);
      }
    } else if (!node.isObject()) {
      problems.add(describe(path));
    }
  }

  private static String describe(String path) {
    if (path.matches("volumes\\[\\d+\\]\\.[a-zA-Z]+")) {
      String type = path.substring(path.lastIndexOf('.') + 1);
      return "volume type " + type + " (spec." + path + ") is not supported";
    }
    return "spec." + path + " is not supported";
  }

  private static boolean isNothing(JsonNode node) {
    return node.isNull()
        || (node.isContainer() && node.isEmpty())
        || (node.isBoolean() && !node.asBoolean())
        || (node.isString() && node.asString().isEmpty());
  }

  private static void consistency(Pod pod, List<String> problems) {
    String runtime = pod.getSpec().getRuntimeClassName();
    if (runtime != null && !runtime.isEmpty() && !runtime.equals(CONFIDENTIAL_RUNTIME)) {
      problems.add("spec.runtimeClassName \"" + runtime + "\" is not supported");
    }
    Set<String> volumes = new HashSet<>();
    for (Volume volume : pod.getSpec().getVolumes()) {
      volumes.add(volume.getName());
    }
    List<Container> all = new ArrayList<>(pod.getSpec().getInitContainers());
    all.addAll(pod.getSpec().getContainers());
    for (Container container : all) {
      container.getVolumeMounts().stream()
          .filter(mount -> !volumes.contains(mount.getName()))
          .forEach(
              mount ->
                  problems.add(
                      "container "
                          + container.getName()
                          + " mounts the unknown volume "
                          + mount.getName()));
      devices(container, problems);
      if (container.getSecurityContext() != null
          && container.getSecurityContext().getCapabilities() != null) {
        for (String name : container.getSecurityContext().getCapabilities().getAdd()) {
          capability(container, name, problems);
        }
      }
    }
  }

  /** Resources with a domain, such as nvidia.com/gpu, are devices, which this node has none of. */
  private static void devices(Container container, List<String> problems) {
    if (container.getResources() == null) {
      return;
    }
    Set<String> names = new TreeSet<>(container.getResources().getLimits().keySet());
    names.addAll(container.getResources().getRequests().keySet());
    names.stream()
        .filter(name -> name.contains("/"))
        .forEach(
            name ->
                problems.add(
                    "resource "
                        + name
                        + " of container "
                        + container.getName()
                        + " is not supported"));
  }

  private static void capability(Container container, String name, List<String> problems) {
    try {
      Capability.of(name);
    } catch (SandboxException e) {
      problems.add(
          "capability " + name + " of container " + container.getName() + " is not granted");
    }
  }
}
