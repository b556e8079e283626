package dev.cocolab.apiserver.registry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/**
 * Every kind that is served now: the built-in ones and those of CustomResourceDefinitions. Safe for
 * several threads.
 */
public final class ResourceRegistry {
  private final Map<String, ResourceType> builtIn = new LinkedHashMap<>();

  /** By name of the definition; the types of its served versions. */
  private final Map<String, List<ResourceType>> custom = new ConcurrentSkipListMap<>();

  public ResourceRegistry() {
    for (ResourceType type : BuiltInResources.all()) {
      builtIn.put(key(type.group(), type.version(), type.plural()), type);
    }
  }

  /** The type served under group, version and plural. */
  public Optional<ResourceType> find(String group, String version, String plural) {
    ResourceType known = builtIn.get(key(group, version, plural));
    if (known != null) {
      return Optional.of(known);
    }
    return customTypes()
        .filter(t -> t.is(group, plural) && t.version().equals(version))
        .findFirst();
  }

  /** The built-in type; throws {@link IllegalArgumentException} for a name that is none. */
  public ResourceType builtIn(String group, String plural) {
    return builtIn.values().stream()
        .filter(type -> type.is(group, plural))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(plural + "." + group));
  }

  /** Built-in types in a fixed order, then custom ones by definition name. */
  public List<ResourceType> types() {
    List<ResourceType> all = new ArrayList<>(builtIn.values());
    customTypes().forEach(all::add);
    return all;
  }

  /** Types of all kinds whose objects live in namespaces, one for each kind. */
  public Collection<ResourceType> namespacedKinds() {
    Map<String, ResourceType> kinds = new LinkedHashMap<>();
    types().stream()
        .filter(ResourceType::namespaced)
        .forEach(type -> kinds.putIfAbsent(type.storageName(), type));
    return kinds.values();
  }

  /** Whether the built-in kinds use the group. */
  public boolean isBuiltInGroup(String group) {
    return builtIn.values().stream().anyMatch(type -> type.group().equals(group));
  }

  /** Serves the versions of a definition, instead of those it had before. */
  public void define(String definition, List<ResourceType> versions) {
    custom.put(definition, List.copyOf(versions));
  }

  public void forget(String definition) {
    custom.remove(definition);
  }

  /** Types of one definition; empty when it is unknown. */
  public List<ResourceType> definedBy(String definition) {
    return custom.getOrDefault(definition, List.of());
  }

  private Stream<ResourceType> customTypes() {
    return custom.values().stream().flatMap(List::stream);
  }

  private static String key(String group, String version, String plural) {
    return group + "/" + version + "/" + plural;
  }
}
