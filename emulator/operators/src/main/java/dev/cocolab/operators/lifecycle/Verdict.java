package dev.cocolab.operators.lifecycle;

import dev.cocolab.operators.lifecycle.OwnerGraph.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What garbage collection does with one object. */
sealed interface Verdict {

  record Keep() implements Verdict {}

  /** The object stays, but these owners are gone and are struck off. */
  record Disown(Set<String> ownerUids) implements Verdict {
    public Disown {
      ownerUids = Set.copyOf(ownerUids);
    }
  }

  /**
   * The object goes.
   *
   * @param policy {@code Background}, {@code Foreground} or {@code Orphan}
   */
  record Delete(String policy) implements Verdict {}

  /** Strikes a finalizer off; its work is done. */
  record Finish(String finalizer) implements Verdict {}

  /** The dependents must be looked at first. */
  record Await(List<Node> dependents) implements Verdict {
    public Await {
      dependents = List.copyOf(dependents);
    }
  }

  /** The dependents lose this owner, then the finalizer goes. */
  record Orphan(List<Node> dependents) implements Verdict {
    public Orphan {
      dependents = List.copyOf(dependents);
    }
  }

  /** How an owner that a reference names stands. */
  enum Standing {
    PRESENT,
    ABSENT,
    /** Being deleted, and waiting for its dependents to go first. */
    WAITING
  }

  static Verdict on(Node node, OwnerGraph graph, Function<OwnerReference, Standing> standing) {
    if (node.waitsForDependents()) {
      List<Node> blocking =
          graph.dependentsOf(node.uid()).stream().filter(n -> n.blocks(node.uid())).toList();
      return blocking.isEmpty() ? new Finish(OwnerGraph.FOREGROUND) : new Await(blocking);
    }
    if (node.leavesOrphans()) {
      List<Node> dependents = graph.dependentsOf(node.uid());
      return dependents.isEmpty() ? new Finish(OwnerGraph.ORPHAN) : new Orphan(dependents);
    }
    if (node.deleting() || node.owners().isEmpty()) {
      return new Keep();
    }
    List<OwnerReference> present = new ArrayList<>();
    List<OwnerReference> gone = new ArrayList<>();
    boolean waited = false;
    for (OwnerReference owner : node.owners()) {
      Standing s = standing.apply(owner);
      (s == Standing.PRESENT ? present : gone).add(owner);
      waited |= s == Standing.WAITING;
    }
    if (!present.isEmpty()) {
      return gone.isEmpty()
          ? new Keep()
          : new Disown(gone.stream().map(OwnerReference::getUid).collect(Collectors.toSet()));
    }
    if (waited && !graph.dependentsOf(node.uid()).isEmpty()) {
      return new Delete("Foreground");
    }
    if (node.finalizers().contains(OwnerGraph.ORPHAN)) {
      return new Delete("Orphan");
    }
    return new Delete(
        node.finalizers().contains(OwnerGraph.FOREGROUND) ? "Foreground" : "Background");
  }
}
