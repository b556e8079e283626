package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.Undefined;
import dev.cocolab.rego.value.Value;
import java.util.List;

/**
 * One function.
 *
 * @param arity number of arguments
 */
public record Builtin(String name, int arity, Body body) {

  /** What it computes. */
  @FunctionalInterface
  public interface Body {
    /**
     * Computes the value; {@link Undefined} where the function has none.
     *
     * @param args defined values, as many as the arity
     * @throws BuiltinException for arguments of a wrong kind or content
     */
    Value call(Meter meter, List<Value> args);
  }
}
