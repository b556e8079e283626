package dev.cocolab.apiserver.resource;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Who writes, for objects that say so.
 *
 * @param name user name
 * @param uid opaque identity, empty for none
 * @param groups group names
 * @param extra what the source of the identity says beside
 */
public record Author(
    String name, String uid, List<String> groups, Map<String, List<String>> extra) {
  public Author {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(uid, "uid");
    groups = List.copyOf(groups);
    extra = Map.copyOf(extra);
  }
}
