package dev.cocolab.apiserver.patch;

import dev.cocolab.apiserver.json.Trees;
import io.fabric8.zjsonpatch.CompatibilityFlags;
import io.fabric8.zjsonpatch.JsonPatch;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** JSON patch (RFC 6902), at most 10000 operations. */
public final class OperationsPatch {
  private static final int MAX_OPERATIONS = 10_000;
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
    JsonNode document = target.deepCopy();
    for (JsonNode operation : patch) {
      document = step(document, operation);
    }
    return document;
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
