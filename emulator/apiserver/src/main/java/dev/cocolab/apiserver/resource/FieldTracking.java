package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.ownership.FieldPath;
import dev.cocolab.apiserver.ownership.FieldSet;
import dev.cocolab.apiserver.ownership.MalformedFieldsException;
import dev.cocolab.apiserver.ownership.Owner;
import dev.cocolab.apiserver.ownership.Ownership;
import dev.cocolab.apiserver.ownership.OwnershipRules;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.resource.ResourceWriter.Part;
import dev.cocolab.apiserver.schema.ApiTypes;
import dev.cocolab.apiserver.schema.BuiltInShapes;
import dev.cocolab.apiserver.schema.CustomShapes;
import dev.cocolab.apiserver.schema.TypeShape;
import dev.cocolab.apiserver.schema.ZeroForm;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Keeps {@code metadata.managedFields}: the rules of ownership for each kind. */
final class FieldTracking {
  private static final FieldSet STATUS = FieldSet.of(FieldPath.of("status"));
  private static final FieldSet SPEC = FieldSet.of(FieldPath.of("spec"));
  private static final String BEFORE_FIRST_APPLY = "before-first-apply";

  private final BuiltInShapes builtIn;
  private final CustomShapes custom;
  private final ZeroForm zeroForm;
  private final ObjectIdentity identity;

  FieldTracking(ApiTypes types, ObjectIdentity identity) {
    this.builtIn = new BuiltInShapes(types);
    this.custom = new CustomShapes(builtIn);
    this.zeroForm = new ZeroForm(types);
    this.identity = identity;
  }

  OwnershipRules rules(ResourceType type, Part part) {
    return new OwnershipRules(
        shape(type),
        type.apiVersion(),
        fields -> owned(type, part, fields),
        object -> comparable(type, object));
  }

  private TypeShape shape(ResourceType type) {
    return type.structure()
        .map(builtIn::object)
        .orElseGet(() -> custom.object(type.custom().orElseThrow().schema()));
  }

  /** Without what a request about this part cannot change. */
  private static FieldSet owned(ResourceType type, Part part, FieldSet fields) {
    if (part == Part.STATUS || part == Part.APPROVAL) {
      return fields.without(SPEC);
    }
    return type.status() ? fields.without(STATUS) : fields;
  }

  private JsonNode comparable(ResourceType type, JsonNode object) {
    if (type.structure().isPresent() && object instanceof ObjectNode tree) {
      return zeroForm.complete(tree.deepCopy(), type.structure().get());
    }
    return object;
  }

  private static Owner owner(ResourceType type, Part part, WriteOptions options) {
    return new Owner(
        options.fieldManager(), Owner.Operation.UPDATE, type.apiVersion(), part.subresource());
  }

  private static ObjectNode empty(ResourceType type) {
    return Trees.object().put("apiVersion", type.apiVersion()).put("kind", type.kind());
  }

  /** Adds the server as the owner of the status that it gave a new definition. */
  void statusByServer(ResourceType type, ObjectNode object) {
    ObjectNode before = object.deepCopy();
    before.remove("status");
    ObjectNode after = object.deepCopy();
    Trees.child(after, "status").remove("storedVersions");
    Owner server = new Owner("kube-apiserver", Owner.Operation.UPDATE, type.apiVersion(), "status");
    Ownership present = readable(Trees.at(object, "metadata", "managedFields"));
    Trees.child(object, "metadata")
        .set(
            "managedFields",
            rules(type, Part.STATUS)
                .update(present, server, before, after, identity.now())
                .write());
  }

  /**
   * Owners of a new object: its creator, beside those that it came with.
   *
   * @param said the object as the client sent it
   * @param object the same with defaults
   */
  Ownership create(
      ResourceType type,
      JsonNode givenOwners,
      ObjectNode said,
      ObjectNode object,
      WriteOptions options) {
    ServerDefaults.drop(type, said, object);
    return rules(type, Part.MAIN)
        .update(
            readable(givenOwners),
            owner(type, Part.MAIN, options),
            empty(type),
            object,
            identity.now());
  }

  /**
   * Owners after a change. A client may set them itself, and forget them all; then they are not
   * kept until the next apply.
   */
  Ownership update(
      ResourceType type,
      Part part,
      JsonNode givenOwners,
      ObjectNode before,
      ObjectNode after,
      WriteOptions options) {
    Ownership live = readable(Trees.at(before, "metadata", "managedFields"));
    Ownership present = live;
    if (part == Part.MAIN) {
      Ownership given = readable(givenOwners);
      if (Ownership.isReset(givenOwners)) {
        present = Ownership.NONE;
      } else if (!given.isEmpty()) {
        present = given;
      }
    }
    if (present.isEmpty()) {
      return present;
    }
    return rules(type, part)
        .update(present, owner(type, part, options), before, after, identity.now());
  }

  /** Owners of an object that is about to be applied to. */
  Ownership beforeApply(ResourceType type, Part part, ObjectNode live) {
    Ownership present = readable(Trees.at(live, "metadata", "managedFields"));
    if (!present.isEmpty()) {
      return present;
    }
    Owner unknown =
        new Owner(
            BEFORE_FIRST_APPLY, Owner.Operation.UPDATE, type.apiVersion(), part.subresource());
    return rules(type, part).update(present, unknown, empty(type), live, identity.now());
  }

  /** What cannot be read counts as nothing. */
  private static Ownership readable(JsonNode managedFields) {
    try {
      return Ownership.read(managedFields);
    } catch (MalformedFieldsException e) {
      return Ownership.NONE;
    }
  }

  String now() {
    return identity.now();
  }

  /** Whether two states are the same, but for when owners changed a field. */
  static boolean sameButTimes(ObjectNode before, ObjectNode after) {
    if (before.equals(after)) {
      return true;
    }
    return timeless(before).equals(timeless(after));
  }

  private static ObjectNode timeless(ObjectNode object) {
    ObjectNode copy = object.deepCopy();
    for (ObjectNode entry : Trees.objects(copy, "metadata", "managedFields")) {
      entry.remove("time");
    }
    return copy;
  }
}
