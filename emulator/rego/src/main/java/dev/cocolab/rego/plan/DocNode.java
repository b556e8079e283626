package dev.cocolab.rego.plan;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A place in the tree of rules under {@code data}. Written by the compiler, then only read. */
final class DocNode {

  private final String path;
  private final Map<String, DocNode> children = new HashMap<>();
  private Optional<Definition> definition = Optional.empty();

  DocNode(String path) {
    this.path = path;
  }

  /** Dotted path, from {@code data}. */
  String path() {
    return path;
  }

  Map<String, DocNode> children() {
    return children;
  }

  Optional<DocNode> child(String name) {
    return Optional.ofNullable(children.get(name));
  }

  DocNode makeChild(String name) {
    return children.computeIfAbsent(name, key -> new DocNode(path + "." + key));
  }

  Optional<Definition> definition() {
    return definition;
  }

  void define(Definition rule) {
    this.definition = Optional.of(rule);
  }

  /** What a path names. */
  sealed interface Definition permits ValueRule, PartialRule, FunctionRule {}
}
