package dev.cocolab.protocol;

import dev.cocolab.protocol.InitdataException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Gzip with a bound on what comes out; texts as the runtime's Go library words them. */
final class Gunzip {
  private static final int CHUNK = 8192;

  private Gunzip() {}

  static boolean hasMagic(byte[] bytes) {
    return bytes.length >= 2 && (bytes[0] & 0xff) == 0x1f && (bytes[1] & 0xff) == 0x8b;
  }

  static byte[] inflate(byte[] compressed, int limit) {
    try (Stream in = open(compressed)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream(CHUNK);
      byte[] chunk = new byte[CHUNK];
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        if (out.size() + read > limit) {
          throw new InitdataException(
              Reason.TOO_LARGE,
              "uncompressing initdata with gzip error: document exceeds " + limit + " bytes");
        }
        out.write(chunk, 0, read);
      }
      if (in.somethingFollows()) {
        throw corrupt("gzip: invalid header", null);
      }
      return out.toByteArray();
    } catch (EOFException e) {
      throw corrupt("unexpected EOF", e);
    } catch (ZipException e) {
      throw corrupt("gzip: invalid checksum", e);
    } catch (IOException e) {
      throw corrupt(e.getMessage(), e);
    }
  }

  private static Stream open(byte[] compressed) {
    try {
      return new Stream(compressed);
    } catch (EOFException e) {
      throw new InitdataException(
          Reason.CORRUPT_GZIP, "initdata create gzip reader error: unexpected EOF", e);
    } catch (IOException e) {
      throw new InitdataException(
          Reason.NOT_GZIP, "initdata create gzip reader error: gzip: invalid header", e);
    }
  }

  private static InitdataException corrupt(String text, IOException cause) {
    return new InitdataException(
        Reason.CORRUPT_GZIP, "uncompressing initdata with gzip error: " + text, cause);
  }

  /** The JDK's reader ignores what follows the last member; the runtime's does not. */
  private static final class Stream extends GZIPInputStream {
    private static final int TRAILER_BYTES = 8;

    Stream(byte[] compressed) throws IOException {
      // One buffer for all input, so that what is left over stays countable.
      super(new ByteArrayInputStream(compressed), compressed.length + 1);
    }

    boolean somethingFollows() {
      return inf.getRemaining() > TRAILER_BYTES;
    }
  }
}
