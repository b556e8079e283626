package dev.cocolab.apiserver.ownership;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * A set of paths, as a tree. That a path is in the set says nothing about the paths that lead to it
 * or go on from it. Does not change once it is made.
 */
public final class FieldSet {
  public static final FieldSet EMPTY = new FieldSet(new TreeMap<>());

  /**
   * What the set knows about one step.
   *
   * @param member whether the path that ends here is in the set
   * @param below the paths that go on from here
   */
  record Branch(boolean member, FieldSet below) {
    private boolean isBare() {
      return !member && below.isEmpty();
    }
  }

  private static final Branch NOTHING = new Branch(false, EMPTY);

  private final SortedMap<PathElement, Branch> branches;

  private FieldSet(SortedMap<PathElement, Branch> branches) {
    this.branches = branches;
  }

  /** A set of the given branches; those without a path are left out. */
  static FieldSet of(Map<PathElement, Branch> branches) {
    TreeMap<PathElement, Branch> kept = new TreeMap<>(branches);
    kept.values().removeIf(Branch::isBare);
    return new FieldSet(kept);
  }

  public static FieldSet of(FieldPath... paths) {
    Builder builder = new Builder();
    for (FieldPath path : paths) {
      builder.add(path);
    }
    return builder.build();
  }

  SortedMap<PathElement, Branch> branches() {
    return Collections.unmodifiableSortedMap(branches);
  }

  private Branch at(PathElement element) {
    return branches.getOrDefault(element, NOTHING);
  }

  public boolean isEmpty() {
    return branches.isEmpty();
  }

  /** Whether the one-step path is in the set. */
  boolean has(PathElement element) {
    return at(element).member();
  }

  public boolean has(FieldPath path) {
    FieldSet here = this;
    Branch branch = NOTHING;
    for (PathElement element : path.elements()) {
      branch = here.at(element);
      here = branch.below();
    }
    return branch.member();
  }

  /** The paths that go on from the step, without it. */
  FieldSet below(PathElement element) {
    return at(element).below();
  }

  public FieldSet union(FieldSet other) {
    if (other.isEmpty()) {
      return this;
    }
    TreeMap<PathElement, Branch> result = new TreeMap<>(branches);
    other.branches.forEach(
        (element, branch) ->
            result.merge(
                element,
                branch,
                (a, b) -> new Branch(a.member() || b.member(), a.below().union(b.below()))));
    return new FieldSet(result);
  }

  public FieldSet intersection(FieldSet other) {
    TreeMap<PathElement, Branch> result = new TreeMap<>();
    branches.forEach(
        (element, mine) -> {
          Branch its = other.at(element);
          result.put(
              element,
              new Branch(mine.member() && its.member(), mine.below().intersection(its.below())));
        });
    return of(result);
  }

  /**
   * The paths that the other set does not have. A path does not stand for those below it: {@code
   * a.b} minus {@code a} is {@code a.b}.
   */
  public FieldSet minus(FieldSet other) {
    if (other.isEmpty()) {
      return this;
    }
    TreeMap<PathElement, Branch> result = new TreeMap<>();
    branches.forEach(
        (element, mine) -> {
          Branch its = other.at(element);
          result.put(
              element, new Branch(mine.member() && !its.member(), mine.below().minus(its.below())));
        });
    return of(result);
  }

  /** The paths that the other set has neither itself nor from above. */
  public FieldSet without(FieldSet other) {
    TreeMap<PathElement, Branch> result = new TreeMap<>();
    branches.forEach(
        (element, mine) -> {
          Branch its = other.at(element);
          if (!its.member()) {
            result.put(element, new Branch(mine.member(), mine.below().without(its.below())));
          }
        });
    return of(result);
  }

  /** The paths that are the same as, or below, one of the other set. */
  public FieldSet under(FieldSet other) {
    return minus(without(other));
  }

  /**
   * Adds every step on the way to a path that the test accepts.
   *
   * @param named takes the path so far and the step
   */
  FieldSet withNamed(BiPredicate<FieldPath, PathElement> named) {
    return withNamed(FieldPath.ROOT, named);
  }

  private FieldSet withNamed(FieldPath path, BiPredicate<FieldPath, PathElement> named) {
    TreeMap<PathElement, Branch> result = new TreeMap<>();
    branches.forEach(
        (element, branch) ->
            result.put(
                element,
                new Branch(
                    branch.member() || (!branch.below().isEmpty() && named.test(path, element)),
                    branch.below().withNamed(path.then(element), named))));
    return of(result);
  }

  /** The paths, a shorter one before those that go on from its siblings. */
  public List<FieldPath> paths() {
    List<FieldPath> paths = new ArrayList<>();
    collect(FieldPath.ROOT, paths::add);
    return paths;
  }

  private void collect(FieldPath prefix, Consumer<FieldPath> sink) {
    branches.forEach(
        (element, branch) -> {
          if (branch.member()) {
            sink.accept(prefix.then(element));
          }
        });
    branches.forEach((element, branch) -> branch.below().collect(prefix.then(element), sink));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FieldSet set && branches.equals(set.branches);
  }

  @Override
  public int hashCode() {
    return branches.size();
  }

  @Override
  public String toString() {
    return paths().toString();
  }

  /** Collects paths. */
  static final class Builder {
    private final SortedMap<PathElement, Node> nodes = new TreeMap<>();

    private static final class Node {
      private boolean member;
      private final Builder below = new Builder();
    }

    /** Adds a path; the empty one stands for the whole object, which has no owner. */
    Builder add(FieldPath path) {
      Builder here = this;
      Node node = new Node();
      for (PathElement element : path.elements()) {
        node = here.nodes.computeIfAbsent(element, e -> new Node());
        here = node.below;
      }
      node.member = true;
      return this;
    }

    FieldSet build() {
      TreeMap<PathElement, Branch> result = new TreeMap<>();
      nodes.forEach(
          (element, node) -> result.put(element, new Branch(node.member, node.below.build())));
      return FieldSet.of(result);
    }
  }
}
