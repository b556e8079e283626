package dev.cocolab.rego.value;

import java.util.Arrays;
import java.util.List;

/** An array. */
public final class ArrayValue implements Value {

  public static final ArrayValue EMPTY = new ArrayValue(new Value[0]);

  private final Value[] items;
  private final int depth;
  private final long weight;

  private ArrayValue(Value[] items) {
    this.items = items;
    int deepest = 0;
    long members = 0;
    for (Value item : items) {
      deepest = Math.max(deepest, item.depth());
      members += item.weight();
    }
    this.depth = Value.depthAbove(deepest);
    this.weight = Value.weightAbove(members);
  }

  public static ArrayValue of(List<? extends Value> items) {
    return new ArrayValue(items.toArray(new Value[0]));
  }

  public static ArrayValue of(Value... items) {
    return new ArrayValue(items.clone());
  }

  public int size() {
    return items.length;
  }

  public Value at(int index) {
    return items[index];
  }

  /** The items, unmodifiable. */
  public List<Value> items() {
    return List.of(items);
  }

  @Override
  public int rank() {
    return 4;
  }

  @Override
  public String typeName() {
    return "array";
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
    if (key instanceof NumberValue n && n.fitsInt()) {
      int index = n.toInt();
      if (index >= 0 && index < items.length) {
        return items[index];
      }
    }
    return Undefined.UNDEFINED;
  }

  @Override
  public boolean visit(Visitor visitor) {
    for (int i = 0; i < items.length; i++) {
      if (visitor.member(NumberValue.of(i), items[i])) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int compareTo(Value other) {
    return other instanceof ArrayValue a
        ? Arrays.compare(items, a.items)
        : Value.compareRanks(this, other);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(items);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ArrayValue that && compareTo(that) == 0;
  }

  @Override
  public String toString() {
    return ValueText.of(this);
  }
}
