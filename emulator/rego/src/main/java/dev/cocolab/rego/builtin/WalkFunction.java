package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code walk}. In the language it has many results; here its value is the array of all of them,
 * and the compiler iterates over it.
 */
public final class WalkFunction {

  /** The function's name. */
  public static final String NAME = "walk";

  private WalkFunction() {}

  static List<Builtin> all() {
    return List.of(new Builtin(NAME, 1, WalkFunction::walk));
  }

  private static Value walk(Meter meter, List<Value> args) {
    List<Value> results = new ArrayList<>();
    walk(meter, new ArrayList<>(), args.get(0), results);
    return ArrayValue.of(results);
  }

  private static void walk(Meter meter, List<Value> path, Value value, List<Value> results) {
    meter.charge(path.size() + 1L);
    results.add(ArrayValue.of(ArrayValue.of(path), value));
    value.visit(
        (key, member) -> {
          path.add(key);
          walk(meter, path, member, results);
          path.remove(path.size() - 1);
          return false;
        });
  }
}
