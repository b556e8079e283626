package dev.cocolab.rego.syntax;

import java.util.List;
import java.util.Optional;

/**
 * One definition of a rule.
 *
 * @param path the head: the name, then the terms that follow it
 * @param args parameters of a function; empty for other rules
 * @param value for complete rules and partial objects the value, for partial sets the element;
 *     empty means true
 * @param body empty means that it always holds
 * @param elses the branches to be tried when the body has no solution
 */
public record Rule(
    Kind kind,
    boolean isDefault,
    List<Term> path,
    List<Term> args,
    Optional<Term> value,
    List<Literal> body,
    List<Else> elses,
    Span span) {

  /** The name at the start of the head. */
  public String name() {
    return ((Term.Var) path.get(0)).name();
  }

  /** What the head defines. */
  public enum Kind {
    /** One value; with a variable in the head, members of an object. */
    VALUE,
    /** Elements of a set. */
    SET,
    /** A function. */
    FUNCTION
  }

  /** An {@code else} branch. */
  public record Else(Optional<Term> value, List<Literal> body, Span span) {}
}
