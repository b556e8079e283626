package dev.cocolab.rego;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One evaluation of one expression of a body.
 *
 * <p>An expression that iterates gives one event per candidate it tried; when there was no
 * candidate at all, one event with {@link Outcome#UNDEFINED}.
 *
 * @param module file name of the module, as given to the builder
 * @param line line of the expression's first character, from 1
 * @param column column of that character in code points, from 1
 * @param rule path of the rule whose body this is, for example {@code data.policy.allow}
 * @param outcome what the expression came to
 * @param text source text of the expression, white space collapsed
 * @param operands variables, references and calls inside the expression, from left to right
 */
public record TraceEvent(
    String module,
    int line,
    int column,
    String rule,
    Outcome outcome,
    String text,
    List<Operand> operands) {

  public TraceEvent {
    Objects.requireNonNull(module, "module");
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(outcome, "outcome");
    Objects.requireNonNull(text, "text");
    operands = List.copyOf(operands);
  }

  /** How an expression ended. */
  public enum Outcome {
    /** It holds; evaluation of the body went on. */
    TRUE,
    /** It was false, or a unification did not match. */
    FALSE,
    /** Something in it is undefined, so that it neither holds nor is false. */
    UNDEFINED
  }

  /**
   * A part of the expression.
   *
   * @param text source text
   * @param value the value it had; empty where it is undefined or was not reached
   */
  public record Operand(String text, Optional<JsonNode> value) {
    public Operand {
      Objects.requireNonNull(text, "text");
      Objects.requireNonNull(value, "value");
    }
  }
}
