package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Watches the 512-byte blocks of a tar stream (POSIX.1-2017 pax, "ustar Interchange Format", and
 * GNU long names) before the tar reader sees them. The reader keeps extended headers in memory and
 * strips leading slashes from the names in them; the guard bounds the former and refuses the
 * latter. Sparse entries, and sizes given in a pax header, are refused: they are of no use in a
 * layer and would let a header claim another length than the one watched here.
 */
final class TarGuard extends FilterInputStream {

  private static final int BLOCK = 512;
  private static final int SIZE_OFFSET = 124;
  private static final int SIZE_LENGTH = 12;
  private static final int TYPE_OFFSET = 156;
  private static final int EXTENDED_LIMIT = 256 * 1024;

  private final byte[] header = new byte[BLOCK];
  private int filled;
  private long dataLeft;
  private long paddingLeft;
  private char extended;
  private boolean ended;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  TarGuard(InputStream tar) {
    super(tar);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = in.read(target, offset, length);
    for (int at = offset; at < offset + read; ) {
      at += watch(target, at, offset + read - at);
    }
    return read;
  }

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

  private int watch(byte[] bytes, int at, int length) {
    if (ended) {
      return length;
    }
    if (dataLeft > 0) {
      int part = (int) Math.min(dataLeft, length);
      if (extended != 0) {
        body.write(bytes, at, part);
      }
      dataLeft -= part;
      if (dataLeft == 0 && extended != 0) {
        checkExtended();
      }
      return part;
    }
    if (paddingLeft > 0) {
      int part = (int) Math.min(paddingLeft, length);
      paddingLeft -= part;
      return part;
    }
    int part = Math.min(BLOCK - filled, length);
    System.arraycopy(bytes, at, header, filled, part);
    filled += part;
    if (filled == BLOCK) {
      filled = 0;
      begin();
    }
    return part;
  }

  private void begin() {
    boolean empty = true;
    for (byte b : header) {
      empty &= b == 0;
    }
    if (empty) {
      // The reader takes the first empty block as the end; what follows is hashed, not read.
      ended = true;
      return;
    }
    char type = (char) (header[TYPE_OFFSET] & 0xff);
    long size = size();
    if (type >= '1' && type <= '6' && size != 0) {
      throw bad("a link, directory or device with data");
    }
    if (type == 'S') {
      throw bad("a sparse file");
    }
    extended = type == 'x' || type == 'g' || type == 'X' || type == 'L' || type == 'K' ? type : 0;
    if (extended != 0 && size > EXTENDED_LIMIT) {
      throw new ImageException(
          Stage.UNPACK,
          Reason.NAME_TOO_LONG,
          "archive has an extended header of more than " + EXTENDED_LIMIT + " bytes");
    }
    body.reset();
    dataLeft = size;
    paddingLeft = (BLOCK - size % BLOCK) % BLOCK;
  }

  /** Octal digits ended by NUL or blank, or base 256 when the first bit is set (GNU). */
  private long size() {
    if ((header[SIZE_OFFSET] & 0x80) != 0) {
      throw bad("a size that is not in octal");
    }
    long value = 0;
    boolean digits = false;
    for (int i = SIZE_OFFSET; i < SIZE_OFFSET + SIZE_LENGTH; i++) {
      char c = (char) (header[i] & 0xff);
      if (c >= '0' && c <= '7') {
        value = value * 8 + (c - '0');
        digits = true;
      } else if (c == 0 || (c == ' ' && digits)) {
        break;
      } else if (c != ' ') {
        throw bad("a size that is no number");
      }
    }
    return value;
  }

  private void checkExtended() {
    byte[] bytes = body.toByteArray();
    if (extended == 'L') {
      refuseAbsolute(new String(bytes, StandardCharsets.UTF_8));
    } else if (extended != 'K') {
      records(bytes);
    }
  }

  /** Records of {@code "<length> <key>=<value>\n"}. */
  private static void records(byte[] bytes) {
    int at = 0;
    while (at < bytes.length && bytes[at] != 0) {
      int length = 0;
      int i = at;
      while (i < bytes.length && bytes[i] >= '0' && bytes[i] <= '9' && length < EXTENDED_LIMIT) {
        length = length * 10 + (bytes[i++] - '0');
      }
      if (i >= bytes.length
          || bytes[i] != ' '
          || length <= i - at + 1
          || at + length > bytes.length) {
        throw bad("a malformed pax record");
      }
      String record = new String(bytes, i + 1, at + length - i - 1, StandardCharsets.UTF_8);
      if (record.startsWith("size=") || record.startsWith("GNU.sparse.")) {
        throw bad("a pax record for size or sparse data");
      }
      if (record.startsWith("path=")) {
        refuseAbsolute(record.substring("path=".length()));
      }
      at += length;
    }
  }

  private static void refuseAbsolute(String name) {
    if (name.startsWith("/")) {
      throw EntryPath.refuse(Reason.ABSOLUTE_PATH, "absolute name", name.strip());
    }
  }

  private static ImageException bad(String what) {
    return new ImageException(Stage.UNPACK, Reason.BAD_ARCHIVE, "archive has " + what);
  }
}
