package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/**
 * Passes content on and, at its end, refuses it when size or digest are not those of the
 * descriptor.
 */
final class VerifyingStream extends FilterInputStream {

  private final Descriptor expected;
  private final Stage stage;
  private final MessageDigest hash;
  private long count;
  private boolean checked;

  VerifyingStream(InputStream source, Descriptor expected, Stage stage) {
    super(source);
    this.expected = expected;
    this.stage = stage;
    this.hash = expected.digest().newHash();
  }

  /** Bytes passed on so far. */
  long count() {
    return count;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = in.read(target, offset, length);
    if (read < 0) {
      finish();
      return read;
    }
    count += read;
    if (count > expected.size()) {
      throw refuse(Reason.OVERLONG, "is longer than " + expected.size() + " bytes");
    }
    hash.update(target, offset, read);
    return read;
  }

  @Override
  public long skip(long count) throws IOException {
    long left = count;
    byte[] buffer = new byte[8192];
    while (left > 0) {
      int read = read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        break;
      }
      left -= read;
    }
    return count - left;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void finish() {
    if (checked) {
      return;
    }
    checked = true;
    if (count < expected.size()) {
      throw refuse(Reason.TRUNCATED, "ends after " + count + " of " + expected.size() + " bytes");
    }
    if (!expected.digest().matches(hash)) {
      throw refuse(Reason.DIGEST_MISMATCH, "does not have that digest");
    }
  }

  private ImageException refuse(Reason reason, String what) {
    return new ImageException(stage, reason, "content " + expected.digest() + " " + what);
  }
}
