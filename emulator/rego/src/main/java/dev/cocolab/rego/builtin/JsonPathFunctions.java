package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.NumberValue;
import dev.cocolab.rego.value.ObjectValue;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Undefined;
import dev.cocolab.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * {@code json.filter} and {@code json.remove}. A path is an array of keys, or a string of keys
 * separated by {@code /}, with {@code ~1} for a slash and {@code ~0} for a tilde (RFC 6901).
 */
final class JsonPathFunctions {

  private JsonPathFunctions() {}

  static List<Builtin> all() {
    return List.of(
        new Builtin("json.filter", 2, JsonPathFunctions::filter),
        new Builtin("json.remove", 2, JsonPathFunctions::remove));
  }

  /** Paths as a tree: what to keep or remove at each key; an empty tree ends a path. */
  private static final class PathTree {
    private final TreeMap<Value, PathTree> children = new TreeMap<>();
    private boolean end;

    Value child(Value key) {
      // An array's index may be written as text.
      return key instanceof NumberValue ? new StringValue(key.toString()) : key;
    }
  }

  private static PathTree paths(Meter meter, List<Value> args) {
    PathTree root = new PathTree();
    for (Value path : Arguments.list(args, 1)) {
      PathTree at = root;
      for (Value key : keys(path)) {
        meter.charge(1);
        at = at.children.computeIfAbsent(at.child(key), unused -> new PathTree());
      }
      at.end = true;
    }
    return root;
  }

  private static List<Value> keys(Value path) {
    if (path instanceof ArrayValue array) {
      return array.items();
    }
    if (!(path instanceof StringValue text)) {
      throw new BuiltinException("operand 2 must hold paths, not " + path.typeName());
    }
    String plain = text.value().startsWith("/") ? text.value().substring(1) : text.value();
    List<Value> keys = new ArrayList<>();
    for (String key : plain.split("/", -1)) {
      keys.add(new StringValue(key.replace("~1", "/").replace("~0", "~")));
    }
    return keys;
  }

  private static Value filter(Meter meter, List<Value> args) {
    return filter(Arguments.object(args, 0), paths(meter, args));
  }

  private static Value filter(Value value, PathTree paths) {
    if (paths.end) {
      return value;
    }
    if (value instanceof ObjectValue object) {
      TreeMap<Value, Value> members = new TreeMap<>();
      object.visit(
          (key, member) -> {
            Value kept = filterMember(key, member, paths);
            if (kept.isDefined()) {
              members.put(key, kept);
            }
            return false;
          });
      return ObjectValue.of(members);
    }
    if (value instanceof ArrayValue array) {
      List<Value> items = new ArrayList<>();
      array.visit(
          (key, item) -> {
            Value kept = filterMember(key, item, paths);
            if (kept.isDefined()) {
              items.add(kept);
            }
            return false;
          });
      return ArrayValue.of(items);
    }
    return Undefined.UNDEFINED;
  }

  private static Value filterMember(Value key, Value member, PathTree paths) {
    PathTree below = paths.children.get(paths.child(key));
    return below == null ? Undefined.UNDEFINED : filter(member, below);
  }

  private static Value remove(Meter meter, List<Value> args) {
    return remove(Arguments.object(args, 0), paths(meter, args));
  }

  private static Value remove(Value value, PathTree paths) {
    if (value instanceof ObjectValue object) {
      TreeMap<Value, Value> members = new TreeMap<>();
      object.visit(
          (key, member) -> {
            PathTree below = paths.children.get(paths.child(key));
            if (below == null) {
              members.put(key, member);
            } else if (!below.end) {
              members.put(key, remove(member, below));
            }
            return false;
          });
      return ObjectValue.of(members);
    }
    if (value instanceof ArrayValue array) {
      List<Value> items = new ArrayList<>();
      array.visit(
          (key, item) -> {
            PathTree below = paths.children.get(paths.child(key));
            if (below == null) {
              items.add(item);
            } else if (!below.end) {
              items.add(remove(item, below));
            }
            return false;
          });
      return ArrayValue.of(items);
    }
    return value;
  }
}
