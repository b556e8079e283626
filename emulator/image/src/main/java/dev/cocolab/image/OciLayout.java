package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * An OCI image layout (OCI image specification, "Image Layout"): {@code oci-layout}, {@code
 * index.json}, {@code blobs/<algorithm>/<hex>}. Manifests are read and checked by digest when it is
 * loaded; blobs by presence and size.
 */
final class OciLayout {

  private static final int MANIFEST_LIMIT = 4 * 1024 * 1024;
  private static final int INDEX_DEPTH = 4;
  private static final String REF_NAME = "org.opencontainers.image.ref.name";

  /** A manifest or index as it is served. */
  static final class StoredManifest {
    private final String mediaType;
    private final Digest digest;
    private final byte[] bytes;

    private StoredManifest(String mediaType, Digest digest, byte[] bytes) {
      this.mediaType = mediaType;
      this.digest = digest;
      this.bytes = bytes;
    }

    static StoredManifest of(String mediaType, byte[] bytes) {
      return new StoredManifest(mediaType, Digest.sha256(bytes), bytes.clone());
    }

    String mediaType() {
      return mediaType;
    }

    Digest digest() {
      return digest;
    }

    byte[] bytes() {
      return bytes.clone();
    }
  }

  private final Path directory;
  private final Map<Digest, StoredManifest> manifests = new LinkedHashMap<>();
  private final Map<Digest, Path> blobs = new LinkedHashMap<>();

  private OciLayout(Path directory) {
    this.directory = directory;
  }

  /** What the name points to, with everything below it. */
  record Loaded(
      StoredManifest top, Map<Digest, StoredManifest> manifests, Map<Digest, Path> blobs) {}

  static Loaded load(Path directory, ImageReference name) {
    OciLayout layout = new OciLayout(directory);
    try {
      JsonNode marker = layout.json(read(directory.resolve("oci-layout")), "oci-layout");
      if (!marker.path("imageLayoutVersion").asString("").startsWith("1.")) {
        throw bad(directory, "oci-layout names no version 1.x", null);
      }
      byte[] index = read(directory.resolve("index.json"));
      StoredManifest top = layout.top(index, name);
      return new Loaded(top, layout.manifests, layout.blobs);
    } catch (IOException e) {
      throw bad(directory, e.toString(), e);
    }
  }

  /**
   * One manifest: that. Several: the one annotated with the tag, else the index itself as a
   * multi-platform image.
   */
  private StoredManifest top(byte[] index, ImageReference name) throws IOException {
    JsonNode root = json(index, "index.json");
    JsonNode entries = root.path("manifests");
    if (entries.size() == 1) {
      return manifest(ManifestReader.descriptor(entries.get(0)), 0);
    }
    for (JsonNode entry : entries) {
      String annotation = entry.path("annotations").path(REF_NAME).asString("");
      if (!annotation.isEmpty()
          && (annotation.equals(name.tag().orElse("")) || annotation.equals(name.toString()))) {
        return manifest(ManifestReader.descriptor(entry), 0);
      }
    }
    for (JsonNode entry : entries) {
      if (!entry.path("platform").isObject()) {
        throw bad(
            directory,
            "several manifests, none of them named "
                + name.tag().orElse("")
                + " or with a platform",
            null);
      }
      manifest(ManifestReader.descriptor(entry), 0);
    }
    if (entries.isEmpty()) {
      throw bad(directory, "no manifest", null);
    }
    StoredManifest top = new StoredManifest(MediaTypes.OCI_INDEX, Digest.sha256(index), index);
    manifests.put(top.digest(), top);
    return top;
  }

  private StoredManifest manifest(Descriptor descriptor, int depth) throws IOException {
    if (depth > INDEX_DEPTH) {
      throw bad(directory, "indexes nest more than " + INDEX_DEPTH + " levels", null);
    }
    // Indexes may share entries; reading those once keeps the work linear.
    StoredManifest known = manifests.get(descriptor.digest());
    if (known != null) {
      return known;
    }
    Path file = blobFile(descriptor);
    if (descriptor.size() > MANIFEST_LIMIT) {
      throw bad(directory, "manifest " + descriptor.digest() + " is larger than 4 MiB", null);
    }
    byte[] bytes = Files.readAllBytes(file);
    if (!Digest.of(descriptor.digest().algorithm(), bytes).equals(descriptor.digest())) {
      throw bad(directory, "manifest " + descriptor.digest() + " does not have that digest", null);
    }
    StoredManifest stored = new StoredManifest(descriptor.mediaType(), descriptor.digest(), bytes);
    manifests.put(stored.digest(), stored);
    JsonNode document = json(bytes, descriptor.digest().toString());
    if (MediaTypes.INDEXES.contains(descriptor.mediaType())) {
      for (JsonNode entry : document.path("manifests")) {
        manifest(ManifestReader.descriptor(entry), depth + 1);
      }
    } else {
      ImageManifest image =
          ManifestReader.manifest(document, descriptor.digest(), java.util.Optional.empty());
      blobs.put(image.config().digest(), blobFile(image.config()));
      for (Descriptor layer : image.layers()) {
        blobs.put(layer.digest(), blobFile(layer));
      }
    }
    return stored;
  }

  private static byte[] read(Path file) throws IOException {
    if (Files.size(file) > MANIFEST_LIMIT) {
      throw new IOException(file.getFileName() + " is larger than 4 MiB");
    }
    return Files.readAllBytes(file);
  }

  private Path blobFile(Descriptor descriptor) throws IOException {
    Path file =
        directory
            .resolve("blobs")
            .resolve(descriptor.digest().algorithm())
            .resolve(descriptor.digest().hex());
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        || Files.size(file) != descriptor.size()) {
      throw bad(directory, "blob " + descriptor.digest() + " is missing or has another size", null);
    }
    return file;
  }

  private JsonNode json(byte[] bytes, String what) {
    try {
      return ManifestReader.json(bytes, Reason.BAD_LAYOUT, what);
    } catch (ImageException e) {
      throw bad(directory, e.getMessage(), e);
    }
  }

  private static ImageException bad(Path directory, String what, Throwable cause) {
    return new ImageException(
        Stage.LAYOUT, Reason.BAD_LAYOUT, directory + " is no OCI layout: " + what, cause);
  }
}
