package dev.cocolab.rego.syntax;

import java.util.List;
import java.util.Optional;

/**
 * One expression of a body.
 *
 * @param withs the modifiers, in order
 */
public record Literal(Form form, boolean negated, List<With> withs, Span span) {

  /** What the expression is, apart from {@code not} and {@code with}. */
  public sealed interface Form {}

  /** A term that must be defined and not false. */
  public record Test(Term term) implements Form {}

  /** {@code left := right}. */
  public record Assign(Term left, Term right) implements Form {}

  /** {@code left = right}. */
  public record Unify(Term left, Term right) implements Form {}

  /** {@code some x, y}. */
  public record SomeDeclaration(List<Term.Var> names) implements Form {}

  /** {@code some key, value in collection}. */
  public record SomeIn(Optional<Term> key, Term value, Term collection) implements Form {}

  /** {@code every key, value in collection { body }}. */
  public record Every(Optional<Term.Var> key, Term.Var value, Term collection, List<Literal> body)
      implements Form {}

  /** {@code with target as value}. */
  public record With(Term target, Term value) {}
}
