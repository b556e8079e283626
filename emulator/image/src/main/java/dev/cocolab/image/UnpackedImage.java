package dev.cocolab.image;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * An image whose layers lie verified and unpacked in the cache.
 *
 * @param manifestDigest of the platform manifest
 * @param layers directories, lowest first, shared and read-only; none of them holds whiteouts
 */
public record UnpackedImage(
    ImageReference reference, String manifestDigest, ImageConfig config, List<Path> layers) {

  public UnpackedImage {
    Objects.requireNonNull(reference, "reference");
    Objects.requireNonNull(manifestDigest, "manifestDigest");
    Objects.requireNonNull(config, "config");
    layers = List.copyOf(layers);
  }
}
