package dev.cocolab.apiserver.discovery;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceRegistry;
import dev.cocolab.apiserver.registry.ResourceType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The documents by which clients find out what is served, in the plain and in the aggregated form.
 */
public final class DiscoveryDocuments {
  private final ResourceRegistry registry;

  public DiscoveryDocuments(ResourceRegistry registry) {
    this.registry = registry;
  }

  /** {@code GET /api}. */
  public ObjectNode coreVersions(String address) {
    ObjectNode document = Trees.object().put("kind", "APIVersions");
    document.putArray("versions").add("v1");
    document
        .putArray("serverAddressByClientCIDRs")
        .addObject()
        .put("clientCIDR", "0.0.0.0/0")
        .put("serverAddress", address);
    return document;
  }

  /** {@code GET /apis}. */
  public ObjectNode groups() {
    ObjectNode document = Trees.object().put("kind", "APIGroupList").put("apiVersion", "v1");
    ArrayNode groups = document.putArray("groups");
    versionsByGroup().forEach((group, versions) -> groups.add(group(group, versions)));
    return document;
  }

  /** {@code GET /apis/group}; empty for a group that is not served. */
  public Optional<ObjectNode> group(String name) {
    List<String> versions = versionsByGroup().get(name);
    if (versions == null) {
      return Optional.empty();
    }
    ObjectNode group = Trees.object().put("kind", "APIGroup").put("apiVersion", "v1");
    group.setAll(group(name, versions));
    return Optional.of(group);
  }

  private static ObjectNode group(String name, List<String> versions) {
    ObjectNode group = Trees.object().put("name", name);
    ArrayNode list = group.putArray("versions");
    for (String version : versions) {
      list.addObject().put("groupVersion", name + "/" + version).put("version", version);
    }
    group.set("preferredVersion", list.get(0).deepCopy());
    return group;
  }

  /** Versions of each group but the core one, the preferred version first. */
  private Map<String, List<String>> versionsByGroup() {
    Map<String, List<String>> found = new LinkedHashMap<>();
    for (ResourceType type : registry.types()) {
      if (!type.group().isEmpty()) {
        List<String> versions = found.computeIfAbsent(type.group(), name -> new ArrayList<>());
        if (!versions.contains(type.version())) {
          versions.add(type.version());
        }
      }
    }
    for (Verbs.Review review : Verbs.REVIEWS) {
      found.putIfAbsent(review.group(), List.of("v1"));
    }
    found.replaceAll(
        (name, versions) -> versions.stream().sorted(VersionOrder.NEWEST_FIRST).toList());
    return found;
  }

  /** {@code GET /api/v1} or {@code /apis/group/version}; empty when that is not served. */
  public Optional<ObjectNode> resources(String group, String version) {
    ArrayNode resources = Trees.array();
    for (ResourceType type : typesOf(group, version)) {
      resources.add(resource(type));
      for (Verbs.Subresource sub : Verbs.subresources(type)) {
        ObjectNode entry =
            resources
                .addObject()
                .put("name", type.plural() + "/" + sub.name())
                .put("singularName", "")
                .put("namespaced", type.namespaced());
        if (!sub.group().equals(type.group()) || !sub.version().equals(type.version())) {
          entry.put("group", sub.group()).put("version", sub.version());
        }
        entry.put("kind", sub.kind()).set("verbs", Trees.strings(sub.verbs()));
      }
    }
    for (Verbs.Review review : reviewsOf(group, version)) {
      resources
          .addObject()
          .put("name", review.plural())
          .put("singularName", review.kind().toLowerCase(java.util.Locale.ROOT))
          .put("namespaced", review.namespaced())
          .put("kind", review.kind())
          .set("verbs", Trees.strings(List.of("create")));
    }
    if (resources.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode document = Trees.object().put("kind", "APIResourceList").put("apiVersion", "v1");
    document.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
    document.set("resources", resources);
    return Optional.of(document);
  }

  private List<ResourceType> typesOf(String group, String version) {
    return registry.types().stream()
        .filter(type -> type.group().equals(group) && type.version().equals(version))
        .sorted(Comparator.comparing(ResourceType::plural))
        .toList();
  }

  private static List<Verbs.Review> reviewsOf(String group, String version) {
    return Verbs.REVIEWS.stream()
        .filter(review -> review.group().equals(group) && version.equals("v1"))
        .toList();
  }

  private static ObjectNode resource(ResourceType type) {
    ObjectNode entry =
        Trees.object()
            .put("name", type.plural())
            .put("singularName", type.singular())
            .put("namespaced", type.namespaced())
            .put("kind", type.kind());
    entry.set("verbs", Trees.strings(Verbs.of(type)));
    if (!type.shortNames().isEmpty()) {
      entry.set("shortNames", Trees.strings(type.shortNames()));
    }
    if (!type.categories().isEmpty()) {
      entry.set("categories", Trees.strings(type.categories()));
    }
    return entry;
  }

  /**
   * The aggregated form (apidiscovery.k8s.io/v2 APIGroupDiscoveryList).
   *
   * @param core whether the core group is wanted, instead of all others
   */
  public ObjectNode aggregated(boolean core) {
    ObjectNode document =
        Trees.object()
            .put("kind", "APIGroupDiscoveryList")
            .put("apiVersion", "apidiscovery.k8s.io/v2");
    document.putObject("metadata");
    ArrayNode items = document.putArray("items");
    Map<String, List<String>> groups = core ? Map.of("", List.of("v1")) : versionsByGroup();
    groups.forEach(
        (group, versions) -> {
          ObjectNode item = items.addObject();
          ObjectNode metadata = item.putObject("metadata").putNull("creationTimestamp");
          if (!group.isEmpty()) {
            metadata.put("name", group);
          }
          ArrayNode list = item.putArray("versions");
          for (String version : versions) {
            ObjectNode entry = list.addObject().put("version", version).put("freshness", "Current");
            ArrayNode resources = entry.putArray("resources");
            typesOf(group, version).forEach(type -> resources.add(aggregatedResource(type)));
            reviewsOf(group, version).forEach(review -> resources.add(aggregatedReview(review)));
          }
        });
    return document;
  }

  private static ObjectNode aggregatedResource(ResourceType type) {
    ObjectNode entry = Trees.object().put("resource", type.plural());
    entry.set("responseKind", kind(type.group(), type.version(), type.kind()));
    entry
        .put("scope", type.namespaced() ? "Namespaced" : "Cluster")
        .put("singularResource", type.singular());
    entry.set("verbs", Trees.strings(Verbs.of(type)));
    if (!type.shortNames().isEmpty()) {
      entry.set("shortNames", Trees.strings(type.shortNames()));
    }
    if (!type.categories().isEmpty()) {
      entry.set("categories", Trees.strings(type.categories()));
    }
    List<Verbs.Subresource> subresources = Verbs.subresources(type);
    if (!subresources.isEmpty()) {
      ArrayNode list = entry.putArray("subresources");
      for (Verbs.Subresource sub : subresources) {
        ObjectNode node = list.addObject().put("subresource", sub.name());
        node.set("responseKind", kind(sub.group(), sub.version(), sub.kind()));
        node.set("verbs", Trees.strings(sub.verbs()));
      }
    }
    return entry;
  }

  private static ObjectNode aggregatedReview(Verbs.Review review) {
    ObjectNode entry = Trees.object().put("resource", review.plural());
    entry.set("responseKind", kind(review.group(), "v1", review.kind()));
    entry
        .put("scope", review.namespaced() ? "Namespaced" : "Cluster")
        .put("singularResource", review.kind().toLowerCase(java.util.Locale.ROOT))
        .set("verbs", Trees.strings(List.of("create")));
    return entry;
  }

  private static ObjectNode kind(String group, String version, String kind) {
    return Trees.object().put("group", group).put("version", version).put("kind", kind);
  }
}
