package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.ApiException.Subject;
import dev.cocolab.apiserver.store.ObjectKey;
import dev.cocolab.apiserver.store.ObjectStore;
import dev.cocolab.apiserver.store.StoredObject;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Objects that a new pod names must be there; some of them say more about the pod. */
final class PodReferences {
  private static final String DEFAULT_ACCOUNT = "default";

  /** Classes that every cluster has. */
  private static final Map<String, Integer> SYSTEM_PRIORITIES =
      Map.of("system-cluster-critical", 2_000_000_000, "system-node-critical", 2_000_001_000);

  private final ObjectStore store;

  PodReferences(ObjectStore store) {
    this.store = store;
  }

  /** Throws 403 for what is not there. */
  void admit(Subject pod, String namespace, ObjectNode spec) {
    account(pod, namespace, spec);
    priority(pod, spec);
    runtimeClass(pod, spec);
  }

  /** A controller makes the account {@code default}, perhaps later than the pod. */
  private void account(Subject pod, String namespace, JsonNode spec) {
    String name =
        Trees.text(spec, "serviceAccountName")
            .or(() -> Trees.text(spec, "serviceAccount"))
            .orElse(DEFAULT_ACCOUNT);
    if (!name.equals(DEFAULT_ACCOUNT)
        && store.get(new ObjectKey("serviceaccounts", namespace, name)).isEmpty()) {
      throw ApiException.forbidden(
          pod,
          "error looking up service account "
              + namespace
              + "/"
              + name
              + ": serviceaccount \""
              + name
              + "\" not found");
    }
  }

  private void priority(Subject pod, ObjectNode spec) {
    Optional<String> name = Trees.text(spec, "priorityClassName");
    if (name.isEmpty()) {
      return;
    }
    if (SYSTEM_PRIORITIES.containsKey(name.get())) {
      spec.put("priority", SYSTEM_PRIORITIES.get(name.get()));
      return;
    }
    StoredObject priorityClass =
        store
            .get(new ObjectKey("priorityclasses.scheduling.k8s.io", "", name.get()))
            .orElseThrow(
                () ->
                    ApiException.forbidden(
                        pod, "no PriorityClass with name " + name.get() + " was found"));
    spec.set("priority", priorityClass.json().path("value"));
    Trees.text(priorityClass.json(), "preemptionPolicy")
        .ifPresent(policy -> Trees.setDefault(spec, "preemptionPolicy", policy));
  }

  private void runtimeClass(Subject pod, ObjectNode spec) {
    Optional<String> wanted = Trees.text(spec, "runtimeClassName");
    if (wanted.isEmpty()) {
      return;
    }
    StoredObject runtimeClass =
        store
            .get(new ObjectKey("runtimeclasses.node.k8s.io", "", wanted.get()))
            .orElseThrow(
                () ->
                    ApiException.forbidden(
                        pod, "pod rejected: RuntimeClass \"" + wanted.get() + "\" not found"));
    JsonNode overhead = Trees.at(runtimeClass.json(), "overhead", "podFixed");
    if (overhead.isObject()) {
      Trees.setDefault(spec, "overhead", overhead.deepCopy());
    }
    JsonNode selector = Trees.at(runtimeClass.json(), "scheduling", "nodeSelector");
    for (Map.Entry<String, JsonNode> label : selector.properties()) {
      Trees.child(spec, "nodeSelector").set(label.getKey(), label.getValue());
    }
  }
}
