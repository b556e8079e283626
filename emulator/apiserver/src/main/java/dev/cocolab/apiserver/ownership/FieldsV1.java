package dev.cocolab.apiserver.ownership;

import dev.cocolab.apiserver.json.Trees;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON of a {@link FieldSet} (meta/v1 FieldsV1): a step is a name, what goes on from it its value;
 * {@code .} says that a step from which others go on is in the set itself.
 */
public final class FieldsV1 {
  private static final String SELF = ".";
  private static final int MAX_DEPTH = 200;

  private FieldsV1() {}

  public static ObjectNode write(FieldSet set) {
    ObjectNode object = Trees.object();
    set.branches()
        .forEach(
            (element, branch) -> {
              ObjectNode inner = Trees.object();
              if (branch.member() && !branch.below().isEmpty()) {
                inner.putObject(SELF);
              }
              inner.setAll(write(branch.below()));
              object.set(element.wire(), inner);
            });
    return object;
  }

  /**
   * Reads; steps of an unknown kind are passed over.
   *
   * @throws MalformedFieldsException for what is no set of fields
   */
  public static FieldSet read(JsonNode json) {
    return read(json, 0);
  }

  private static FieldSet read(JsonNode json, int depth) {
    if (depth > MAX_DEPTH) {
      throw new MalformedFieldsException("nested too deeply");
    }
    TreeMap<PathElement, FieldSet.Branch> branches = new TreeMap<>();
    for (var entry : json.properties()) {
      if (entry.getKey().equals(SELF)) {
        continue;
      }
      Optional<PathElement> element = PathElement.parse(entry.getKey());
      if (element.isPresent()) {
        FieldSet below = read(entry.getValue(), depth + 1);
        boolean member = below.isEmpty() || entry.getValue().has(SELF);
        branches.put(element.get(), new FieldSet.Branch(member, below));
      }
    }
    return FieldSet.of(branches);
  }
}
