package dev.cocolab.rego.value;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Between JSON trees and values. */
public final class JsonValues {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private JsonValues() {}

  /**
   * The value of a JSON tree. Numbers are taken exactly as the tree holds them; a missing node is
   * undefined.
   *
   * @throws ValueLimitException for nesting beyond {@link Value#MAX_DEPTH} and for numbers that are
   *     not finite or too long
   */
  public static Value fromJson(JsonNode node) {
    return fromJson(node, 0);
  }

  private static Value fromJson(JsonNode node, int depth) {
    if (depth > Value.MAX_DEPTH) {
      throw new ValueLimitException("a value nests more than " + Value.MAX_DEPTH + " collections");
    }
    return switch (node.getNodeType()) {
      case NULL -> NullValue.NULL;
      case BOOLEAN -> BooleanValue.of(node.booleanValue());
      case STRING -> new StringValue(node.stringValue());
      case NUMBER -> number(node);
      case ARRAY -> {
        List<Value> items = new ArrayList<>(node.size());
        for (JsonNode item : node) {
          items.add(fromJson(item, depth + 1));
        }
        yield ArrayValue.of(items);
      }
      case OBJECT -> {
        Map<Value, Value> members = new HashMap<>();
        for (Map.Entry<String, JsonNode> member : node.properties()) {
          members.put(new StringValue(member.getKey()), fromJson(member.getValue(), depth + 1));
        }
        yield ObjectValue.of(members);
      }
      case MISSING -> Undefined.UNDEFINED;
      case BINARY, POJO ->
          throw new ValueLimitException(
              "a tree node of type " + node.getNodeType() + " is not JSON");
    };
  }

  private static NumberValue number(JsonNode node) {
    if (node.isIntegralNumber()) {
      return node.canConvertToLong()
          ? NumberValue.of(node.longValue())
          : NumberValue.of(node.bigIntegerValue());
    }
    if ((node.isDouble() || node.isFloat()) && !Double.isFinite(node.doubleValue())) {
      throw new ValueLimitException("a number is not finite");
    }
    return new NumberValue(node.decimalValue());
  }

  /**
   * The JSON of a defined value: sets become arrays in order, other keys than strings their text.
   */
  public static JsonNode toJson(Value value) {
    if (value instanceof BooleanValue b) {
      return JSON.booleanNode(b.value());
    } else if (value instanceof StringValue s) {
      return JSON.stringNode(s.value());
    } else if (value instanceof NumberValue n) {
      return number(n);
    } else if (value instanceof ObjectValue object) {
      ObjectNode node = JSON.objectNode();
      object.visit(
          (key, member) -> {
            node.set(keyText(key), toJson(member));
            return false;
          });
      return node;
    } else if (value instanceof ArrayValue || value instanceof SetValue) {
      ArrayNode node = JSON.arrayNode();
      value.visit(
          (key, member) -> {
            node.add(toJson(member));
            return false;
          });
      return node;
    } else if (value instanceof NullValue) {
      return JSON.nullNode();
    }
    throw new IllegalArgumentException("undefined has no JSON");
  }

  private static String keyText(Value key) {
    return key instanceof StringValue s ? s.value() : toJson(key).toString();
  }

  private static JsonNode number(NumberValue number) {
    BigDecimal decimal = number.decimal();
    if (!number.isInteger()) {
      double approximate = decimal.doubleValue();
      boolean exact =
          Double.isFinite(approximate) && BigDecimal.valueOf(approximate).compareTo(decimal) == 0;
      return exact ? JSON.numberNode(approximate) : JSON.numberNode(decimal);
    }
    if (number.fitsInt()) {
      return JSON.numberNode(number.toInt());
    }
    return decimal.precision() < 19
        ? JSON.numberNode(decimal.longValueExact())
        : bigInteger(number);
  }

  private static JsonNode bigInteger(NumberValue number) {
    return number.toBigInteger().bitLength() < Long.SIZE
        ? JSON.numberNode(number.toBigInteger().longValue())
        : JSON.numberNode(number.toBigInteger());
  }
}
