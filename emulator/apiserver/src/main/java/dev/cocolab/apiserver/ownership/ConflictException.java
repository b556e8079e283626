package dev.cocolab.apiserver.ownership;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** An applier wants to change fields that others own. */
public final class ConflictException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Conflict> conflicts;

  /**
   * One field in dispute.
   *
   * @param owner who has it now
   * @param path the field
   */
  public record Conflict(Owner owner, FieldPath path) {
    /** {@code conflict with "other" using v1}. */
    public String described() {
      return "conflict with " + owner.described();
    }
  }

  ConflictException(List<Conflict> conflicts) {
    super(message(conflicts));
    this.conflicts = List.copyOf(conflicts);
  }

  /** In order of owners, then of paths. */
  public List<Conflict> conflicts() {
    return conflicts;
  }

  /** The sentence about some conflicts, at least one. */
  public static String message(List<Conflict> conflicts) {
    if (conflicts.size() == 1) {
      Conflict only = conflicts.get(0);
      return "Apply failed with 1 conflict: " + only.described() + ": " + only.path();
    }
    SortedMap<Owner, List<FieldPath>> byOwner = new TreeMap<>();
    for (Conflict conflict : conflicts) {
      byOwner.computeIfAbsent(conflict.owner(), owner -> new ArrayList<>()).add(conflict.path());
    }
    List<String> lines = new ArrayList<>();
    byOwner.forEach(
        (owner, paths) -> {
          lines.add("conflicts with " + owner.described() + ":");
          paths.forEach(path -> lines.add("- " + path));
        });
    return "Apply failed with " + conflicts.size() + " conflicts: " + String.join("\n", lines);
  }
}
