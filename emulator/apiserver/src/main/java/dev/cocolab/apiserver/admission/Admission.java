package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.schema.CustomSchema;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.ApiException.Subject;
import dev.cocolab.apiserver.status.Cause;
import dev.cocolab.apiserver.store.ObjectKey;
import dev.cocolab.apiserver.store.ObjectStore;
import dev.cocolab.apiserver.store.StoredObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What happens to an object between the client's bytes and the store: defaults, then rules. Changes
 * objects in place.
 */
public final class Admission {
  private final ObjectStore store;
  private final PodReferences references;

  public Admission(ObjectStore store) {
    this.store = store;
    this.references = new PodReferences(store);
  }

  /** Sets defaults, in new and in changed objects. */
  public void applyDefaults(ResourceType type, ObjectNode object) {
    if (type.custom().isPresent()) {
      new CustomSchema(type.custom().get().schema()).applyDefaults(object);
    } else {
      Defaults.apply(type, object);
    }
  }

  /** Rules that look at other objects: the namespace takes new objects, what a pod names exists. */
  public void admitNew(ResourceType type, String namespace, ObjectNode object) {
    String name = Trees.textOrEmpty(object, "metadata", "name");
    if (type.namespaced()) {
      requireOpenNamespace(type, namespace, name);
    }
    if (type.is("", "pods")) {
      references.admit(type.about(name), namespace, Trees.child(object, "spec"));
    }
  }

  private void requireOpenNamespace(ResourceType type, String namespace, String name) {
    Optional<StoredObject> found = store.get(new ObjectKey("namespaces", "", namespace));
    if (found.isEmpty()) {
      throw ApiException.notFound(new Subject("", "namespaces", namespace));
    }
    if (found.get().json().path("metadata").has("deletionTimestamp")) {
      throw ApiException.forbidden(
          type.about(name),
          "unable to create new content in namespace "
              + namespace
              + " because it is being terminated",
          new Cause(
              "NamespaceTerminating",
              "namespace " + namespace + " is being terminated",
              "metadata.namespace"));
    }
  }

  /** Initial status and bookkeeping of a new object of a built-in kind. */
  public void initialise(ResourceType type, ObjectNode object) {
    switch (type.storageName()) {
      case "pods" -> {
        ObjectNode status = object.putObject("status");
        status.put("phase", "Pending").put("qosClass", PodDefaults.qosClass(object.path("spec")));
      }
      case "namespaces" -> {
        Trees.child(object, "spec").set("finalizers", Trees.array().add("kubernetes"));
        object.putObject("status").put("phase", "Active");
      }
      case "jobs.batch" -> {
        jobSelector(object);
        object.putObject("status");
      }
      case "deployments.apps", "cronjobs.batch" -> object.putObject("status");
      case "replicasets.apps" -> object.putObject("status").put("replicas", 0);
      case "statefulsets.apps" ->
          object.putObject("status").put("replicas", 0).put("availableReplicas", 0);
      case "daemonsets.apps" ->
          object
              .putObject("status")
              .put("currentNumberScheduled", 0)
              .put("numberMisscheduled", 0)
              .put("desiredNumberScheduled", 0)
              .put("numberReady", 0);
      case "services" -> object.putObject("status").putObject("loadBalancer");
      default -> {
        // starts without a status
      }
    }
  }

  /** A job selects its pods by its own uid. */
  private static void jobSelector(ObjectNode job) {
    ObjectNode spec = Trees.child(job, "spec");
    if (spec.path("manualSelector").booleanValue(false) || spec.has("selector")) {
      return;
    }
    String uid = Trees.textOrEmpty(job, "metadata", "uid");
    ObjectNode labels =
        Trees.child(Trees.child(Trees.child(spec, "template"), "metadata"), "labels");
    labels.put("batch.kubernetes.io/controller-uid", uid);
    labels.put("batch.kubernetes.io/job-name", Trees.textOrEmpty(job, "metadata", "name"));
    labels.put("controller-uid", uid);
    labels.put("job-name", Trees.textOrEmpty(job, "metadata", "name"));
    spec.putObject("selector")
        .putObject("matchLabels")
        .put("batch.kubernetes.io/controller-uid", uid);
  }

  /** Throws 422 with every finding about a new object. */
  public void validate(ResourceType type, ObjectNode object) {
    refuse(type, object, findings(type, object));
  }

  /** Throws 422 with every finding about a changed object. */
  public void validateUpdate(ResourceType type, ObjectNode before, ObjectNode after) {
    List<Cause> causes = findings(type, after);
    if (type.custom().isEmpty()) {
      KindRules.checkUpdate(type, before, after, causes);
    }
    refuse(type, after, causes);
  }

  private static List<Cause> findings(ResourceType type, ObjectNode object) {
    List<Cause> causes = new ArrayList<>();
    MetadataRules.check(type, object, causes);
    if (type.custom().isPresent()) {
      causes.addAll(new CustomSchema(type.custom().get().schema()).validate(object));
    } else {
      KindRules.check(type, object, causes);
    }
    return causes;
  }

  private static void refuse(ResourceType type, ObjectNode object, List<Cause> causes) {
    if (!causes.isEmpty()) {
      throw ApiException.invalid(
          type.invalidAbout(Trees.textOrEmpty(object, "metadata", "name")), causes);
    }
  }
}
