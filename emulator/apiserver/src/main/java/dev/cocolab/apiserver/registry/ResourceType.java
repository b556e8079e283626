package dev.cocolab.apiserver.registry;

import dev.cocolab.apiserver.status.ApiException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A kind of object as it is served in one version.
 *
 * @param group API group, empty for the core group
 * @param version version, for example {@code v1}
 * @param kind kind, for example {@code Pod}
 * @param plural name in paths
 * @param singular singular name
 * @param shortNames short names for the command line
 * @param categories categories such as {@code all}
 * @param namespaced whether objects live in namespaces
 * @param status whether {@code status} is a subresource with a life of its own
 * @param scale where the scale subresource finds its numbers, if it is served
 * @param structure name of the structure for built-in kinds, see {@link
 *     dev.cocolab.apiserver.schema.ApiTypes}
 * @param custom what a CustomResourceDefinition says, for custom kinds
 */
public record ResourceType(
    String group,
    String version,
    String kind,
    String plural,
    String singular,
    List<String> shortNames,
    List<String> categories,
    boolean namespaced,
    boolean status,
    Optional<ScalePaths> scale,
    Optional<String> structure,
    Optional<CustomVersion> custom) {

  public ResourceType {
    Objects.requireNonNull(scale, "scale");
    Objects.requireNonNull(structure, "structure");
    Objects.requireNonNull(custom, "custom");
    shortNames = List.copyOf(shortNames);
    categories = List.copyOf(categories);
  }

  /** {@code v1} or {@code apps/v1}. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** Identity of the stored objects, which all versions of a kind share. */
  public String storageName() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  public String listKind() {
    return custom.map(CustomVersion::listKind).orElse(kind + "List");
  }

  /** Subject of an answer about an object of this type. */
  public ApiException.Subject about(String name) {
    return new ApiException.Subject(group, plural, name);
  }

  /** Subject of an answer about the content of an object of this type. */
  public ApiException.Subject invalidAbout(String name) {
    return new ApiException.Subject(group, kind, name);
  }

  /** Whether this is the built-in kind with the given group and plural. */
  public boolean is(String otherGroup, String otherPlural) {
    return group.equals(otherGroup) && plural.equals(otherPlural);
  }
}
