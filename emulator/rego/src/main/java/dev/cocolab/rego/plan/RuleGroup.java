package dev.cocolab.rego.plan;

import dev.cocolab.rego.syntax.Rule;
import dev.cocolab.rego.syntax.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All definitions of one path, checked to be of one kind. */
final class RuleGroup {

  private final DocNode node;
  private final List<Definition> definitions = new ArrayList<>();
  private Optional<Definition> fallback = Optional.empty();

  RuleGroup(DocNode node) {
    this.node = node;
  }

  /**
   * One definition.
   *
   * @param tail the terms of the head below the path of the group
   */
  record Definition(Rule rule, List<Term> tail, ModuleNames names) {

    boolean isPartial() {
      return rule.kind() == Rule.Kind.SET || !tail.isEmpty();
    }

    boolean isFunction() {
      return rule.kind() == Rule.Kind.FUNCTION;
    }

    private boolean isPlainSet() {
      return rule.kind() == Rule.Kind.SET && tail.isEmpty();
    }

    private boolean isLike(Definition other) {
      return isFunction() == other.isFunction()
          && isPartial() == other.isPartial()
          && isPlainSet() == other.isPlainSet();
    }
  }

  void add(Definition definition) {
    int offset = definition.rule().span().start();
    Optional<Definition> known = fallback.isPresent() ? fallback : definitions.stream().findFirst();
    if (known.isPresent() && !known.get().isLike(definition)) {
      throw definition
          .names()
          .error(offset, "rule " + node.path() + " is defined in conflicting ways");
    }
    if (known.isPresent()
        && definition.isFunction()
        && known.get().rule().args().size() != definition.rule().args().size()) {
      throw definition
          .names()
          .error(offset, "function " + node.path() + " is defined with different parameters");
    }
    if (!definition.rule().isDefault()) {
      definitions.add(definition);
      return;
    }
    if (fallback.isPresent()) {
      throw definition.names().error(offset, "rule " + node.path() + " has more than one default");
    }
    fallback = Optional.of(definition);
  }

  DocNode node() {
    return node;
  }

  /** All definitions, the default last. */
  List<Definition> definitions() {
    List<Definition> all = new ArrayList<>(definitions);
    fallback.ifPresent(all::add);
    return all;
  }

  /** The definitions without the default. */
  List<Definition> clauses() {
    return definitions;
  }

  Optional<Definition> fallback() {
    return fallback;
  }

  private Definition first() {
    return definitions().get(0);
  }

  boolean isFunction() {
    return first().isFunction();
  }

  boolean isPartial() {
    return first().isPartial();
  }

  int arity() {
    return first().rule().args().size();
  }
}
