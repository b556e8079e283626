package dev.cocolab.guest;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an agent policy remembers from one request to the next: the data document, whose member
 * {@code pstate} is there from the beginning. Rules change it by JSON patches (RFC 6902) in the
 * {@code ops} of what they return. Not safe for use by several threads.
 */
final class PolicyState {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MAX_OPERATIONS = 1000;

  /** The most that a policy may remember, in characters of JSON. */
  private static final int MAX_SIZE = 1024 * 1024;

  private JsonNode data;

  PolicyState() {
    ObjectNode empty = JSON.createObjectNode();
    empty.putObject("pstate");
    this.data = empty;
  }

  /** For one evaluation; changes to it do not come back. */
  JsonNode data() {
    return data;
  }

  /**
   * Applies all operations or none.
   *
   * @throws IllegalArgumentException naming the operation that cannot be applied
   */
  void apply(JsonNode operations) {
    if (!operations.isArray() || operations.size() > MAX_OPERATIONS) {
      throw new IllegalArgumentException(
          "ops: expected a sequence of at most " + MAX_OPERATIONS + " operations");
    }
    JsonNode changed = data.deepCopy();
    int number = 0;
    for (JsonNode operation : operations) {
      try {
        changed = apply(changed, operation);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "operation '/"
                + number
                + "' failed at path '"
                + text(operation, "path")
                + "': "
                + e.getMessage(),
            e);
      }
      number++;
    }
    if (changed.toString().length() > MAX_SIZE) {
      throw new IllegalArgumentException(
          "the state would be longer than " + MAX_SIZE + " characters");
    }
    data = changed;
  }

  private static JsonNode apply(JsonNode root, JsonNode operation) {
    List<String> path = pointer(text(operation, "path"));
    switch (text(operation, "op")) {
      case "add" -> {
        return add(root, path, value(operation));
      }
      case "remove" -> {
        remove(root, path);
        return root;
      }
      case "replace" -> {
        find(root, path);
        if (path.isEmpty()) {
          return value(operation);
        }
        remove(root, path);
        return add(root, path, value(operation));
      }
      case "move" -> {
        List<String> from = pointer(text(operation, "from"));
        JsonNode moved = find(root, from);
        remove(root, from);
        return add(root, path, moved);
      }
      case "copy" -> {
        return add(root, path, find(root, pointer(text(operation, "from"))).deepCopy());
      }
      case "test" -> {
        if (!find(root, path).equals(value(operation))) {
          throw new IllegalArgumentException("value did not match");
        }
        return root;
      }
      default -> throw new IllegalArgumentException("unknown operation " + text(operation, "op"));
    }
  }

  private static JsonNode add(JsonNode root, List<String> path, JsonNode value) {
    if (path.isEmpty()) {
      return value;
    }
    String last = path.get(path.size() - 1);
    JsonNode parent = find(root, path.subList(0, path.size() - 1));
    if (parent instanceof ObjectNode object) {
      object.set(last, value);
    } else if (parent instanceof ArrayNode array) {
      array.insert(last.equals("-") ? array.size() : index(last, array.size()), value);
    } else {
      throw new IllegalArgumentException("path is invalid");
    }
    return root;
  }

  private static void remove(JsonNode root, List<String> path) {
    find(root, path);
    if (path.isEmpty()) {
      throw new IllegalArgumentException("the whole document cannot be removed");
    }
    String last = path.get(path.size() - 1);
    JsonNode parent = find(root, path.subList(0, path.size() - 1));
    if (parent instanceof ObjectNode object) {
      object.remove(last);
    } else if (parent instanceof ArrayNode array) {
      array.remove(index(last, array.size() - 1));
    }
  }

  private static JsonNode find(JsonNode root, List<String> path) {
    JsonNode found = root;
    for (String step : path) {
      if (found instanceof ObjectNode object && object.has(step)) {
        found = object.get(step);
      } else if (found instanceof ArrayNode array) {
        found = array.get(index(step, array.size() - 1));
      } else {
        throw new IllegalArgumentException("path is invalid");
      }
    }
    return found;
  }

  private static int index(String step, int last) {
    if (!step.matches("0|[1-9]\\d{0,8}") || Integer.parseInt(step) > last) {
      throw new IllegalArgumentException("path is invalid");
    }
    return Integer.parseInt(step);
  }

  /** RFC 6901. */
  private static List<String> pointer(String text) {
    List<String> steps = new ArrayList<>();
    if (text.isEmpty()) {
      return steps;
    }
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("json pointer failed to parse");
    }
    for (String step : text.substring(1).split("/", -1)) {
      steps.add(step.replace("~1", "/").replace("~0", "~"));
    }
    return steps;
  }

  private static JsonNode value(JsonNode operation) {
    if (!operation.has("value")) {
      throw new IllegalArgumentException("missing field `value`");
    }
    return operation.get("value").deepCopy();
  }

  private static String text(JsonNode operation, String member) {
    return operation.path(member).isString() ? operation.path(member).asString() : "";
  }
}
