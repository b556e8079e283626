package dev.cocolab.guest;

import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
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
  private static final Set<String> NEEDS_FROM = Set.of("move", "copy");
  private static final Set<String> OPERATIONS =
      Set.of("add", "remove", "replace", "move", "copy", "test");

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
    EditedDocument changed = new EditedDocument(data);
    long copied = 0;
    int number = 0;
    for (JsonNode operation : operations) {
      try {
        check(operation);
        if (text(operation, "op").equals("copy")) {
          // Copies of copies double the state with each operation.
          copied += length(changed.find(pointer(operation, "from")));
          requireModest(copied);
        }
        apply(changed, operation);
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
    requireModest(length(changed.root()));
    data = changed.root();
  }

  /**
   * In characters of JSON; none when there is no such value, which the operation itself notices.
   */
  private static long length(JsonNode value) {
    try {
      return value.isMissingNode() ? 0 : JSON.writeValueAsString(value).length();
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the state would have too many levels", e);
    }
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
    if (!operation.path("path").isString()
        || !EditedDocument.isPointer(text(operation, "path"))
        || !EditedDocument.isPointer(text(operation, "from"))) {
      throw new IllegalArgumentException("json pointer failed to parse");
    }
    if (NEEDS_VALUE.contains(op) && !operation.has("value")) {
      throw new IllegalArgumentException("missing field `value`");
    }
    if (NEEDS_FROM.contains(op) && !operation.path("from").isString()) {
      throw new IllegalArgumentException("missing field `from`");
    }
    if (op.equals("remove") && text(operation, "path").isEmpty()) {
      throw new IllegalArgumentException("the whole document cannot be removed");
    }
  }

  private static JsonPointer pointer(JsonNode operation, String member) {
    return JsonPointer.compile(text(operation, member));
  }

  private static void apply(EditedDocument document, JsonNode operation) {
    String op = text(operation, "op");
    JsonPointer path = pointer(operation, "path");
    JsonNode value = operation.path("value");
    boolean fits =
        switch (op) {
          case "add" -> document.add(path, value.deepCopy());
          case "replace" -> document.replace(path, value.deepCopy());
          case "test" -> document.test(path, value);
          case "remove" -> document.remove(path);
          case "move" -> document.move(pointer(operation, "from"), path);
          default -> copy(document, pointer(operation, "from"), path);
        };
    if (!fits) {
      throw new IllegalArgumentException(
          op.equals("test") ? "value did not match" : "path is invalid");
    }
  }

  private static boolean copy(EditedDocument document, JsonPointer from, JsonPointer to) {
    JsonNode value = document.find(from);
    return !value.isMissingNode() && document.add(to, value.deepCopy());
  }

  private static String text(JsonNode operation, String member) {
    return operation.path(member).isString() ? operation.path(member).asString() : "";
  }
}
