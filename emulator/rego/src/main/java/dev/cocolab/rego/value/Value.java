package dev.cocolab.rego.value;

/**
 * A value of the language, or {@link Undefined}.
 *
 * <p>All values are immutable. They are totally ordered: null, booleans, numbers, strings, arrays,
 * sets, objects; within a kind by content. Equality follows the order, so {@code 1} equals {@code
 * 1.0}.
 */
public sealed interface Value extends Comparable<Value>
    permits Undefined,
        NullValue,
        BooleanValue,
        NumberValue,
        StringValue,
        ArrayValue,
        SetValue,
        ObjectValue {

  /** Collections nested deeper than this are refused. */
  int MAX_DEPTH = 512;

  /** Collections heavier than this are refused; about 16 MiB of JSON. */
  long MAX_WEIGHT = 2_000_000;

  /** Place of the kind in the total order. */
  int rank();

  /** Name of the kind as {@code type_name} gives it. */
  String typeName();

  /** How many collections are nested in this value; 0 for scalars. */
  default int depth() {
    return 0;
  }

  /**
   * What walking the whole value costs: one for each member and each eight characters or digits.
   * Members that several collections share count every time, because text and JSON repeat them.
   */
  default long weight() {
    return 1;
  }

  /** False for {@link Undefined} only. */
  default boolean isDefined() {
    return true;
  }

  /** False for {@link Undefined} and {@code false}: such an expression ends its body. */
  default boolean holds() {
    return true;
  }

  /** The member at a key: an index, an object's key, or an element of a set; else undefined. */
  default Value get(Value key) {
    return Undefined.UNDEFINED;
  }

  /** Passes all members to the visitor in order, until it returns true; tells whether it did. */
  default boolean visit(Visitor visitor) {
    return false;
  }

  /** Orders two values of different kinds; the kinds order their own. */
  static int compareRanks(Value left, Value right) {
    return Integer.compare(left.rank(), right.rank());
  }

  /** The depth of a collection with this deepest member. */
  static int depthAbove(int deepestMember) {
    if (deepestMember >= MAX_DEPTH) {
      throw new ValueLimitException("a value nests more than " + MAX_DEPTH + " collections");
    }
    return deepestMember + 1;
  }

  /** The weight of a collection whose members weigh this much together. */
  static long weightAbove(long members) {
    if (members >= MAX_WEIGHT) {
      throw new ValueLimitException(
          "a value holds more than " + MAX_WEIGHT + " members, shared ones counted every time");
    }
    return members + 1;
  }

  /** Receives the members of a collection. */
  @FunctionalInterface
  interface Visitor {
    /**
     * One member.
     *
     * @param key index, key, or for sets the element itself
     * @return true to end the visit
     */
    boolean member(Value key, Value value);
  }
}
