package dev.cocolab.rego;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A function that the host adds to the language, for example {@code query_reference_value}.
 *
 * <p>Called from whichever thread evaluates, so it must be safe for use by several threads. It is
 * not called when an argument is undefined.
 */
@FunctionalInterface
public interface RegoExtension {

  /**
   * Computes the value of one call.
   *
   * @param args the arguments, as many as the arity the extension was registered with; sets arrive
   *     as arrays in sorted order
   * @return the value of the call; a JSON null is the Rego value {@code null}
   * @throws RuntimeException aborts the evaluation with {@link RegoException.Reason#EVALUATION};
   *     the message becomes part of that exception's message
   */
  JsonNode call(List<JsonNode> args);
}
