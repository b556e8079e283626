package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.CustomVersion;
import dev.cocolab.apiserver.registry.ResourceRegistry;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.registry.ScalePaths;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import dev.cocolab.apiserver.store.ObjectKey;
import dev.cocolab.apiserver.store.ObjectStore;
import dev.cocolab.apiserver.store.StoredObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Keeps the registry in step with the CustomResourceDefinitions in the store. */
final class Definitions {
  static final String RESOURCE = "customresourcedefinitions.apiextensions.k8s.io";
  static final String CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

  private final ResourceRegistry registry;
  private final ObjectStore store;
  private final ObjectIdentity identity;

  Definitions(ResourceRegistry registry, ObjectStore store, ObjectIdentity identity) {
    this.registry = registry;
    this.store = store;
    this.identity = identity;
  }

  /**
   * Serves the definitions that the store held before, and ends those whose removal was cut off by
   * the end of a server.
   */
  void restore() {
    for (StoredObject definition : instances(RESOURCE)) {
      registry.define(definition.key().name(), types(definition.json().deepCopy()));
      finish(definition.key().name());
    }
  }

  boolean isDefinition(ResourceType type) {
    return type.storageName().equals(RESOURCE);
  }

  /**
   * Gives a new definition its status: names accepted, established; its kind is served when the
   * write is done. Whether it is a definition. Throws 422 for a group of the server itself.
   */
  boolean beforeCreate(ResourceType type, ObjectNode definition) {
    if (!isDefinition(type)) {
      return false;
    }
    JsonNode spec = definition.path("spec");
    requireOwnGroup(type, definition, Trees.textOrEmpty(spec, "group"));
    ObjectNode status = definition.putObject("status");
    ArrayNode conditions = status.putArray("conditions");
    condition(conditions, "NamesAccepted", "NoConflicts", "no conflicts found");
    condition(
        conditions, "Established", "InitialNamesAccepted", "the initial names have been accepted");
    status.set("acceptedNames", spec.path("names").deepCopy());
    ArrayNode stored = status.putArray("storedVersions");
    Trees.objects(spec, "versions").stream()
        .filter(version -> version.path("storage").booleanValue(false))
        .forEach(version -> stored.add(Trees.textOrEmpty(version, "name")));
    return true;
  }

  /**
   * A kind in a group of the server's own could lie where a built-in one lies, and would take its
   * objects with it when it goes.
   */
  private void requireOwnGroup(ResourceType type, ObjectNode definition, String group) {
    if (registry.isBuiltInGroup(group)) {
      throw ApiException.invalid(
          type.invalidAbout(Trees.textOrEmpty(definition, "metadata", "name")),
          List.of(Cause.invalid("spec.group", group, "is a group of this server itself")));
    }
  }

  private void condition(ArrayNode conditions, String name, String reason, String message) {
    conditions
        .addObject()
        .put("lastTransitionTime", identity.now())
        .put("message", message)
        .put("reason", reason)
        .put("status", "True")
        .put("type", name);
  }

  /** Serves what a written definition says. */
  void changed(ResourceType type, ObjectNode definition) {
    if (isDefinition(type)) {
      registry.define(
          Trees.textOrEmpty(definition, "metadata", "name"), types(definition.deepCopy()));
    }
  }

  /**
   * Called for every removed object: a definition is forgotten, the last instance takes its dying
   * definition with it.
   */
  void removed(ResourceType type, ObjectNode object) {
    if (isDefinition(type)) {
      registry.forget(Trees.textOrEmpty(object, "metadata", "name"));
    } else if (type.custom().isPresent()) {
      finish(type.storageName());
    }
  }

  /**
   * Deletes the instances of a definition that has its deletion time stamp, also those that no
   * served version shows any more.
   */
  void terminate(String definition, Consumer<Target> delete) {
    Optional<ResourceType> type =
        store.get(new ObjectKey(RESOURCE, "", definition)).stream()
            .flatMap(stored -> types(stored.json().deepCopy(), version -> true).stream())
            .findFirst();
    if (type.isPresent()) {
      for (StoredObject instance : instances(type.get().storageName())) {
        delete.accept(new Target(type.get(), instance.key().namespace(), instance.key().name()));
      }
    }
    finish(definition);
  }

  private List<StoredObject> instances(String storageName) {
    return store.list(storageName, ObjectStore.ANY, OptionalLong.empty()).objects();
  }

  private void finish(String definition) {
    ObjectKey key = new ObjectKey(RESOURCE, "", definition);
    Optional<StoredObject> stored = store.get(key);
    if (stored.isPresent()
        && stored.get().json().path("metadata").has("deletionTimestamp")
        && instances(definition).isEmpty()) {
      ObjectNode last = stored.get().json().deepCopy();
      List<String> others = new ArrayList<>(Trees.texts(last, "metadata", "finalizers"));
      others.remove(CLEANUP);
      Trees.child(last, "metadata").set("finalizers", Trees.strings(others));
      if (!others.isEmpty()) {
        store.write(key, stored.get().revision(), last);
      } else if (store.delete(key, stored.get().revision(), last).isPresent()) {
        registry.forget(definition);
      }
    }
  }

  private static List<ResourceType> types(ObjectNode definition) {
    return types(definition, version -> version.path("served").booleanValue(false));
  }

  private static List<ResourceType> types(ObjectNode definition, Predicate<JsonNode> wanted) {
    JsonNode spec = definition.path("spec");
    JsonNode names = spec.path("names");
    List<ResourceType> types = new ArrayList<>();
    for (ObjectNode version : Trees.objects(spec, "versions")) {
      if (!wanted.test(version)) {
        continue;
      }
      JsonNode subresources = version.path("subresources");
      types.add(
          new ResourceType(
              Trees.textOrEmpty(spec, "group"),
              Trees.textOrEmpty(version, "name"),
              Trees.textOrEmpty(names, "kind"),
              Trees.textOrEmpty(names, "plural"),
              Trees.textOrEmpty(names, "singular"),
              Trees.texts(names, "shortNames"),
              Trees.texts(names, "categories"),
              Trees.textOrEmpty(spec, "scope").equals("Namespaced"),
              subresources.path("status").isObject(),
              scale(subresources.path("scale")),
              Optional.empty(),
              Optional.of(
                  new CustomVersion(
                      Trees.textOrEmpty(names, "listKind"),
                      Trees.at(version, "schema", "openAPIV3Schema") instanceof ObjectNode schema
                          ? schema
                          : Trees.object(),
                      Trees.objects(version, "additionalPrinterColumns"),
                      Trees.objects(version, "selectableFields").stream()
                          .map(field -> Trees.textOrEmpty(field, "jsonPath"))
                          .toList()))));
    }
    return types;
  }

  private static Optional<ScalePaths> scale(JsonNode scale) {
    return scale.isObject()
        ? Optional.of(
            new ScalePaths(
                Trees.textOrEmpty(scale, "specReplicasPath"),
                Trees.textOrEmpty(scale, "statusReplicasPath"),
                Trees.textOrEmpty(scale, "labelSelectorPath")))
        : Optional.empty();
  }
}
