package dev.cocolab.rego.value;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An object; its keys are any values, kept in order. */
public final class ObjectValue implements Value {

  public static final ObjectValue EMPTY = new ObjectValue(new Value[0], new Value[0]);

  private final Value[] keys;
  private final Value[] values;
  private final int depth;
  private final long weight;

  private ObjectValue(Value[] sortedKeys, Value[] values) {
    this.keys = sortedKeys;
    this.values = values;
    int deepest = 0;
    long members = 0;
    for (int i = 0; i < sortedKeys.length; i++) {
      deepest = Math.max(deepest, Math.max(sortedKeys[i].depth(), values[i].depth()));
      members += sortedKeys[i].weight() + values[i].weight();
    }
    this.depth = Value.depthAbove(deepest);
    this.weight = Value.weightAbove(members);
  }

  public static ObjectValue of(Map<? extends Value, ? extends Value> members) {
    TreeMap<Value, Value> sorted = new TreeMap<>(members);
    return new ObjectValue(
        sorted.keySet().toArray(new Value[0]), sorted.values().toArray(new Value[0]));
  }

  public int size() {
    return keys.length;
  }

  /** The keys in order, unmodifiable. */
  public List<Value> keys() {
    return List.of(keys);
  }

  /** A modifiable copy in key order. */
  public Map<Value, Value> toMap() {
    Map<Value, Value> map = new TreeMap<>();
    for (int i = 0; i < keys.length; i++) {
      map.put(keys[i], values[i]);
    }
    return map;
  }

  @Override
  public int rank() {
    return 6;
  }

  @Override
  public String typeName() {
    return "object";
  }

  @Override
  public long weight() {
    return weight;
  }

  @Override
  public int depth() {
    return depth;
  }

  @Override
  public Value get(Value key) {
    int index = Arrays.binarySearch(keys, key);
    return index >= 0 ? values[index] : Undefined.UNDEFINED;
  }

  /** The member with a string key. */
  public Value get(String key) {
    return get(new StringValue(key));
  }

  @Override
  public boolean visit(Visitor visitor) {
    for (int i = 0; i < keys.length; i++) {
      if (visitor.member(keys[i], values[i])) {
        return true;
      }
    }
    return false;
  }

  /** Member by member, as the engine in Trustee orders objects by their sorted members. */
  @Override
  public int compareTo(Value other) {
    if (!(other instanceof ObjectValue o)) {
      return Value.compareRanks(this, other);
    }
    int shorter = Math.min(keys.length, o.keys.length);
    for (int i = 0; i < shorter; i++) {
      int byKey = keys[i].compareTo(o.keys[i]);
      if (byKey != 0) {
        return byKey;
      }
      int byValue = values[i].compareTo(o.values[i]);
      if (byValue != 0) {
        return byValue;
      }
    }
    return Integer.compare(keys.length, o.keys.length);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(keys) + Arrays.hashCode(values);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ObjectValue that && compareTo(that) == 0;
  }

  @Override
  public String toString() {
    return ValueText.of(this);
  }
}
