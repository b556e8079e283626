package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * Unpacks one layer while it is read: the compressed bytes are checked against the descriptor, the
 * uncompressed ones against the diff id, each at its end. On any failure the caller throws the
 * directory away.
 */
final class LayerUnpacker {

  static final String ROOTFS = "rootfs";
  static final String WHITEOUTS = "whiteouts.json";

  private static final int BUFFER = 64 * 1024;

  private final UnpackLimits limits;
  private final Ownership ownership;

  LayerUnpacker(UnpackLimits limits, Ownership ownership) {
    this.limits = limits;
    this.ownership = ownership;
  }

  /** Throws UNSUPPORTED_MEDIA_TYPE, before anything is fetched, for a layer that cannot be read. */
  static void checkMediaType(Descriptor layer) {
    String type = layer.mediaType();
    if (!MediaTypes.plainLayer(type) && !MediaTypes.gzipLayer(type)) {
      throw new ImageException(
          Stage.UNPACK,
          Reason.UNSUPPORTED_MEDIA_TYPE,
          "Failed to decode layer: unhandled media type: " + type);
    }
  }

  /** Fills the empty directory {@code target} with {@code rootfs} and {@code whiteouts.json}. */
  void unpack(VerifyingStream blob, Descriptor layer, Digest diffId, Path target) {
    checkMediaType(layer);
    MessageDigest hash = diffId.newHash();
    try {
      InputStream expanded = expand(blob, layer);
      BoundedExpansion bounded = new BoundedExpansion(expanded, limits, hash, blob::count);
      Path rootfs = Files.createDirectory(target.resolve(ROOTFS));
      Files.setPosixFilePermissions(rootfs, FileTree.permissions(0755, true));
      TarGuard guarded = new TarGuard(new BufferedInputStream(bounded, BUFFER));
      TarArchiveInputStream tar = new TarArchiveInputStream(guarded, StandardCharsets.UTF_8.name());
      Whiteouts whiteouts = new LayerExtraction(rootfs, limits, ownership).extract(tar);
      guarded.transferTo(OutputStream.nullOutputStream());
      blob.transferTo(OutputStream.nullOutputStream());
      if (!diffId.matches(hash)) {
        throw new ImageException(
            Stage.UNPACK,
            Reason.DIFF_ID_MISMATCH,
            "unequal uncompressed digest of layer " + layer.digest() + " config diff_id " + diffId);
      }
      Files.write(target.resolve(WHITEOUTS), whiteouts.toJson());
    } catch (IOException | IllegalArgumentException e) {
      throw failure(e, target);
    }
  }

  private static InputStream expand(VerifyingStream blob, Descriptor layer) throws IOException {
    InputStream buffered = new BufferedInputStream(blob, BUFFER);
    if (!MediaTypes.gzipLayer(layer.mediaType())) {
      return buffered;
    }
    return GzipCompressorInputStream.builder()
        .setInputStream(buffered)
        .setDecompressConcatenated(true)
        .get();
  }

  /**
   * An input error comes from the archive's own format, unless it is a file system error, which
   * names a file of ours.
   */
  private static ImageException failure(Exception e, Path target) {
    String message = String.valueOf(e.getMessage());
    boolean storage =
        e instanceof java.nio.file.FileSystemException
            || message.contains("No space left on device")
            || message.contains("Disk quota exceeded")
            || !Files.isDirectory(target);
    return storage
        ? new ImageException(
            Stage.UNPACK,
            Reason.STORAGE,
            "Failed to decode layer data stream: Failed to unpack layer",
            e)
        : new ImageException(
            Stage.UNPACK, Reason.BAD_ARCHIVE, "Failed to decode layer data stream: " + message, e);
  }
}
