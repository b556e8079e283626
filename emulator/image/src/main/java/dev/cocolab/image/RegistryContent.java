package dev.cocolab.image;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a registry server holds: repositories of several registries, with their tags, and who may
 * read them.
 */
final class RegistryContent {

  private static final class Repository {
    private final Map<String, OciLayout.StoredManifest> tags = new ConcurrentHashMap<>();
    private final Map<String, OciLayout.StoredManifest> manifests = new ConcurrentHashMap<>();
    private final Map<String, StoredBlob> blobs = new ConcurrentHashMap<>();
  }

  private record Protection(String prefix, String authorization) {}

  private final Map<String, Repository> repositories = new ConcurrentHashMap<>();
  private final List<Protection> protections = new ArrayList<>();

  void add(ImageReference name, OciLayout.Loaded image) {
    Repository repository = repositories.computeIfAbsent(name.name(), key -> new Repository());
    image
        .blobs()
        .forEach(
            (digest, file) -> repository.blobs.put(digest.toString(), new StoredBlob.InFile(file)));
    image
        .manifests()
        .forEach((digest, manifest) -> repository.manifests.put(digest.toString(), manifest));
    name.tag().ifPresent(tag -> repository.tags.put(tag, image.top()));
  }

  /** What is small enough for memory. */
  void add(ImageReference name, OciLayout.StoredManifest manifest, List<byte[]> blobs) {
    Repository repository = repositories.computeIfAbsent(name.name(), key -> new Repository());
    for (byte[] blob : blobs) {
      repository.blobs.put(Digest.sha256(blob).toString(), new StoredBlob.InMemory(blob));
    }
    repository.manifests.put(manifest.digest().toString(), manifest);
    name.tag().ifPresent(tag -> repository.tags.put(tag, manifest));
  }

  void protect(String prefix, String user, String password) {
    byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    String header = "Basic " + Base64.getEncoder().encodeToString(pair);
    synchronized (protections) {
      protections.add(new Protection(prefix, header));
    }
  }

  /**
   * The repository's full name for a request: of the registry in the Host header; else, as when a
   * port of this machine was addressed directly, the first registry that has such a repository.
   */
  Optional<String> find(String host, String path) {
    String registry =
        host.equals("index.docker.io") || host.equals("registry-1.docker.io") ? "docker.io" : host;
    String exact = registry + "/" + path;
    if (repositories.containsKey(exact)) {
      return Optional.of(exact);
    }
    boolean known =
        repositories.keySet().stream().anyMatch(name -> name.startsWith(registry + "/"));
    return known
        ? Optional.empty()
        : new TreeMap<>(repositories)
            .keySet().stream()
                .filter(name -> name.substring(name.indexOf('/') + 1).equals(path))
                .findFirst();
  }

  /** False for a repository below a protected prefix unless the header carries one of its pairs. */
  boolean permits(String name, String authorization) {
    byte[] presented = authorization.getBytes(StandardCharsets.UTF_8);
    boolean guarded = false;
    synchronized (protections) {
      for (Protection protection : protections) {
        if (name.equals(protection.prefix) || name.startsWith(protection.prefix + "/")) {
          guarded = true;
          if (MessageDigest.isEqual(
              protection.authorization.getBytes(StandardCharsets.UTF_8), presented)) {
            return true;
          }
        }
      }
    }
    return !guarded;
  }

  Optional<OciLayout.StoredManifest> manifest(String name, String reference) {
    Repository repository = repositories.get(name);
    return Optional.ofNullable(
        (reference.indexOf(':') >= 0 ? repository.manifests : repository.tags).get(reference));
  }

  Optional<StoredBlob> blob(String name, String digest) {
    return Optional.ofNullable(repositories.get(name).blobs.get(digest));
  }

  List<String> tags(String name) {
    return repositories.get(name).tags.keySet().stream().sorted().toList();
  }
}
