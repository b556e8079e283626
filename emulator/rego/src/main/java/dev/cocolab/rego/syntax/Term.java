package dev.cocolab.rego.syntax;

import dev.cocolab.rego.value.Value;
import java.util.List;
import java.util.Optional;

/** A term. Trees are at most {@link Parser#MAX_NESTING} levels high. */
public sealed interface Term {

  Span span();

  /** A literal scalar. */
  record Scalar(Value value, Span span) implements Term {}

  /** A name that stands alone or heads a reference; {@code _} is the wildcard. */
  record Var(String name, Span span) implements Term {
    public boolean isWildcard() {
      return name.equals("_");
    }
  }

  /** {@code head.a["b"][c]}; there is at least one argument. */
  record Ref(Term head, List<Term> args, Span span) implements Term {}

  /**
   * A call; operators are calls too.
   *
   * @param path the function's dotted name
   * @param infix whether it was written as an operator
   */
  record Call(List<String> path, List<Term> args, boolean infix, Span span) implements Term {
    public String name() {
      return String.join(".", path);
    }
  }

  /** {@code value in collection} or {@code key, value in collection}. */
  record Membership(Optional<Term> key, Term value, Term collection, Span span) implements Term {}

  /** An array literal. */
  record ArrayLiteral(List<Term> items, Span span) implements Term {}

  /** A set literal. */
  record SetLiteral(List<Term> items, Span span) implements Term {}

  /** An object literal. */
  record ObjectLiteral(List<Member> members, Span span) implements Term {}

  /** A member of an object literal. */
  record Member(Term key, Term value) {}

  /** A comprehension; the key is present for objects only. */
  record Comprehension(Kind kind, Optional<Term> key, Term value, List<Literal> body, Span span)
      implements Term {
    /** What a comprehension builds. */
    public enum Kind {
      ARRAY,
      SET,
      OBJECT
    }
  }

  /** A template string: parts to be joined, an undefined one as {@code <undefined>}. */
  record Template(List<Term> parts, Span span) implements Term {}
}
