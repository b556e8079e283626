package dev.cocolab.guest;

import io.fabric8.zjsonpatch.CompatibilityFlags;
import io.fabric8.zjsonpatch.JsonPatch;
import java.util.EnumSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an agent policy remembers from one request to the next: the data document, whose member
 * {@code pstate} is there from the beginning. Rules change it by JSON patches (RFC 6902) in the
 * {@code ops} of what they return. Not safe for use by several threads.
 */
final class PolicyState {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MAX_OPERATIONS = 1000;
  private static final Set<String> NEEDS_VALUE = Set.of("add", "replace", "test");
  private static final Set<String> OPERATIONS =
      Set.of("add", "remove", "replace", "move", "copy", "test");
  private static final EnumSet<CompatibilityFlags> STRICT =
      EnumSet.of(CompatibilityFlags.FORBID_REMOVE_MISSING_OBJECT);

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
    JsonNode changed = data;
    long copied = 0;
    int number = 0;
    for (JsonNode operation : operations) {
      try {
        check(operation);
        if (text(operation, "op").equals("copy")) {
          // Copies of copies double the state with each operation.
          copied += changed.at(text(operation, "from")).toString().length();
          requireModest(copied);
        }
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
    requireModest(changed.toString().length());
    data = changed;
  }

  private static void requireModest(long characters) {
    if (characters > MAX_SIZE) {
      throw new IllegalArgumentException(
          "the state would be longer than " + MAX_SIZE + " characters");
    }
  }

  private static void check(JsonNode operation) {
    String op = text(operation, "op");
    if (!OPERATIONS.contains(op)) {
      throw new IllegalArgumentException("unknown operation " + op);
    }
    if (!isPointer(text(operation, "path")) || !isPointer(text(operation, "from"))) {
      throw new IllegalArgumentException("json pointer failed to parse");
    }
    if (NEEDS_VALUE.contains(op) && !operation.has("value")) {
      throw new IllegalArgumentException("missing field `value`");
    }
    if (op.equals("remove") && text(operation, "path").isEmpty()) {
      throw new IllegalArgumentException("the whole document cannot be removed");
    }
  }

  /** RFC 6901. */
  private static boolean isPointer(String text) {
    return text.isEmpty() || text.startsWith("/");
  }

  private static JsonNode apply(JsonNode document, JsonNode operation) {
    try {
      return JsonPatch.apply(JSON.createArrayNode().add(operation), document, STRICT);
    } catch (RuntimeException e) {
      // The library throws several unchecked types; each means that the operation does not fit.
      throw new IllegalArgumentException(
          text(operation, "op").equals("test") ? "value did not match" : "path is invalid", e);
    }
  }

  private static String text(JsonNode operation, String member) {
    return operation.path(member).isString() ? operation.path(member).asString() : "";
  }
}
