package dev.cocolab.rego.plan;

import dev.cocolab.rego.syntax.Literal;
import dev.cocolab.rego.syntax.Term;
import dev.cocolab.rego.syntax.Terms;
import dev.cocolab.rego.value.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An attempt to plan one expression with the variables bound so far.
 *
 * <p>References with unbound variables are hoisted: they become sources that run before the checks.
 * The attempt fails, and leaves no trace, when a variable is needed that nothing here binds.
 */
final class Attempt {

  private final Planner planner;
  private final IdentityHashMap<Term, Integer> hoisted = new IdentityHashMap<>();
  private final FreeVariables free;
  private final Operands operands;
  private final List<Step> sources = new ArrayList<>();
  private final List<Step.Check> checks = new ArrayList<>();
  private BitSet bound;

  Attempt(Planner planner, BitSet bound, Operands operands) {
    this.planner = planner;
    this.bound = (BitSet) bound.clone();
    this.operands = operands;
    this.free = new FreeVariables(planner.resolution(), hoisted);
  }

  BitSet bound() {
    return bound;
  }

  List<Step> sources() {
    return sources;
  }

  List<Step.Check> checks() {
    return List.copyOf(checks);
  }

  Operands operands() {
    return operands;
  }

  Optional<Integer> hoistedSlot(Term term) {
    return Optional.ofNullable(hoisted.get(term));
  }

  /** Plans an expression without its modifiers; false if a variable is missing. */
  boolean form(Literal.Form form, boolean negated) {
    if (negated) {
      return negation(form);
    }
    if (form instanceof Literal.Test test) {
      return test(test.term());
    } else if (form instanceof Literal.Assign assign) {
      return unify(assign.left(), assign.right());
    } else if (form instanceof Literal.Unify unify) {
      return unify(unify.left(), unify.right());
    } else if (form instanceof Literal.SomeIn some) {
      return someIn(some);
    } else if (form instanceof Literal.Every every) {
      return every(every);
    }
    return true;
  }

  /** Hoists what must be hoisted and tells whether the terms can then be evaluated. */
  boolean prepare(List<Term> terms) {
    hoist(terms);
    return terms.stream().allMatch(this::ready);
  }

  boolean ready(Term term) {
    return isBound(free.of(term)) && !free.hasWildcard(term);
  }

  private boolean isBound(BitSet variables) {
    variables.andNot(bound);
    return variables.isEmpty();
  }

  private boolean negation(Literal.Form form) {
    Literal plain = new Literal(form, false, List.of(), planner.nowhere());
    if (!isBound(free.of(List.of(plain)))) {
      return false;
    }
    Attempt inner = new Attempt(planner, bound, operands);
    if (!inner.form(form, false)) {
      return false;
    }
    List<Step> steps = new ArrayList<>(inner.sources);
    steps.addAll(inner.checks);
    checks.add(new Checks.Negation(new Body(List.copyOf(steps))));
    return true;
  }

  private boolean test(Term term) {
    if (term instanceof Term.Call call && planner.takesResult(call)) {
      int last = call.args().size() - 1;
      Term result = call.args().get(last);
      Term value = new Term.Call(call.path(), call.args().subList(0, last), false, call.span());
      return unify(result, value);
    }
    if (!prepare(List.of(term))) {
      return false;
    }
    checks.add(new Checks.Holds(planner.terms().plan(term, this)));
    return true;
  }

  private boolean someIn(Literal.SomeIn some) {
    List<Term> patterns = new ArrayList<>();
    some.key().ifPresent(patterns::add);
    patterns.add(some.value());
    hoist(patterns);
    if (!prepare(List.of(some.collection()))) {
      return false;
    }
    Node collection = planner.terms().plan(some.collection(), this);
    for (Term pattern : patterns) {
      if (!canMatch(pattern)) {
        return false;
      }
    }
    Pattern key = some.key().isPresent() ? pattern(some.key().get()) : new Pattern.Any();
    sources.add(new Sources.Members(collection, key, pattern(some.value())));
    return true;
  }

  private boolean every(Literal.Every every) {
    Literal literal = new Literal(every, false, List.of(), planner.nowhere());
    hoist(List.of(every.collection()));
    if (!isBound(free.of(List.of(literal))) || free.hasWildcard(every.collection())) {
      return false;
    }
    Node collection = planner.terms().plan(every.collection(), this);
    BitSet inside = (BitSet) bound.clone();
    Attempt names = new Attempt(planner, inside, new Operands());
    Pattern key = every.key().isPresent() ? names.pattern(every.key().get()) : new Pattern.Any();
    Pattern value = names.pattern(every.value());
    Body body = planner.body(every.body(), names.bound());
    checks.add(new Checks.Every(collection, key, value, body));
    return true;
  }

  /** {@code walk} has many results: its value is iterated over. */
  private boolean walk(Term result, Term.Call call) {
    hoist(List.of(result));
    if (!prepare(call.args()) || !canMatch(result)) {
      return false;
    }
    Node results = planner.terms().plan(call, this);
    sources.add(new Sources.Members(results, new Pattern.Any(), pattern(result)));
    return true;
  }

  private boolean unify(Term left, Term right) {
    if (planner.isWalk(right)) {
      return walk(left, (Term.Call) right);
    }
    if (planner.isWalk(left)) {
      return walk(right, (Term.Call) left);
    }
    hoist(List.of(left, right));
    List<Term[]> pairs = new ArrayList<>();
    if (!decompose(left, right, pairs)) {
      checks.add(new Checks.Never());
    }
    while (!pairs.isEmpty()) {
      if (!pairs.removeIf(pair -> solve(pair[0], pair[1]))) {
        return false;
      }
      hoist(List.of(left, right));
    }
    return true;
  }

  /** Pairs the parts of literals of the same shape; false where the shapes differ. */
  private boolean decompose(Term left, Term right, List<Term[]> pairs) {
    if (left instanceof Term.ArrayLiteral a && right instanceof Term.ArrayLiteral b) {
      boolean same = a.items().size() == b.items().size();
      for (int i = 0; same && i < a.items().size(); i++) {
        same = decompose(a.items().get(i), b.items().get(i), pairs);
      }
      return same;
    }
    if (left instanceof Term.ObjectLiteral a && right instanceof Term.ObjectLiteral b) {
      Optional<Map<Value, Term>> leftMembers = byConstantKey(a);
      Optional<Map<Value, Term>> rightMembers = byConstantKey(b);
      if (leftMembers.isPresent() && rightMembers.isPresent()) {
        Map<Value, Term> others = rightMembers.get();
        return leftMembers.get().keySet().equals(others.keySet())
            && leftMembers.get().entrySet().stream()
                .allMatch(each -> decompose(each.getValue(), others.get(each.getKey()), pairs));
      }
    }
    pairs.add(new Term[] {left, right});
    return true;
  }

  private static Optional<Map<Value, Term>> byConstantKey(Term.ObjectLiteral object) {
    Map<Value, Term> members = new TreeMap<>();
    for (Term.Member member : object.members()) {
      if (!(member.key() instanceof Term.Scalar key)
          || members.put(key.value(), member.value()) != null) {
        return Optional.empty();
      }
    }
    return Optional.of(members);
  }

  private boolean solve(Term left, Term right) {
    boolean readyLeft = ready(left);
    boolean readyRight = ready(right);
    TermPlanner terms = planner.terms();
    if (readyLeft && readyRight) {
      checks.add(new Checks.Equal(terms.plan(left, this), terms.plan(right, this)));
    } else if (readyRight && canMatch(left)) {
      Node value = terms.plan(right, this);
      add(new Checks.Matches(pattern(left), value));
    } else if (readyLeft && canMatch(right)) {
      Node value = terms.plan(left, this);
      add(new Checks.Matches(pattern(right), value));
    } else {
      return false;
    }
    return true;
  }

  private void add(Step.Check check) {
    checks.add(check);
  }

  /** Turns references with unbound variables into sources, as far as possible. */
  private void hoist(List<Term> terms) {
    List<Term.Ref> references = new ArrayList<>();
    terms.forEach(term -> collect(term, references));
    boolean progress = true;
    while (progress) {
      progress = false;
      for (Term.Ref reference : references) {
        progress |= !hoisted.containsKey(reference) && hoist(reference);
      }
    }
  }

  /** Inner references come first. */
  private static void collect(Term term, List<Term.Ref> references) {
    if (term instanceof Term.Comprehension) {
      return;
    }
    Terms.children(term).forEach(child -> collect(child, references));
    if (term instanceof Term.Ref reference) {
      references.add(reference);
    }
  }

  private boolean hoist(Term.Ref reference) {
    if (!ready(reference.head()) || reference.args().stream().allMatch(this::ready)) {
      return false;
    }
    BitSet before = (BitSet) bound.clone();
    List<Sources.Argument> arguments = new ArrayList<>();
    for (Term arg : reference.args()) {
      if (ready(arg)) {
        arguments.add(new Sources.Key(planner.terms().plan(arg, this)));
      } else if (canMatch(arg)) {
        arguments.add(new Sources.Open(pattern(arg)));
      } else {
        bound = before;
        return false;
      }
    }
    int slot = planner.resolution().newSlot();
    sources.addAll(checks);
    checks.clear();
    sources.add(planner.terms().source(reference, arguments, slot, this));
    hoisted.put(reference, slot);
    operands.provided(reference.span(), slot);
    return true;
  }

  /** Whether a value can be matched with the term, binding its unbound variables. */
  private boolean canMatch(Term term) {
    if (term instanceof Term.Var || ready(term)) {
      return true;
    }
    if (term instanceof Term.ArrayLiteral array) {
      return array.items().stream().allMatch(this::canMatch);
    }
    return term instanceof Term.ObjectLiteral object
        && object.members().stream()
            .allMatch(member -> ready(member.key()) && canMatch(member.value()));
  }

  /** The pattern of a term that {@link #canMatch}; binds its variables from left to right. */
  Pattern pattern(Term term) {
    if (term instanceof Term.Var variable) {
      if (variable.isWildcard()) {
        return new Pattern.Any();
      }
      if (planner.resolution().isLocal(variable)) {
        int slot = planner.resolution().slot(variable);
        if (!bound.get(slot)) {
          bound.set(slot);
          return new Pattern.Bind(slot);
        }
      }
    }
    if (!ready(term) && term instanceof Term.ArrayLiteral array) {
      return new Pattern.Items(array.items().stream().map(this::pattern).toList());
    }
    if (!ready(term) && term instanceof Term.ObjectLiteral object) {
      List<Node> keys =
          object.members().stream()
              .map(member -> planner.terms().plan(member.key(), this))
              .toList();
      List<Pattern> values =
          object.members().stream().map(member -> pattern(member.value())).toList();
      return new Pattern.Members(keys, values);
    }
    return new Pattern.Equal(planner.terms().plan(term, this));
  }
}
