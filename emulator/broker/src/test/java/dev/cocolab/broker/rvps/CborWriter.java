package dev.cocolab.broker.rvps;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes the CBOR that manifests of these tests are made of. */
final class CborWriter {
  private CborWriter() {}

  static byte[] number(long value) {
    return value < 0 ? head(1, -1 - value) : head(0, value);
  }

  static byte[] bytes(byte[] value) {
    return joined(head(2, value.length), value);
  }

  static byte[] text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return joined(head(3, utf8.length), utf8);
  }

  static byte[] array(byte[]... items) {
    return joined(head(4, items.length), joined(items));
  }

  /** Keys and values by turns. */
  static byte[] map(byte[]... pairs) {
    return joined(head(5, pairs.length / 2), joined(pairs));
  }

  static byte[] tagged(long tag, byte[] item) {
    return joined(head(6, tag), item);
  }

  private static byte[] head(int major, long value) {
    int top = major << 5;
    if (value < 24) {
      return new byte[] {(byte) (top | value)};
    }
    if (value < 1 << 8) {
      return new byte[] {(byte) (top | 24), (byte) value};
    }
    if (value < 1 << 16) {
      return ByteBuffer.allocate(3).put((byte) (top | 25)).putShort((short) value).array();
    }
    return ByteBuffer.allocate(5).put((byte) (top | 26)).putInt((int) value).array();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
