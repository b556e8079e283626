package dev.cocolab.rego.plan;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Local variables by name, inner scopes first. */
final class Scope {

  private final Optional<Scope> outer;
  private final Map<String, Integer> slots = new HashMap<>();

  private Scope(Optional<Scope> outer) {
    this.outer = outer;
  }

  static Scope outermost() {
    return new Scope(Optional.empty());
  }

  Scope inner() {
    return new Scope(Optional.of(this));
  }

  /** Adds a variable; false if this very scope has it already. */
  boolean declare(String name, int slot) {
    return slots.putIfAbsent(name, slot) == null;
  }

  Optional<Integer> slot(String name) {
    for (Optional<Scope> scope = Optional.of(this); scope.isPresent(); scope = scope.get().outer) {
      Integer slot = scope.get().slots.get(name);
      if (slot != null) {
        return Optional.of(slot);
      }
    }
    return Optional.empty();
  }
}
