package dev.cocolab.apiserver.ownership;

import java.util.Comparator;
import tools.jackson.databind.JsonNode;

/** Equality and order of JSON values in which 1 and 1.0 are the same. */
final class PlainValues {
  private PlainValues() {}

  /** Numbers, then text, then booleans, then all else. */
  static final Comparator<JsonNode> ORDER = PlainValues::compare;

  static boolean same(JsonNode left, JsonNode right) {
    return left.equals(
        (a, b) ->
            a.isNumber() && b.isNumber()
                ? a.decimalValue().compareTo(b.decimalValue())
                : a.equals(b) ? 0 : 1,
        right);
  }

  private static int compare(JsonNode left, JsonNode right) {
    if (rank(left) != rank(right)) {
      return Integer.compare(rank(left), rank(right));
    }
    return switch (rank(left)) {
      case 0 -> left.decimalValue().compareTo(right.decimalValue());
      case 1 -> left.stringValue().compareTo(right.stringValue());
      case 2 -> Boolean.compare(left.booleanValue(), right.booleanValue());
      default -> left.toString().compareTo(right.toString());
    };
  }

  private static int rank(JsonNode value) {
    if (value.isNumber()) {
      return 0;
    }
    if (value.isString()) {
      return 1;
    }
    return value.isBoolean() ? 2 : 3;
  }
}
