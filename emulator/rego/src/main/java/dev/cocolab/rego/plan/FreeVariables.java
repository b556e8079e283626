package dev.cocolab.rego.plan;

import dev.cocolab.rego.syntax.Literal;
import dev.cocolab.rego.syntax.Term;
import dev.cocolab.rego.syntax.Terms;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;

/** Which variables must be bound before a term can be evaluated. */
final class FreeVariables {

  private final Resolution resolution;
  private final IdentityHashMap<Term, Integer> hoisted;

  /**
   * Makes an instance for one expression.
   *
   * @param hoisted references that were evaluated before, with the slots of their values
   */
  FreeVariables(Resolution resolution, IdentityHashMap<Term, Integer> hoisted) {
    this.resolution = resolution;
    this.hoisted = hoisted;
  }

  BitSet of(Term term) {
    BitSet free = new BitSet();
    add(term, free);
    return free;
  }

  BitSet of(List<Literal> body) {
    BitSet free = new BitSet();
    add(body, free);
    return free;
  }

  private void add(Term term, BitSet free) {
    if (hoisted.containsKey(term)) {
      return;
    }
    if (term instanceof Term.Var variable) {
      if (resolution.isLocal(variable)) {
        free.set(resolution.slot(variable));
      }
    } else if (term instanceof Term.Comprehension comprehension) {
      BitSet inside = of(comprehension.body());
      comprehension.key().ifPresent(key -> add(key, inside));
      add(comprehension.value(), inside);
      resolution.removeOwned(comprehension, inside);
      free.or(inside);
    } else {
      Terms.children(term).forEach(child -> add(child, free));
    }
  }

  private void add(List<Literal> body, BitSet free) {
    for (Literal literal : body) {
      literal.withs().forEach(with -> add(with.value(), free));
      if (literal.form() instanceof Literal.Every every) {
        add(every.collection(), free);
        BitSet inside = of(every.body());
        resolution.removeOwned(Resolution.closure(every), inside);
        free.or(inside);
      } else {
        Literal plain = new Literal(literal.form(), false, List.of(), literal.span());
        Terms.of(List.of(plain)).forEach(term -> add(term, free));
      }
    }
  }

  /** Whether a wildcard stands outside closures and hoisted references. */
  boolean hasWildcard(Term term) {
    if (hoisted.containsKey(term) || term instanceof Term.Comprehension) {
      return false;
    }
    return (term instanceof Term.Var variable && variable.isWildcard())
        || Terms.children(term).stream().anyMatch(this::hasWildcard);
  }
}
