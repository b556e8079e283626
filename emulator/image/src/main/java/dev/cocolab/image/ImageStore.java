package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pulls images into a cache of unpacked layers, one directory for each diff id. A layer enters the
 * cache only after the digest of its blob and its diff id were checked, and by a rename; so what
 * lies there is complete and verified. Several stores, also of several processes, may use one
 * directory. All files belong to the emulator's user, except for root, who keeps the archive's
 * owners.
 *
 * <p>Calls block. At most 127 layers an image; limits for a layer are {@link UnpackLimits}.
 */
public final class ImageStore implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ImageStore.class);

  private final Path layers;
  private final Path merged;
  private final UnpackLimits limits;
  private final Ownership ownership;
  private final StagingArea staging;
  private final Map<Path, Object> inProgress = new ConcurrentHashMap<>();

  private ImageStore(Path cache, UnpackLimits limits, Ownership ownership) throws IOException {
    Files.createDirectories(
        cache, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    this.layers = Files.createDirectories(cache.resolve("layers"));
    this.merged = Files.createDirectories(cache.resolve("merged"));
    this.limits = limits;
    this.ownership = ownership;
    this.staging = StagingArea.open(cache.resolve("staging"));
  }

  /**
   * Opens or creates a cache with the standard limits; leftovers of ended processes are removed.
   */
  public static ImageStore open(Path cacheDirectory) {
    return open(cacheDirectory, UnpackLimits.standard());
  }

  public static ImageStore open(Path cacheDirectory, UnpackLimits limits) {
    return open(cacheDirectory, limits, Ownership.ofThisProcess());
  }

  static ImageStore open(Path cacheDirectory, UnpackLimits limits, Ownership ownership) {
    try {
      return new ImageStore(cacheDirectory.toAbsolutePath(), limits, ownership);
    } catch (IOException e) {
      throw new ImageException(
          Stage.STORE, Reason.STORAGE, "cannot use the image cache " + cacheDirectory, e);
    }
  }

  /**
   * Fetches manifest and configuration, asks the admission, then fetches and unpacks the layers
   * that are not in the cache. Throws {@link ImageException}; a failed pull leaves no trace but
   * complete layers.
   */
  public UnpackedImage pull(
      ImageReference image, RegistryClient registry, ImageAdmission admission) {
    ImageManifest manifest = registry.manifest(image);
    ImageConfig config = registry.config(image, manifest);
    List<Digest> diffIds = config.diffIds();
    if (diffIds.size() != manifest.layers().size()) {
      throw new ImageException(
          Stage.MANIFEST,
          Reason.LAYER_COUNT_MISMATCH,
          image
              + " has "
              + manifest.layers().size()
              + " layers and "
              + diffIds.size()
              + " diff ids");
    }
    admission.admit(image, manifest);
    manifest.layers().forEach(LayerUnpacker::checkMediaType);
    List<Path> unpacked = new ArrayList<>();
    for (int i = 0; i < diffIds.size(); i++) {
      unpacked.add(layer(image, registry, manifest.layers().get(i), diffIds.get(i)));
    }
    LOG.info("pulled {} ({})", image, manifest.digest());
    return new UnpackedImage(
        image, manifest.digest().toString(), config, withoutWhiteouts(unpacked, diffIds));
  }

  private Path layer(
      ImageReference image, RegistryClient registry, Descriptor blob, Digest diffId) {
    Path place = layers.resolve(diffId.algorithm() + "-" + diffId.hex());
    synchronized (inProgress.computeIfAbsent(place, key -> new Object())) {
      if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
        grow(
            place,
            target -> {
              try (VerifyingStream content = (VerifyingStream) registry.blob(image, blob)) {
                new LayerUnpacker(limits, ownership).unpack(content, blob, diffId, target);
              }
            });
      }
    }
    return place;
  }

  @FunctionalInterface
  private interface Growth {
    void into(Path target) throws IOException;
  }

  private void grow(Path place, Growth growth) {
    Path target = null;
    try {
      target = staging.begin();
      growth.into(target);
      staging.publish(target, place);
      target = null;
    } catch (IOException e) {
      throw new ImageException(
          Stage.STORE, Reason.STORAGE, "cannot write the image cache " + place, e);
    } finally {
      if (target != null) {
        discard(target);
      }
    }
  }

  private static void discard(Path target) {
    try {
      FileTree.delete(target);
    } catch (IOException e) {
      // The pull fails for another reason, which matters more; the sweep at the next start removes
      // the rest.
      LOG.warn("could not remove {}", target, e);
    }
  }

  /**
   * Layers above the highest whiteout stay as they are; it and everything below become one
   * directory.
   */
  private List<Path> withoutWhiteouts(List<Path> unpacked, List<Digest> diffIds) {
    List<LayerMerge.Layer> all = new ArrayList<>();
    int highest = -1;
    for (int i = 0; i < unpacked.size(); i++) {
      Whiteouts whiteouts = whiteouts(unpacked.get(i));
      all.add(new LayerMerge.Layer(unpacked.get(i).resolve(LayerUnpacker.ROOTFS), whiteouts));
      highest = i > 0 && !whiteouts.isEmpty() ? i : highest;
    }
    List<Path> result = new ArrayList<>();
    if (highest > 0) {
      result.add(merge(all.subList(0, highest + 1), diffIds.subList(0, highest + 1)));
    }
    all.subList(highest + 1, all.size()).forEach(layer -> result.add(layer.rootfs()));
    return result;
  }

  private static Whiteouts whiteouts(Path layer) {
    try {
      return Whiteouts.fromJson(Files.readAllBytes(layer.resolve(LayerUnpacker.WHITEOUTS)));
    } catch (IOException e) {
      throw new ImageException(
          Stage.STORE, Reason.STORAGE, "the image cache is damaged: " + layer, e);
    }
  }

  private Path merge(List<LayerMerge.Layer> stack, List<Digest> diffIds) {
    String chain = String.join(" ", diffIds.stream().map(Digest::toString).toList());
    Path place = merged.resolve(Digest.sha256(chain.getBytes(StandardCharsets.US_ASCII)).hex());
    synchronized (inProgress.computeIfAbsent(place, key -> new Object())) {
      if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
        grow(
            place,
            target -> {
              Path rootfs = Files.createDirectory(target.resolve(LayerUnpacker.ROOTFS));
              new LayerMerge(rootfs, ownership).merge(stack);
            });
      }
    }
    return place.resolve(LayerUnpacker.ROOTFS);
  }

  /** Removes the staging directory; the cache stays. */
  @Override
  public void close() {
    try {
      staging.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing the image cache", e);
    }
  }
}
