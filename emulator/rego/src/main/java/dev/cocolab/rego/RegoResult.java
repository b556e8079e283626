package dev.cocolab.rego;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What one evaluation gave.
 *
 * @param value the rule's value; empty where the rule is undefined. Sets appear as arrays in sorted
 *     order
 * @param ruleDefined whether any module defines a rule at the path that was asked for
 * @param prints what the policy printed, one line a call: {@code <module>:<line>: <arguments joined
 *     by one space>}, strings without quotes, undefined arguments as {@code <undefined>}
 * @param trace one event per evaluated body expression, in order of evaluation; cut off after
 *     {@link #MAX_TRACE_EVENTS}
 */
public record RegoResult(
    Optional<JsonNode> value, boolean ruleDefined, List<String> prints, List<TraceEvent> trace) {

  /** Events beyond this number are not kept. */
  public static final int MAX_TRACE_EVENTS = 10_000;

  public RegoResult {
    Objects.requireNonNull(value, "value");
    prints = List.copyOf(prints);
    Objects.requireNonNull(trace, "trace");
  }
}
