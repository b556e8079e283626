package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An image reference by Docker's rules: {@code [registry[:port]/]path[:tag][@digest]}. Short names
 * are completed: {@code busybox} is {@code docker.io/library/busybox:latest}. Grammar:
 * distribution/reference; a name without the tag has at most 255 characters.
 *
 * @param registry host name and, if given, port
 * @param repository path below the registry
 * @param tag present unless only a digest was given
 * @param digest the content the reference is pinned to
 */
public record ImageReference(
    String registry, String repository, Optional<String> tag, Optional<Digest> digest) {

  private static final int NAME_LIMIT = 255;
  private static final int TEXT_LIMIT = 1024;
  private static final String DEFAULT_REGISTRY = "docker.io";
  private static final String DOMAIN_LABEL = "(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])";
  private static final Pattern REGISTRY =
      Pattern.compile(
          "(?:"
              + DOMAIN_LABEL
              + "(?:\\."
              + DOMAIN_LABEL
              + ")*|\\[[0-9A-Fa-f:]+\\])(?::[0-9]{1,5})?");
  private static final Pattern REPOSITORY_ELEMENT =
      Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
  private static final Pattern BARE_IDENTIFIER = Pattern.compile("[0-9a-f]{64}");

  public ImageReference {
    Objects.requireNonNull(tag, "tag");
    Objects.requireNonNull(digest, "digest");
    String name = registry + "/" + repository;
    require(REGISTRY.matcher(registry).matches(), "registry name", name);
    require(portOf(registry) <= 65535, "registry port", name);
    require(name.length() <= NAME_LIMIT, "length of the name", name);
    for (String element : repository.split("/", -1)) {
      require(REPOSITORY_ELEMENT.matcher(element).matches(), "repository name", name);
    }
    tag.ifPresent(text -> require(TAG.matcher(text).matches(), "tag", name + ":" + text));
    require(tag.isPresent() || digest.isPresent(), "tag or digest", name);
  }

  /** Throws {@link ImageException} BAD_REFERENCE, message {@code Illegal image reference: ...}. */
  public static ImageReference parse(String text) {
    require(text.length() <= TEXT_LIMIT, "length", text.substring(0, Math.min(text.length(), 80)));
    require(!BARE_IDENTIFIER.matcher(text).matches(), "image name, it is an identifier", text);
    String rest = text;
    Optional<Digest> digest = Optional.empty();
    int at = rest.indexOf('@');
    if (at >= 0) {
      digest = Optional.of(digestOf(rest.substring(at + 1), text));
      rest = rest.substring(0, at);
    }
    Optional<String> tag = Optional.empty();
    int colon = rest.lastIndexOf(':');
    if (colon > rest.lastIndexOf('/')) {
      tag = Optional.of(rest.substring(colon + 1));
      rest = rest.substring(0, colon);
    }
    if (tag.isEmpty() && digest.isEmpty()) {
      tag = Optional.of("latest");
    }
    return completed(rest, tag, digest);
  }

  private static ImageReference completed(
      String name, Optional<String> tag, Optional<Digest> digest) {
    int slash = name.indexOf('/');
    if (slash < 0 || !namesRegistry(name.substring(0, slash))) {
      return new ImageReference(DEFAULT_REGISTRY, withLibrary(name), tag, digest);
    }
    String registry = name.substring(0, slash);
    String repository = name.substring(slash + 1);
    if (registry.equals(DEFAULT_REGISTRY) || registry.equals("index.docker.io")) {
      return new ImageReference(DEFAULT_REGISTRY, withLibrary(repository), tag, digest);
    }
    return new ImageReference(registry, repository, tag, digest);
  }

  private static String withLibrary(String repository) {
    return repository.indexOf('/') < 0 ? "library/" + repository : repository;
  }

  /**
   * A first element is a registry when it cannot be a path element: dot, colon, upper case, or the
   * word localhost.
   */
  private static boolean namesRegistry(String element) {
    return element.indexOf('.') >= 0
        || element.indexOf(':') >= 0
        || element.equals("localhost")
        || element.chars().anyMatch(c -> c >= 'A' && c <= 'Z');
  }

  private static Digest digestOf(String digest, String text) {
    try {
      return Digest.parse(digest);
    } catch (ImageException e) {
      throw new ImageException(
          Stage.INPUT, Reason.BAD_REFERENCE, "Illegal image reference: digest in " + text, e);
    }
  }

  private static int portOf(String registry) {
    int colon = registry.lastIndexOf(':');
    return colon < 0 || registry.endsWith("]")
        ? 0
        : Integer.parseInt(registry.substring(colon + 1));
  }

  private static void require(boolean condition, String what, String text) {
    if (!condition) {
      throw new ImageException(
          Stage.INPUT, Reason.BAD_REFERENCE, "Illegal image reference: " + what + " in " + text);
    }
  }

  /** Registry and repository without tag and digest: {@code quay.io/ns/img}. */
  public String name() {
    return registry + "/" + repository;
  }

  /** The same repository, pinned to a digest. */
  public ImageReference pinnedTo(Digest content) {
    return new ImageReference(registry, repository, Optional.empty(), Optional.of(content));
  }

  /** What the distribution API calls the reference: the digest if there is one, else the tag. */
  public String apiReference() {
    return digest.map(Digest::toString).or(() -> tag).orElseThrow();
  }

  /** The host that serves the registry's API; Docker Hub's differs from its name. */
  String apiHost() {
    return registry.equals(DEFAULT_REGISTRY) ? "index.docker.io" : hostPart();
  }

  private String hostPart() {
    int colon = registry.lastIndexOf(':');
    return colon < 0 || registry.endsWith("]") ? registry : registry.substring(0, colon);
  }

  /** The port given with the registry. */
  Optional<Integer> port() {
    int port = portOf(registry);
    return port == 0 ? Optional.empty() : Optional.of(port);
  }

  @Override
  public String toString() {
    return name() + tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
  }
}
