package dev.cocolab.image;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A fetched and checked image manifest for one platform.
 *
 * @param digest of the platform manifest's bytes
 * @param index digest of the index it was chosen from, if the reference points to one
 * @param config the image configuration
 * @param layers lowest first
 */
public record ImageManifest(
    Digest digest, Optional<Digest> index, Descriptor config, List<Descriptor> layers) {

  public ImageManifest {
    Objects.requireNonNull(digest, "digest");
    Objects.requireNonNull(index, "index");
    Objects.requireNonNull(config, "config");
    layers = List.copyOf(layers);
  }

  /** The digest of what the reference points to: the index if there is one, else the manifest. */
  public Digest referenced() {
    return index.orElse(digest);
  }
}
