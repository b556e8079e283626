package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** {@code array.*}. */
final class ArrayFunctions {

  private ArrayFunctions() {}

  static List<Builtin> all() {
    return List.of(
        new Builtin("array.concat", 2, ArrayFunctions::concat),
        new Builtin("array.slice", 3, ArrayFunctions::slice),
        new Builtin("array.reverse", 1, ArrayFunctions::reverse));
  }

  private static Value concat(Meter meter, List<Value> args) {
    List<Value> items = new ArrayList<>(Arguments.array(args, 0).items());
    items.addAll(Arguments.array(args, 1).items());
    meter.charge(items.size());
    return ArrayValue.of(items);
  }

  /** Indices outside the array are moved to its ends. */
  private static Value slice(Meter meter, List<Value> args) {
    List<Value> items = Arguments.array(args, 0).items();
    int start = Math.max(0, Math.min(Arguments.smallInteger(args, 1), items.size()));
    int stop = Math.max(start, Math.min(Arguments.smallInteger(args, 2), items.size()));
    meter.charge(stop - start);
    return ArrayValue.of(items.subList(start, stop));
  }

  private static Value reverse(Meter meter, List<Value> args) {
    List<Value> items = new ArrayList<>(Arguments.array(args, 0).items());
    meter.charge(items.size());
    Collections.reverse(items);
    return ArrayValue.of(items);
  }
}
