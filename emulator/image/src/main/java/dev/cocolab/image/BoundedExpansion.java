package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.function.LongSupplier;

/**
 * The uncompressed archive: hashed for the diff id, and refused when it grows beyond its limits.
 */
final class BoundedExpansion extends FilterInputStream {

  private final UnpackLimits limits;
  private final MessageDigest hash;
  private final LongSupplier compressed;
  private long count;

  BoundedExpansion(
      InputStream expanded, UnpackLimits limits, MessageDigest hash, LongSupplier compressed) {
    super(expanded);
    this.limits = limits;
    this.hash = hash;
    this.compressed = compressed;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = in.read(target, offset, length);
    if (read > 0) {
      hash.update(target, offset, read);
      count += read;
      check();
    }
    return read;
  }

  /** Skipping reads: every byte is hashed. */
  @Override
  public long skip(long wanted) throws IOException {
    long left = wanted;
    byte[] buffer = new byte[8192];
    while (left > 0) {
      int read = read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        break;
      }
      left -= read;
    }
    return wanted - left;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void check() {
    if (count > limits.bytes()) {
      throw new ImageException(
          Stage.UNPACK,
          Reason.TOO_MUCH_DATA,
          "layer expands to more than " + limits.bytes() + " bytes");
    }
    if (count > limits.ratioFloor()
        && count / Math.max(1, compressed.getAsLong()) >= limits.ratio()) {
      throw new ImageException(
          Stage.UNPACK,
          Reason.COMPRESSION_RATIO,
          "layer expands by more than a factor of " + limits.ratio());
    }
  }
}
