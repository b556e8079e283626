package dev.cocolab.apiserver.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The protobuf wire format: tags, variable-length integers, length-prefixed bytes. Never reads past
 * its end.
 */
final class ProtobufInput {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int LENGTH = 2;
  static final int FIXED32 = 5;

  private final byte[] bytes;
  private final int end;
  private int position;

  /** Bytes that are no protobuf message. */
  static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  ProtobufInput(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private ProtobufInput(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  boolean atEnd() {
    return position >= end;
  }

  int tag() {
    long tag = readVarint();
    if (tag <= 7 || tag > Integer.MAX_VALUE) {
      throw new Malformed("illegal tag " + tag);
    }
    return (int) tag;
  }

  long varint(int wire) {
    require(wire, VARINT);
    return readVarint();
  }

  double fixed64(int wire) {
    require(wire, FIXED64);
    int start = advance(8);
    return ByteBuffer.wrap(bytes, start, 8).order(ByteOrder.LITTLE_ENDIAN).getDouble();
  }

  byte[] bytes(int wire) {
    require(wire, LENGTH);
    int length = length();
    int start = advance(length);
    return Arrays.copyOfRange(bytes, start, start + length);
  }

  String string(int wire) {
    return new String(bytes(wire), StandardCharsets.UTF_8);
  }

  /** The next length-prefixed part as an input of its own. */
  ProtobufInput nested(int wire) {
    require(wire, LENGTH);
    int length = length();
    int start = advance(length);
    return new ProtobufInput(bytes, start, start + length);
  }

  void skip(int wire) {
    switch (wire) {
      case VARINT -> readVarint();
      case FIXED64 -> advance(8);
      case LENGTH -> advance(length());
      case FIXED32 -> advance(4);
      default -> throw new Malformed("illegal wire type " + wire);
    }
  }

  private static void require(int wire, int expected) {
    if (wire != expected) {
      throw new Malformed("wrong wire type " + wire + ", expected " + expected);
    }
  }

  private int length() {
    long length = readVarint();
    if (length < 0 || length > end - position) {
      throw new Malformed("unexpected end of data");
    }
    return (int) length;
  }

  private int advance(int count) {
    if (count > end - position) {
      throw new Malformed("unexpected end of data");
    }
    int start = position;
    position += count;
    return start;
  }

  private long readVarint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = bytes[advance(1)];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new Malformed("integer too long");
  }
}
