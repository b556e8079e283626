package dev.cocolab.broker.nebula;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The few forms of protobuf, version 3, that certificates are made of. */
final class Wire {
  private static final int VARINT = 0;
  private static final int BYTES = 2;

  private Wire() {}

  /** Writes members in the order given; what has its default value is left out. */
  static final class Writer {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Writer number(int field, long value) {
      if (value != 0) {
        varint((long) field << 3 | VARINT);
        varint(value);
      }
      return this;
    }

    Writer bytes(int field, byte[] value) {
      if (value.length > 0) {
        always(field, value);
      }
      return this;
    }

    Writer text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Writer texts(int field, List<String> values) {
      values.forEach(value -> always(field, value.getBytes(StandardCharsets.UTF_8)));
      return this;
    }

    /** Unsigned numbers of 32 bits, packed. */
    Writer packed(int field, List<Integer> values) {
      Writer inner = new Writer();
      values.forEach(value -> inner.varint(Integer.toUnsignedLong(value)));
      return bytes(field, inner.toBytes());
    }

    private void always(int field, byte[] value) {
      varint((long) field << 3 | BYTES);
      varint(value.length);
      out.writeBytes(value);
    }

    private void varint(long value) {
      long left = value;
      while ((left & ~0x7fL) != 0) {
        out.write((int) ((left & 0x7f) | 0x80));
        left >>>= 7;
      }
      out.write((int) left);
    }

    byte[] toBytes() {
      return out.toByteArray();
    }
  }

  /** Reads members one after the other. */
  static final class Reader {
    private final byte[] in;
    private int at;
    private int type;

    Reader(byte[] in) {
      this.in = in.clone();
    }

    boolean hasMore() {
      return at < in.length;
    }

    /** The number of the next member. */
    int field() {
      long tag = varint();
      type = (int) (tag & 7);
      return (int) (tag >>> 3);
    }

    long number() {
      if (type != VARINT) {
        throw wrong();
      }
      return varint();
    }

    byte[] bytes() {
      long length = type == BYTES ? varint() : -1;
      if (length < 0 || length > in.length - at) {
        throw wrong();
      }
      byte[] out = new byte[(int) length];
      System.arraycopy(in, at, out, 0, out.length);
      at += out.length;
      return out;
    }

    String text() {
      return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** Adds numbers, packed or not. */
    void packed(List<Integer> out) {
      if (type == VARINT) {
        out.add(number32());
        return;
      }
      Reader inner = new Reader(bytes());
      while (inner.hasMore()) {
        out.add(inner.number32());
      }
    }

    private int number32() {
      long out = varint();
      if (out >>> Integer.SIZE != 0) {
        throw wrong();
      }
      return (int) out;
    }

    /** Steps over a member that is not known. */
    void skip() {
      switch (type) {
        case VARINT -> varint();
        case BYTES -> bytes();
        default -> throw wrong();
      }
    }

    private long varint() {
      long out = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        if (at == in.length) {
          throw wrong();
        }
        byte next = in[at++];
        out |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          return out;
        }
      }
      throw wrong();
    }
  }

  private static BrokerException wrong() {
    return new BrokerException(Reason.KEY, "not a Nebula certificate");
  }
}
