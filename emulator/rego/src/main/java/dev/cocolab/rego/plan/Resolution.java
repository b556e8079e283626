package dev.cocolab.rego.plan;

import dev.cocolab.rego.syntax.Literal;
import dev.cocolab.rego.syntax.Term;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the names in one rule definition stand for: each occurrence of a variable has a slot of the
 * frame or a path from {@code data} or {@code input}, and each closure knows which slots are its
 * own.
 */
final class Resolution {

  private record Range(int from, int to) {}

  private final IdentityHashMap<Term.Var, Integer> slots = new IdentityHashMap<>();
  private final IdentityHashMap<Term.Var, List<String>> paths = new IdentityHashMap<>();
  private final IdentityHashMap<Object, Range> owned = new IdentityHashMap<>();
  private int size;

  int newSlot() {
    return size++;
  }

  int size() {
    return size;
  }

  void bind(Term.Var variable, int slot) {
    slots.put(variable, slot);
  }

  void bind(Term.Var variable, List<String> path) {
    paths.put(variable, path);
  }

  /** Says that the slots made since {@code from} belong to a closure. */
  void own(Object closure, int from) {
    owned.put(closure, new Range(from, size));
  }

  boolean isLocal(Term.Var variable) {
    return slots.containsKey(variable);
  }

  int slot(Term.Var variable) {
    return slots.get(variable);
  }

  List<String> path(Term.Var variable) {
    return paths.get(variable);
  }

  /** Takes the slots of a closure out of those its inside refers to. */
  void removeOwned(Object closure, BitSet free) {
    Range range = owned.get(closure);
    free.clear(range.from(), range.to());
  }

  /** The name of a slot, for messages. */
  String name(int slot) {
    for (Map.Entry<Term.Var, Integer> entry : slots.entrySet()) {
      if (entry.getValue() == slot) {
        return entry.getKey().name();
      }
    }
    return "?";
  }

  /** The key under which the closure of an {@code every} is known. */
  static Object closure(Literal.Every every) {
    return every.value();
  }
}
