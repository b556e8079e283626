package dev.cocolab.cli.refvalues;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reference values by name, in the order in which they were found, each value once. */
final class MeasuredValues {
  private final Map<String, List<String>> values = new LinkedHashMap<>();

  void add(String name, String value) {
    List<String> known = values.computeIfAbsent(name, key -> new ArrayList<>());
    if (!known.contains(value)) {
      known.add(value);
    }
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  Map<String, List<String>> all() {
    return values;
  }
}
