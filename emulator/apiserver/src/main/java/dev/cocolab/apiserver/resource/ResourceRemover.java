package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.resource.DeleteOptions.Propagation;
import dev.cocolab.apiserver.resource.ResourceReader.ListQuery;
import dev.cocolab.apiserver.resource.ResourceReader.Page;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.store.ObjectStore;
import dev.cocolab.apiserver.store.StoredObject;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Deletes: at once, or by a deletion time stamp that finalizers, the kubelet or the namespace
 * controller act on.
 */
public final class ResourceRemover {
  private static final int ATTEMPTS = 8;
  private static final Set<String> PROTECTED = Set.of("default", "kube-system", "kube-public");
  private static final Set<String> PHASES_AT_REST = Set.of("Succeeded", "Failed");

  private final ObjectStore store;
  private final ResourceReader reader;
  private final ObjectIdentity identity;
  private final Removal removal;
  private final Definitions definitions;

  ResourceRemover(
      ObjectStore store,
      ResourceReader reader,
      ObjectIdentity identity,
      Removal removal,
      Definitions definitions) {
    this.store = store;
    this.reader = reader;
    this.identity = identity;
    this.removal = removal;
    this.definitions = definitions;
  }

  /**
   * Result of a deletion.
   *
   * @param object last or present state
   * @param gone whether it is out of the store
   */
  public record Deleted(ObjectNode object, boolean gone) {}

  /** Deletes one object; throws 403, 404, 409. */
  public Deleted delete(Target target, DeleteOptions options) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      StoredObject stored = reader.require(target);
      checkPreconditions(target, stored, options);
      if (target.type().is("", "namespaces") && PROTECTED.contains(target.name())) {
        throw ApiException.forbidden(
            target.type().about(target.name()), "this namespace may not be deleted");
      }
      ObjectNode after = marked(target.type(), stored.json(), options);
      if (options.dryRun()) {
        return new Deleted(after, false);
      }
      Optional<Deleted> result = store(target, stored, after);
      if (result.isPresent()) {
        return result.get();
      }
    }
    throw ApiException.modified(target.type().about(target.name()));
  }

  private Optional<Deleted> store(Target target, StoredObject stored, ObjectNode after) {
    if (removal.isDone(after)) {
      return removal.remove(target, stored, after).map(last -> new Deleted(last, true));
    }
    if (after.equals(stored.json())) {
      return Optional.of(new Deleted(after, false));
    }
    Optional<StoredObject> written = store.write(target.key(), stored.revision(), after);
    if (written.isPresent() && definitions.isDefinition(target.type())) {
      definitions.terminate(target.name(), instance -> delete(instance, options()));
      // without instances, the definition is gone by now
      return Optional.of(new Deleted(written.get().json(), store.get(target.key()).isEmpty()));
    }
    return written.map(state -> new Deleted(state.json(), false));
  }

  private static DeleteOptions options() {
    return DeleteOptions.parse(Trees.object());
  }

  private static void checkPreconditions(
      Target target, StoredObject stored, DeleteOptions options) {
    String uid = Trees.textOrEmpty(stored.json(), "metadata", "uid");
    ApiException.Subject about =
        new ApiException.Subject(
            target.type().custom().isPresent() ? target.type().group() : "",
            target.type().custom().isPresent() ? target.type().plural() : target.type().kind(),
            target.name());
    if (options.uid().isPresent() && !options.uid().get().equals(uid)) {
      throw ApiException.conflict(
          about,
          "the UID in the precondition ("
              + options.uid().get()
              + ") does not match the UID in record ("
              + uid
              + "). The object might have been deleted and then recreated");
    }
    String version = Long.toString(stored.revision());
    if (options.resourceVersion().isPresent() && !options.resourceVersion().get().equals(version)) {
      throw ApiException.conflict(
          about,
          "the ResourceVersion in the precondition ("
              + options.resourceVersion().get()
              + ") does not match the ResourceVersion in record ("
              + version
              + "). The object might have been modified");
    }
  }

  /**
   * A copy with deletion time stamp, grace period and the finalizers that the propagation asks for.
   */
  private ObjectNode marked(ResourceType type, ObjectNode stored, DeleteOptions options) {
    ObjectNode after = stored.deepCopy();
    ObjectNode metadata = Trees.child(after, "metadata");
    long grace = type.is("", "pods") ? podGrace(after, options) : 0;
    boolean first = !metadata.has("deletionTimestamp");
    long before = Trees.number(metadata, "deletionGracePeriodSeconds").orElse(Long.MAX_VALUE);
    if (first || grace < before) {
      metadata.put("deletionTimestamp", identity.after(grace));
      metadata.set("deletionGracePeriodSeconds", Trees.integer(grace));
    }
    if (first && Trees.number(metadata, "generation").isPresent()) {
      metadata.set(
          "generation", Trees.integer(Trees.number(metadata, "generation").getAsLong() + 1));
    }
    if (first && options.propagation() != Propagation.BACKGROUND) {
      addFinalizer(
          metadata,
          options.propagation() == Propagation.FOREGROUND ? "foregroundDeletion" : "orphan");
    }
    if (first && definitions.isDefinition(type)) {
      addFinalizer(metadata, Definitions.CLEANUP);
    }
    if (type.is("", "namespaces")) {
      Trees.child(after, "status").put("phase", "Terminating");
    }
    return after;
  }

  private static void addFinalizer(ObjectNode metadata, String finalizer) {
    ArrayNode finalizers =
        metadata.path("finalizers") instanceof ArrayNode known
            ? known
            : metadata.putArray("finalizers");
    if (!Trees.texts(metadata, "finalizers").contains(finalizer)) {
      finalizers.add(finalizer);
    }
  }

  /** A pod that no node has, or whose containers have ended, needs no time. */
  private static long podGrace(ObjectNode pod, DeleteOptions options) {
    boolean scheduled = Trees.text(pod, "spec", "nodeName").isPresent();
    boolean atRest = PHASES_AT_REST.contains(Trees.textOrEmpty(pod, "status", "phase"));
    if (!scheduled || atRest) {
      return 0;
    }
    long own = Trees.number(pod, "spec", "terminationGracePeriodSeconds").orElse(30);
    return Math.max(0, options.gracePeriodSeconds().orElse(own));
  }

  /** Deletes what a list would show; the page shows the objects as they were. */
  public Page deleteCollection(
      ResourceType type, String namespace, ListQuery query, DeleteOptions options) {
    Page page = reader.list(type, namespace, query);
    for (ObjectNode object : page.objects()) {
      Target target =
          new Target(
              type,
              Trees.textOrEmpty(object, "metadata", "namespace"),
              Trees.textOrEmpty(object, "metadata", "name"));
      if (store.get(target.key()).isPresent()) {
        delete(target, options);
      }
    }
    return page;
  }
}
