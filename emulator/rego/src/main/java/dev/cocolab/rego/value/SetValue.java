package dev.cocolab.rego.value;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** A set; its elements are kept in order. */
public final class SetValue implements Value {

  public static final SetValue EMPTY = new SetValue(new Value[0]);

  private final Value[] elements;
  private final int depth;
  private final long weight;

  private SetValue(Value[] sorted) {
    this.elements = sorted;
    int deepest = 0;
    long members = 0;
    for (Value element : sorted) {
      deepest = Math.max(deepest, element.depth());
      members += element.weight();
    }
    this.depth = Value.depthAbove(deepest);
    this.weight = Value.weightAbove(members);
  }

  public static SetValue of(Collection<? extends Value> elements) {
    return new SetValue(new TreeSet<>(elements).toArray(new Value[0]));
  }

  public int size() {
    return elements.length;
  }

  public boolean contains(Value element) {
    return Arrays.binarySearch(elements, element) >= 0;
  }

  /** The elements in order, unmodifiable. */
  public List<Value> elements() {
    return List.of(elements);
  }

  @Override
  public int rank() {
    return 5;
  }

  @Override
  public String typeName() {
    return "set";
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
    int index = Arrays.binarySearch(elements, key);
    return index >= 0 ? elements[index] : Undefined.UNDEFINED;
  }

  @Override
  public boolean visit(Visitor visitor) {
    for (Value element : elements) {
      if (visitor.member(element, element)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int compareTo(Value other) {
    return other instanceof SetValue s
        ? Arrays.compare(elements, s.elements)
        : Value.compareRanks(this, other);
  }

  @Override
  public int hashCode() {
    return 31 + Arrays.hashCode(elements);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SetValue that && compareTo(that) == 0;
  }

  @Override
  public String toString() {
    return ValueText.of(this);
  }
}
