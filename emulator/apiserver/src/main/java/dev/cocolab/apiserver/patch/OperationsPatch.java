package dev.cocolab.apiserver.patch;

import dev.cocolab.apiserver.json.Trees;
import io.fabric8.zjsonpatch.CompatibilityFlags;
import io.fabric8.zjsonpatch.JsonPatch;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** JSON patch (RFC 6902), at most 10000 operations and 1000 copies of 3 MiB together. */
public final class OperationsPatch {
  private static final int MAX_OPERATIONS = 10_000;

  /** Bytes that all copies of a patch may add, as in Kubernetes. */
  private static final long MAX_COPIED = 3L * 1024 * 1024;

  private static final int MAX_COPIES = 1000;
  private static final Set<String> NEEDS_VALUE = Set.of("add", "replace", "test");
  private static final Set<String> NEEDS_FROM = Set.of("move", "copy");

  private static final EnumSet<CompatibilityFlags> STRICT =
      EnumSet.of(CompatibilityFlags.FORBID_REMOVE_MISSING_OBJECT);

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
    JsonNode document = target;
    ArrayNode waiting = Trees.array();
    long copied = 0;
    int copies = 0;
    for (JsonNode operation : patch) {
      if (operation.path("op").stringValue().equals("copy")) {
        document = all(document, waiting);
        waiting = Trees.array();
        copied += size(document, operation.path("from").stringValue());
        requireModest(copied, ++copies);
      }
      waiting.add(operation);
    }
    return all(document, waiting);
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
  private static long size(JsonNode document, String pointer) {
    JsonNode value = document.at(pointer);
    return value.isMissingNode() ? 0 : Trees.MAPPER.writeValueAsBytes(value).length;
  }

  /**
   * Each call copies the document, so operations are made together; when one does not fit, halves
   * are tried until it is alone.
   */
  private static JsonNode all(JsonNode document, ArrayNode operations) {
    if (operations.size() == 1) {
      return step(document, operations.get(0));
    }
    try {
      return JsonPatch.apply(operations, document, STRICT);
    } catch (RuntimeException e) {
      // the first that does not fit is in the first half unless that fits as a whole
      int half = operations.size() / 2;
      ArrayNode first = Trees.array();
      ArrayNode second = Trees.array();
      for (int i = 0; i < operations.size(); i++) {
        (i < half ? first : second).add(operations.get(i));
      }
      return all(all(document, first), second);
    }
  }

  private static void check(JsonNode operation) {
    String op = Trees.textOrEmpty(operation, "op");
    JsonNode path = operation.path("path");
    boolean known = NEEDS_VALUE.contains(op) || NEEDS_FROM.contains(op) || op.equals("remove");
    if (!operation.isObject() || !known) {
      throw PatchRefused.unfit("Unexpected kind: " + (op.isEmpty() ? "unknown" : op));
    }
    if (!path.isString() || !isPointer(path.stringValue())) {
      throw PatchRefused.malformed(op + " operation: path is missing or is no JSON pointer");
    }
    if (NEEDS_VALUE.contains(op) && !operation.has("value")) {
      throw PatchRefused.malformed(op + " operation: missing value");
    }
    if (NEEDS_FROM.contains(op) && !isPointer(operation.path("from").stringValue("-"))) {
      throw PatchRefused.malformed(op + " operation: from is missing or is no JSON pointer");
    }
  }

  private static boolean isPointer(String text) {
    return text.isEmpty() || text.startsWith("/");
  }

  private static JsonNode step(JsonNode document, JsonNode operation) {
    try {
      return JsonPatch.apply(Trees.array().add(operation), document, STRICT);
    } catch (RuntimeException e) {
      // zjsonpatch throws several unchecked types; each of them means that this operation does not
      // fit
      String op = operation.path("op").stringValue();
      String path = operation.path("path").stringValue();
      if (op.equals("test")) {
        throw PatchRefused.unfit("testing value " + path + " failed");
      }
      throw PatchRefused.unfit(
          op + " operation does not apply: doc is missing path: \"" + path + "\": missing value");
    }
  }
}
