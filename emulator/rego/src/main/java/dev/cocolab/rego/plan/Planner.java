package dev.cocolab.rego.plan;

import dev.cocolab.rego.RegoException;
import dev.cocolab.rego.builtin.WalkFunction;
import dev.cocolab.rego.syntax.Literal;
import dev.cocolab.rego.syntax.Span;
import dev.cocolab.rego.syntax.Term;
import dev.cocolab.rego.syntax.Terms;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Plans the bodies of one rule definition: finds an order in which every expression has the
 * variables it needs, as close to the written order as possible.
 */
final class Planner {

  private static final int MAX_ATTEMPTS = 200_000;

  private final Program program;
  private final ModuleNames names;
  private final Resolution resolution;
  private final DocNode place;
  private final TermPlanner terms;
  private int attempts;

  Planner(Program program, ModuleNames names, Resolution resolution, DocNode place) {
    this.program = program;
    this.names = names;
    this.resolution = resolution;
    this.place = place;
    this.terms = new TermPlanner(this, names.source());
  }

  /** A body with the terms that are evaluated for each of its solutions. */
  record Solved(Body body, List<Node> heads) {}

  Program program() {
    return program;
  }

  Resolution resolution() {
    return resolution;
  }

  /** The rule that is planned. */
  DocNode place() {
    return place;
  }

  TermPlanner terms() {
    return terms;
  }

  Span nowhere() {
    return new Span(0, 0);
  }

  /** What a call means; notes that the planned rule depends on it. */
  Program.Function function(List<String> path, int offset) {
    Program.Function function =
        program
            .function(names, path)
            .orElseThrow(
                () -> names.error(offset, "could not find function " + String.join(".", path)));
    if (function.callable() instanceof Callable.User user) {
      program.dependsOn(place, user.node());
    }
    return function;
  }

  /** Whether a term is a call of the function whose results are iterated over. */
  boolean isWalk(Term term) {
    return term instanceof Term.Call call
        && call.name().equals(WalkFunction.NAME)
        && program
            .function(names, call.path())
            .filter(function -> function.callable() instanceof Callable.BuiltIn)
            .isPresent();
  }

  /** Whether a term names a function. */
  boolean isFunction(Term term) {
    return WithPlanner.path(term).flatMap(path -> program.function(names, path)).isPresent();
  }

  /** Whether the last argument of a call stands for its result. */
  boolean takesResult(Term.Call call) {
    return !call.infix()
        && program
            .function(names, call.path())
            .map(Program.Function::callable)
            .filter(callable -> callable.arity() >= 0)
            .filter(callable -> callable.arity() + 1 == call.args().size())
            .isPresent();
  }

  /**
   * Plans a body.
   *
   * @param bound the variables bound before; afterwards also those the body binds
   */
  Body body(List<Literal> literals, BitSet bound) {
    List<Literal> open = new ArrayList<>(literals);
    List<Step> steps = new ArrayList<>();
    while (!open.isEmpty()) {
      boolean planned = false;
      for (int i = 0; i < open.size() && !planned; i++) {
        planned = plan(open.get(i), bound, steps);
        if (planned) {
          open.remove(i);
        }
      }
      if (!planned) {
        throw unsafe(open.get(0), bound);
      }
    }
    return new Body(List.copyOf(steps));
  }

  /** Plans a body and the terms evaluated for each solution. */
  Solved solve(List<Literal> literals, List<Term> heads, BitSet before, int offset) {
    BitSet bound = (BitSet) before.clone();
    Body body = body(literals, bound);
    Attempt attempt = new Attempt(this, bound, new Operands());
    if (!attempt.prepare(heads)) {
      throw unsafe(heads, attempt, offset);
    }
    List<Node> nodes = terms.all(heads, attempt);
    List<Step> steps = new ArrayList<>(body.steps());
    steps.addAll(attempt.sources());
    return new Solved(new Body(List.copyOf(steps)), nodes);
  }

  private boolean plan(Literal literal, BitSet bound, List<Step> steps) {
    if (literal.form() instanceof Literal.SomeDeclaration) {
      return true;
    }
    if (++attempts > MAX_ATTEMPTS) {
      throw names.error(literal.span().start(), "body is too large to be put in order");
    }
    Attempt attempt = new Attempt(this, bound, new Operands());
    List<WithExpression.Modifier> modifiers = new ArrayList<>();
    for (Literal.With with : literal.withs()) {
      if (!isFunction(with.value()) && !attempt.ready(with.value())) {
        return false;
      }
      modifiers.add(new WithPlanner(this, names).plan(with, attempt));
    }
    if (!attempt.form(literal.form(), literal.negated())) {
      return false;
    }
    bound.or(attempt.bound());
    Recorder.Subject subject =
        attempt.operands().subject(names.source(), literal.span(), place.path());
    Body sources = new Body(List.copyOf(attempt.sources()));
    Step step =
        sources.steps().size() == 0
            ? new Expression.Plain(subject, attempt.checks())
            : new Expression.Iterating(subject, sources, attempt.checks());
    steps.add(modifiers.isEmpty() ? step : new WithExpression(subject, modifiers, step));
    return true;
  }

  private RegoException unsafe(Literal literal, BitSet bound) {
    checkFunctions(Terms.of(List.of(literal)));
    FreeVariables free = new FreeVariables(resolution, new IdentityHashMap<>());
    BitSet missing = free.of(List.of(literal));
    missing.andNot(bound);
    return unsafe(missing, literal.span().start());
  }

  private RegoException unsafe(List<Term> heads, Attempt attempt, int offset) {
    checkFunctions(heads);
    FreeVariables free = new FreeVariables(resolution, new IdentityHashMap<>());
    BitSet missing = new BitSet();
    heads.forEach(head -> missing.or(free.of(head)));
    missing.andNot(attempt.bound());
    return unsafe(missing, offset);
  }

  /** A function that does not exist explains why the last argument of its call has no value. */
  private void checkFunctions(List<Term> terms) {
    for (Term term : terms) {
      if (term instanceof Term.Call call && !call.infix()) {
        function(call.path(), call.span().start());
      }
      checkFunctions(Terms.children(term));
    }
  }

  private RegoException unsafe(BitSet missing, int offset) {
    String name = missing.isEmpty() ? "_" : resolution.name(missing.nextSetBit(0));
    return names.error(offset, "variable `" + name + "` is unsafe: nothing gives it a value");
  }
}
