package dev.cocolab.apiserver.ownership;

import dev.cocolab.apiserver.json.Trees;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who owns fields: a client by its {@code fieldManager} name, apart for each operation and
 * subresource, and for updates for each version.
 *
 * @param name name of the field manager
 * @param operation how the fields were set
 * @param apiVersion version in which an update was made; empty for appliers, who are the same in
 *     all versions
 * @param subresource {@code status}, {@code scale}; empty for the object itself
 */
public record Owner(String name, Operation operation, String apiVersion, String subresource)
    implements Comparable<Owner> {

  /** How fields are set. */
  public enum Operation {
    APPLY("Apply"),
    UPDATE("Update");

    private final String wireName;

    Operation(String wireName) {
      this.wireName = wireName;
    }

    String wireName() {
      return wireName;
    }
  }

  public Owner {
    Objects.requireNonNull(subresource, "subresource");
    name = name.isEmpty() ? "unknown" : name;
    apiVersion = operation == Operation.APPLY ? "" : apiVersion;
  }

  boolean applies() {
    return operation == Operation.APPLY;
  }

  /** The owner as messages name it: {@code "kubectl-create" using v1}. */
  String described() {
    StringBuilder text =
        new StringBuilder(Trees.strings(java.util.List.of(name)).get(0).toString());
    if (!subresource.isEmpty()) {
      text.append(" with subresource \"").append(subresource).append('"');
    }
    if (!applies()) {
      text.append(" using ").append(apiVersion);
    }
    return text.toString();
  }

  /** The text by which owners are ordered in messages. */
  private String identity() {
    ObjectNode entry = Trees.object().put("manager", name).put("operation", operation.wireName());
    if (!apiVersion.isEmpty()) {
      entry.put("apiVersion", apiVersion);
    }
    if (!subresource.isEmpty()) {
      entry.put("subresource", subresource);
    }
    return entry.toString();
  }

  @Override
  public int compareTo(Owner other) {
    return identity().compareTo(other.identity());
  }
}
