package dev.cocolab.operators.trustee;

import dev.cocolab.operators.OperatorException;
import dev.cocolab.operators.OperatorException.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Typed access to an untyped JSON object; says which member has the wrong shape. Empty texts count
 * as absent, as in Go types.
 */
record Fields(Map<?, ?> members, String path) {

  static Fields of(Object value, String path) {
    if (value == null) {
      return new Fields(Map.of(), path);
    }
    if (value instanceof Map<?, ?> map) {
      return new Fields(map, path);
    }
    throw wrong(path, "an object");
  }

  private static OperatorException wrong(String path, String expected) {
    return new OperatorException(Reason.INVALID_OBJECT, path + " is not " + expected);
  }

  Fields fields(String name) {
    return of(members.get(name), path + "." + name);
  }

  Optional<String> text(String name) {
    Object value = members.get(name);
    if (value == null || "".equals(value)) {
      return Optional.empty();
    }
    if (value instanceof String text) {
      return Optional.of(text);
    }
    throw wrong(path + "." + name, "a string");
  }

  Optional<Integer> number(String name) {
    Object value = members.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Number number) {
      return Optional.of(number.intValue());
    }
    throw wrong(path + "." + name, "a number");
  }

  boolean flag(String name) {
    return Boolean.TRUE.equals(members.get(name));
  }

  List<String> texts(String name) {
    return items(name).stream()
        .map(
            item -> {
              if (item instanceof String text) {
                return text;
              }
              throw wrong(path + "." + name, "a list of strings");
            })
        .toList();
  }

  List<Fields> list(String name) {
    return items(name).stream().map(item -> of(item, path + "." + name + "[]")).toList();
  }

  private List<?> items(String name) {
    Object value = members.get(name);
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> list) {
      return list;
    }
    throw wrong(path + "." + name, "a list");
  }

  Map<String, String> allTexts() {
    Map<String, String> result = new TreeMap<>();
    members.forEach((k, v) -> result.put(String.valueOf(k), String.valueOf(v)));
    return result;
  }
}
