package dev.cocolab.apiserver.resource;

import static java.util.stream.Collectors.joining;

import dev.cocolab.apiserver.admission.Admission;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.resource.ResourceWriter.Part;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What becomes of an object when a client wants it changed. */
final class NextState {
  /** Kinds whose generation counts changes of the specification. */
  private static final Set<String> COUNTED =
      Set.of(
          "deployments.apps",
          "replicasets.apps",
          "daemonsets.apps",
          "statefulsets.apps",
          "jobs.batch",
          "cronjobs.batch",
          "poddisruptionbudgets.policy",
          "customresourcedefinitions.apiextensions.k8s.io");

  private final Admission admission;

  NextState(Admission admission) {
    this.admission = admission;
  }

  /**
   * The state to store: the wanted part, with everything that clients do not decide taken from
   * before.
   */
  ObjectNode of(ResourceType type, Part part, ObjectNode before, ObjectNode wanted) {
    ObjectNode after =
        switch (part) {
          case STATUS -> withStatus(type, before, wanted);
          case APPROVAL -> SigningRequests.withApproval(before, wanted);
          default -> wanted;
        };
    ObjectNode metadata = Trees.child(after, "metadata");
    for (String field :
        List.of(
            "uid",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generation",
            "resourceVersion")) {
      keep(before.path("metadata"), metadata, field);
    }
    metadata.remove("managedFields");
    metadata.remove("selfLink");
    boolean status = part == Part.STATUS || part == Part.APPROVAL;
    if (!status && type.status()) {
      keep(before, after, "status");
    }
    if (SigningRequests.are(type)) {
      keep(before, after, "spec");
    }
    if (type.is("", "namespaces")) {
      keep(before.path("spec"), Trees.child(after, "spec"), "finalizers");
    }
    checkFinalizers(type, before, after);
    admission.applyDefaults(type, after);
    if (!status) {
      admission.validateUpdate(type, before, after);
    } else {
      admission.validate(type, after);
    }
    if (isCounted(type) && countsAsChange(type, before, after)) {
      metadata.set(
          "generation",
          Trees.integer(Trees.number(before, "metadata", "generation").orElse(0) + 1));
    }
    return after;
  }

  private static ObjectNode withStatus(ResourceType type, ObjectNode before, ObjectNode wanted) {
    ObjectNode after = before.deepCopy();
    keep(wanted, after, "status");
    if (type.custom().isEmpty()) {
      for (String field : List.of("labels", "annotations", "finalizers")) {
        keep(wanted.path("metadata"), Trees.child(after, "metadata"), field);
      }
    }
    return after;
  }

  private static void keep(JsonNode from, ObjectNode to, String field) {
    if (from.has(field)) {
      to.set(field, from.path(field));
    } else {
      to.remove(field);
    }
  }

  static boolean isCounted(ResourceType type) {
    return type.custom().isPresent() || COUNTED.contains(type.storageName());
  }

  private static boolean countsAsChange(ResourceType type, ObjectNode before, ObjectNode after) {
    if (type.custom().isEmpty()) {
      return !before.path("spec").equals(after.path("spec"));
    }
    ObjectNode old = before.deepCopy();
    ObjectNode changed = after.deepCopy();
    for (ObjectNode object : List.of(old, changed)) {
      object.remove("metadata");
      if (type.status()) {
        object.remove("status");
      }
    }
    return !old.equals(changed);
  }

  /** What is being deleted gets no new reason to stay. */
  private static void checkFinalizers(ResourceType type, ObjectNode before, ObjectNode after) {
    List<String> added = new ArrayList<>(Trees.texts(after, "metadata", "finalizers"));
    added.removeAll(Trees.texts(before, "metadata", "finalizers"));
    if (before.path("metadata").has("deletionTimestamp") && !added.isEmpty()) {
      throw ApiException.invalid(
          type.invalidAbout(Trees.textOrEmpty(after, "metadata", "name")),
          List.of(
              Cause.forbidden(
                  "metadata.finalizers",
                  "no new finalizers can be added if the object is being deleted, found new finalizers []string{"
                      + added.stream().map(name -> '"' + name + '"').collect(joining(", "))
                      + "}")));
    }
  }
}
