package dev.cocolab.operators.lifecycle;

import dev.cocolab.operators.control.Owners;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who owns whom, among the objects that are watched. Safe for use by several threads. */
final class OwnerGraph {

  static final String FOREGROUND = "foregroundDeletion";
  static final String ORPHAN = "orphan";

  /**
   * An object, reduced to what deletion depends on.
   *
   * @param namespace empty for cluster-scoped kinds
   */
  record Node(
      String uid,
      String apiVersion,
      String kind,
      String namespace,
      String name,
      List<OwnerReference> owners,
      List<String> finalizers,
      boolean deleting) {

    Node {
      owners = List.copyOf(owners);
      finalizers = List.copyOf(finalizers);
    }

    static Node of(HasMetadata object) {
      var metadata = object.getMetadata();
      return new Node(
          metadata.getUid(),
          object.getApiVersion(),
          object.getKind(),
          metadata.getNamespace() == null ? "" : metadata.getNamespace(),
          metadata.getName(),
          Owners.references(object),
          metadata.getFinalizers() == null ? List.of() : metadata.getFinalizers(),
          metadata.getDeletionTimestamp() != null);
    }

    boolean waitsForDependents() {
      return deleting && finalizers.contains(FOREGROUND);
    }

    boolean leavesOrphans() {
      return deleting && finalizers.contains(ORPHAN);
    }

    /** Whether the object's deletion in the foreground must wait for this one. */
    boolean blocks(String ownerUid) {
      return owners.stream()
          .anyMatch(
              o -> o.getUid().equals(ownerUid) && Boolean.TRUE.equals(o.getBlockOwnerDeletion()));
    }

    /** An owner lives in the same namespace or in none. */
    boolean canBeOwnedBy(Node owner) {
      return owner.namespace().isEmpty() || owner.namespace().equals(namespace);
    }
  }

  private final Map<String, Node> nodes = new HashMap<>();
  private final Map<String, Set<String>> dependents = new HashMap<>();

  synchronized void put(Node node) {
    Node before = nodes.put(node.uid(), node);
    if (before != null) {
      unlink(before);
    }
    node.owners()
        .forEach(
            o ->
                dependents.computeIfAbsent(o.getUid(), k -> new LinkedHashSet<>()).add(node.uid()));
  }

  synchronized void remove(String uid) {
    Node before = nodes.remove(uid);
    if (before != null) {
      unlink(before);
    }
  }

  private void unlink(Node node) {
    for (OwnerReference owner : node.owners()) {
      Set<String> children = dependents.get(owner.getUid());
      if (children != null) {
        children.remove(node.uid());
        if (children.isEmpty()) {
          dependents.remove(owner.getUid());
        }
      }
    }
  }

  synchronized Optional<Node> find(String uid) {
    return Optional.ofNullable(nodes.get(uid));
  }

  synchronized List<Node> dependentsOf(String uid) {
    List<Node> result = new ArrayList<>();
    for (String child : dependents.getOrDefault(uid, Set.of())) {
      Node node = nodes.get(child);
      if (node != null) {
        result.add(node);
      }
    }
    return result;
  }

  synchronized Collection<Node> ofKind(String apiVersion, String kind) {
    return nodes.values().stream()
        .filter(n -> n.apiVersion().equals(apiVersion) && n.kind().equals(kind))
        .toList();
  }
}
