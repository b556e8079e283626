package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.admission.Admission;
import dev.cocolab.apiserver.codec.DecodedBody;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.ownership.Ownership;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import dev.cocolab.apiserver.store.ObjectStore;
import dev.cocolab.apiserver.store.StoredObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Creates and changes objects. */
public final class ResourceWriter {
  private static final int ATTEMPTS = 8;

  /** Kinds that are replaced only by someone who says which version he has seen. */
  private static final Set<String> LOCKED =
      Set.of("leases.coordination.k8s.io", "customresourcedefinitions.apiextensions.k8s.io");

  private final ObjectStore store;
  private final ResourceReader reader;
  private final Admission admission;
  private final Intake intake;
  private final ObjectIdentity identity;
  private final Definitions definitions;
  private final Removal removal;
  private final FieldTracking tracking;
  private final NextState nextState;

  ResourceWriter(
      ObjectStore store,
      ResourceReader reader,
      Admission admission,
      Intake intake,
      ObjectIdentity identity,
      Definitions definitions,
      Removal removal,
      FieldTracking tracking) {
    this.store = store;
    this.reader = reader;
    this.admission = admission;
    this.intake = intake;
    this.identity = identity;
    this.definitions = definitions;
    this.removal = removal;
    this.tracking = tracking;
    this.nextState = new NextState(admission);
  }

  /** Which part of an object a change may touch. */
  public enum Part {
    /** Everything but the status, where that is a subresource. */
    MAIN(""),
    /** The status only. */
    STATUS("status"),
    /** The conditions of a certificate signing request that say whether it is approved. */
    APPROVAL("approval"),
    /** The number of replicas, which the caller sees to. */
    SCALE("scale");

    private final String subresource;

    Part(String subresource) {
      this.subresource = subresource;
    }

    /** Name of the subresource, empty for the object itself. */
    String subresource() {
      return subresource;
    }
  }

  /**
   * What a change wants.
   *
   * @param object the wanted state
   * @param ownership who owns its fields, where the change has found that out
   */
  record Wanted(ObjectNode object, Optional<Ownership> ownership) {}

  /** Creates; the target's name is empty. Throws 400, 403, 404, 409, 422. */
  public ObjectNode create(Target target, DecodedBody body, WriteOptions options) {
    return create(
        target, new Wanted(intake.accept(target.type(), body, options), Optional.empty()), options);
  }

  /** Creates an object that is in the form of its kind. */
  ObjectNode create(Target target, Wanted wanted, WriteOptions options) {
    ResourceType type = target.type();
    ObjectNode object = wanted.object();
    ObjectNode metadata = Trees.child(object, "metadata");
    checkNamespace(target, metadata);
    if (Trees.text(metadata, "resourceVersion").isPresent()) {
      throw ApiException.badRequest("resourceVersion should not be set on objects to be created");
    }
    JsonNode givenOwners = metadata.path("managedFields").deepCopy();
    for (String field :
        List.of(
            "selfLink",
            "managedFields",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generation")) {
      metadata.remove(field);
    }
    boolean generated = identity.generateName(metadata);
    identity.stamp(metadata);
    ArrayNode owners =
        wanted
            .ownership()
            .orElseGet(
                () -> tracking.create(type, givenOwners, object, defaulted(type, object), options))
            .write();
    if (!owners.isEmpty()) {
      metadata.set("managedFields", owners);
    }
    if (NextState.isCounted(type)) {
      metadata.put("generation", 1);
    }
    if (type.status() && !type.is("", "nodes")) {
      // a kubelet registers its node together with its status
      object.remove("status");
    }
    admission.admitNew(type, target.namespace(), object);
    admission.applyDefaults(type, object);
    admission.initialise(type, object);
    SigningRequests.stamp(type, object, options.author());
    admission.validate(type, object);
    options.guard().check(target, Optional.empty(), object);
    if (definitions.beforeCreate(type, object)) {
      tracking.statusByServer(type, object);
    }
    if (options.dryRun()) {
      requireAbsent(target, metadata);
      return object;
    }
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Target named = target.named(Trees.textOrEmpty(metadata, "name"));
      SizeLimit.require(type, object);
      Optional<StoredObject> stored = store.write(named.key(), 0, object);
      if (stored.isPresent()) {
        definitions.changed(type, stored.get().json());
        return stored.get().json();
      }
      if (!generated) {
        throw ApiException.alreadyExists(type.about(named.name()));
      }
      metadata.remove("name");
      identity.generateName(metadata);
    }
    throw ApiException.alreadyExists(type.about(Trees.textOrEmpty(metadata, "name")));
  }

  private ObjectNode defaulted(ResourceType type, ObjectNode object) {
    ObjectNode copy = object.deepCopy();
    admission.applyDefaults(type, copy);
    return copy;
  }

  private void requireAbsent(Target target, ObjectNode metadata) {
    Target named = target.named(Trees.textOrEmpty(metadata, "name"));
    if (store.get(named.key()).isPresent()) {
      throw ApiException.alreadyExists(target.type().about(named.name()));
    }
  }

  private static void checkNamespace(Target target, ObjectNode metadata) {
    String given = Trees.textOrEmpty(metadata, "namespace");
    if (target.type().namespaced()) {
      if (!given.isEmpty() && !given.equals(target.namespace())) {
        throw ApiException.badRequest(
            "the namespace of the provided object does not match the namespace sent on the request");
      }
      metadata.put("namespace", target.namespace());
    } else {
      metadata.remove("namespace");
    }
  }

  /** Replaces an object or its status. Throws 400, 404, 409, 422. */
  public ObjectNode replace(Target target, Part part, DecodedBody body, WriteOptions options) {
    ObjectNode object = intake.accept(target.type(), body, options);
    String name = Trees.textOrEmpty(object, "metadata", "name");
    if (name.isEmpty()) {
      throw ApiException.badRequest(
          "the name of the object ("
              + target.name()
              + " based on URL) was undeterminable: name must be provided");
    }
    checkName(target, object);
    return change(
        target,
        part,
        before -> {
          checkUid(target, before, object);
          return new Wanted(object.deepCopy(), Optional.empty());
        },
        options);
  }

  /**
   * Changes an object as it is now.
   *
   * @param edit gets a copy of the present state and returns the wanted one
   */
  public ObjectNode patch(
      Target target, Part part, UnaryOperator<ObjectNode> edit, WriteOptions options) {
    return change(
        target,
        part,
        before -> {
          ObjectNode wanted = edit.apply(before.deepCopy());
          return new Wanted(acceptPatched(target.type(), wanted, options), Optional.empty());
        },
        options);
  }

  /** What a patch makes of an object is at fault as a whole: 422 for the field {@code patch}. */
  private ObjectNode acceptPatched(ResourceType type, ObjectNode wanted, WriteOptions options) {
    try {
      return intake.accept(type, new DecodedBody(wanted, List.of()), options);
    } catch (ApiException e) {
      String detail = e.getMessage().replaceFirst("^.* cannot be handled as a [^:]*: ", "");
      throw ApiException.invalid(
          new ApiException.Subject("", "", ""), List.of(Cause.invalid("patch", wanted, detail)));
    }
  }

  /** Changes an object as it is now; the change may be asked for several times. */
  ObjectNode change(
      Target target, Part part, Function<ObjectNode, Wanted> edit, WriteOptions options) {
    ResourceType type = target.type();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      StoredObject stored = reader.require(target);
      ObjectNode before = ResourceReader.inVersion(type, stored.json());
      Wanted change = edit.apply(before);
      ObjectNode wanted = change.object();
      checkNamespace(target, Trees.child(wanted, "metadata"));
      checkName(target, wanted);
      checkLock(target, stored, wanted);
      checkSameUid(type, before, wanted);
      JsonNode givenOwners = Trees.at(wanted, "metadata", "managedFields").deepCopy();
      ObjectNode after = nextState.of(type, part, before, wanted);
      SigningRequests.checkUpdate(type, part, before, after, identity.now());
      Ownership owners =
          change
              .ownership()
              .orElseGet(() -> tracking.update(type, part, givenOwners, before, after, options));
      if (!owners.isEmpty()) {
        Trees.child(after, "metadata").set("managedFields", owners.write());
      }
      if (FieldTracking.sameButTimes(before, after)) {
        return before;
      }
      options.guard().check(target, Optional.of(before), after);
      if (options.dryRun()) {
        return after;
      }
      Optional<ObjectNode> written =
          removal.isDone(after)
              ? removal.remove(target, stored, after)
              : write(target, stored, after);
      if (written.isPresent()) {
        return ResourceReader.inVersion(type, written.get());
      }
    }
    throw ApiException.modified(type.about(target.name()));
  }

  private Optional<ObjectNode> write(Target target, StoredObject stored, ObjectNode after) {
    SizeLimit.require(target.type(), after);
    Optional<StoredObject> written = store.write(target.key(), stored.revision(), after);
    written.ifPresent(state -> definitions.changed(target.type(), state.json()));
    return written.map(StoredObject::json);
  }

  static void checkName(Target target, ObjectNode wanted) {
    String name = Trees.textOrEmpty(wanted, "metadata", "name");
    if (!name.equals(target.name())) {
      throw ApiException.badRequest(
          "the name of the object ("
              + name
              + ") does not match the name on the URL ("
              + target.name()
              + ")");
    }
  }

  private static void checkLock(Target target, StoredObject stored, ObjectNode wanted) {
    ResourceType type = target.type();
    String seen = Trees.textOrEmpty(wanted, "metadata", "resourceVersion");
    if (seen.isEmpty() || seen.equals("0")) {
      if (type.custom().isPresent() || LOCKED.contains(type.storageName())) {
        throw ApiException.invalid(
            type.about(target.name()),
            List.of(
                new Cause(
                    "FieldValueInvalid",
                    "Invalid value: 0x0: must be specified for an update",
                    "metadata.resourceVersion")));
      }
    } else if (!seen.matches("\\d{1,19}")) {
      throw ApiException.badRequest("strconv.ParseUint: parsing \"" + seen + "\": invalid syntax");
    } else if (!seen.equals(Long.toString(stored.revision()))) {
      throw ApiException.modified(type.about(target.name()));
    }
  }

  /** Whoever replaces an object by name and uid means that very one. */
  private static void checkUid(Target target, ObjectNode stored, ObjectNode wanted) {
    String uid = Trees.textOrEmpty(wanted, "metadata", "uid");
    String present = Trees.textOrEmpty(stored, "metadata", "uid");
    if (!uid.isEmpty() && !uid.equals(present)) {
      throw ApiException.conflict(
          target.type().about(target.name()),
          "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + present);
    }
  }

  private static void checkSameUid(ResourceType type, ObjectNode before, ObjectNode wanted) {
    String uid = Trees.textOrEmpty(wanted, "metadata", "uid");
    if (!uid.isEmpty() && !uid.equals(Trees.textOrEmpty(before, "metadata", "uid"))) {
      throw ApiException.invalid(
          type.invalidAbout(Trees.textOrEmpty(before, "metadata", "name")),
          List.of(Cause.invalid("metadata.uid", uid, "field is immutable")));
    }
  }
}
