package dev.cocolab.apiserver.patch;

import dev.cocolab.apiserver.json.Trees;
import java.util.Locale;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/** JSON patch (RFC 6902), at most 10000 operations and 1000 copies of 3 MiB together. */
public final class OperationsPatch {
  private static final int MAX_OPERATIONS = 10_000;

  /** Bytes that all copies of a patch may add, as in Kubernetes. */
  private static final long MAX_COPIED = 3L * 1024 * 1024;

  private static final int MAX_COPIES = 1000;
  private static final Set<String> NEEDS_VALUE = Set.of("add", "replace", "test");
  private static final Set<String> NEEDS_FROM = Set.of("move", "copy");

  private OperationsPatch() {}

  /**
   * The patched document; throws {@link PatchRefused} when an operation is wrong or does not fit.
   */
  public static JsonNode apply(JsonNode target, JsonNode patch) {
    if (!patch.isArray()) {
      throw PatchRefused.malformed(
          "error decoding patch: json: cannot unmarshal "
              + patch.getNodeType().name().toLowerCase(Locale.ROOT)
              + " into Go value of type []handlers.jsonPatchOp");
    }
    if (patch.size() > MAX_OPERATIONS) {
      throw PatchRefused.unfit(
          "The allowed maximum operations in a JSON patch is "
              + MAX_OPERATIONS
              + ", got "
              + patch.size());
    }
    for (JsonNode operation : patch) {
      check(operation);
    }
    EditedDocument document = new EditedDocument(target);
    long copied = 0;
    int copies = 0;
    for (JsonNode operation : patch) {
      if (operation.path("op").stringValue().equals("copy")) {
        copied += size(document.find(pointer(operation, "from")));
        requireModest(copied, ++copies);
      }
      step(document, operation);
    }
    return document.root();
  }

  /** Copies of copies double an object with each operation. */
  private static void requireModest(long copied, int copies) {
    if (copied > MAX_COPIED) {
      throw PatchRefused.unfit(
          "Unable to complete the copy, the accumulated size increase of copy is "
              + copied
              + ", exceeding the limit "
              + MAX_COPIED);
    }
    if (copies > MAX_COPIES) {
      throw PatchRefused.unfit("more than " + MAX_COPIES + " copies in one patch");
    }
  }

  /** In bytes of JSON; nothing when there is no such value, which the operation itself notices. */
  private static long size(JsonNode value) {
    try {
      return value.isMissingNode() ? 0 : Trees.MAPPER.writeValueAsBytes(value).length;
    } catch (JacksonException e) {
      throw PatchRefused.unfit("Unable to complete the copy: the value has too many levels");
    }
  }

  private static void check(JsonNode operation) {
    String op = Trees.textOrEmpty(operation, "op");
    JsonNode path = operation.path("path");
    boolean known = NEEDS_VALUE.contains(op) || NEEDS_FROM.contains(op) || op.equals("remove");
    if (!operation.isObject() || !known) {
      throw PatchRefused.unfit("Unexpected kind: " + (op.isEmpty() ? "unknown" : op));
    }
    if (!path.isString() || !EditedDocument.isPointer(path.stringValue())) {
      throw PatchRefused.malformed(op + " operation: path is missing or is no JSON pointer");
    }
    if (NEEDS_VALUE.contains(op) && !operation.has("value")) {
      throw PatchRefused.malformed(op + " operation: missing value");
    }
    if (NEEDS_FROM.contains(op)
        && !EditedDocument.isPointer(operation.path("from").stringValue("-"))) {
      throw PatchRefused.malformed(op + " operation: from is missing or is no JSON pointer");
    }
  }

  private static JsonPointer pointer(JsonNode operation, String member) {
    return JsonPointer.compile(operation.path(member).stringValue());
  }

  private static void step(EditedDocument document, JsonNode operation) {
    String op = operation.path("op").stringValue();
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
    if (fits) {
      return;
    }
    if (op.equals("test")) {
      throw PatchRefused.unfit("testing value " + path + " failed");
    }
    throw PatchRefused.unfit(
        op + " operation does not apply: doc is missing path: \"" + path + "\": missing value");
  }

  private static boolean copy(EditedDocument document, JsonPointer from, JsonPointer to) {
    JsonNode value = document.find(from);
    return !value.isMissingNode() && document.add(to, value.deepCopy());
  }
}
