package dev.cocolab.image;

import java.util.Map;
import java.util.Objects;

/**
 * A pointer to content (OCI image specification, "Content Descriptors").
 *
 * @param size in bytes
 */
public record Descriptor(
    String mediaType, Digest digest, long size, Map<String, String> annotations) {

  public Descriptor {
    Objects.requireNonNull(mediaType, "mediaType");
    Objects.requireNonNull(digest, "digest");
    annotations = Map.copyOf(annotations);
  }
}
