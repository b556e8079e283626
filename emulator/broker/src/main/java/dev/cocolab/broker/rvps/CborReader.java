package dev.cocolab.broker.rvps;

import dev.cocolab.broker.failure.BrokerException;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads CBOR (RFC 8949), lengths definite or not. Bounded: 64 levels, and no room is set aside for
 * items that the document only announces.
 */
final class CborReader {
  private static final int MAX_DEPTH = 64;
  private static final int BREAK = 0xff;
  private static final int INDEFINITE = 31;

  private final ByteBuffer in;
  private int depth;

  private CborReader(byte[] document) {
    this.in = ByteBuffer.wrap(document);
  }

  /**
   * Reads one item that is the whole document.
   *
   * @throws BrokerException REFERENCE_VALUES naming what is wrong and the offset in bytes
   */
  static Cbor read(byte[] document) {
    CborReader reader = new CborReader(document);
    Cbor out = reader.item();
    if (reader.in.hasRemaining()) {
      throw reader.wrong("bytes behind the end");
    }
    return out;
  }

  private Cbor item() {
    if (++depth > MAX_DEPTH) {
      throw wrong("more than " + MAX_DEPTH + " levels");
    }
    int head = octet();
    int major = head >> 5;
    int info = head & 0x1f;
    Cbor out =
        switch (major) {
          case 0 -> new Cbor.Int(number(info));
          case 1 -> new Cbor.Int(number(info).not());
          case 2 -> new Cbor.Bytes(string(major, info));
          case 3 -> new Cbor.Text(text(string(major, info)));
          case 4 -> new Cbor.Array(array(info));
          case 5 -> new Cbor.Fields(fields(info));
          case 6 -> new Cbor.Tagged(small(number(info), "tag"), item());
          default -> simple(info);
        };
    depth--;
    return out;
  }

  private BigInteger number(int info) {
    if (info < 24) {
      return BigInteger.valueOf(info);
    }
    int length =
        switch (info) {
          case 24 -> 1;
          case 25 -> 2;
          case 26 -> 4;
          case 27 -> 8;
          default -> throw wrong("a number of unknown form " + info);
        };
    return new BigInteger(1, take(length));
  }

  private byte[] string(int major, int info) {
    if (info != INDEFINITE) {
      return take(size(info));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int head = octet(); head != BREAK; head = octet()) {
      if (head >> 5 != major || (head & 0x1f) == INDEFINITE) {
        throw wrong("a string with a part that is none");
      }
      out.writeBytes(take(size(head & 0x1f)));
    }
    return out.toByteArray();
  }

  private String text(byte[] utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw wrong("text that is not UTF-8");
    }
  }

  private List<Cbor> array(int info) {
    List<Cbor> out = new ArrayList<>();
    if (info == INDEFINITE) {
      while (!atBreak()) {
        out.add(item());
      }
    } else {
      for (int left = size(info); left > 0; left--) {
        out.add(item());
      }
    }
    return out;
  }

  private List<Cbor.Field> fields(int info) {
    List<Cbor.Field> out = new ArrayList<>();
    if (info == INDEFINITE) {
      while (!atBreak()) {
        add(out);
      }
    } else {
      for (int left = size(info); left > 0; left--) {
        add(out);
      }
    }
    return out;
  }

  /** Only keys that are numbers or text are compared, which are all that anybody asks for. */
  private void add(List<Cbor.Field> fields) {
    Cbor key = item();
    if ((key instanceof Cbor.Int || key instanceof Cbor.Text)
        && fields.stream().anyMatch(field -> field.key().equals(key))) {
      throw wrong("a map with a key twice");
    }
    fields.add(new Cbor.Field(key, item()));
  }

  private boolean atBreak() {
    if (in.hasRemaining() && (in.get(in.position()) & 0xff) == BREAK) {
      in.get();
      return true;
    }
    return false;
  }

  private Cbor simple(int info) {
    if (info == INDEFINITE) {
      throw wrong("a break without a beginning");
    }
    return new Cbor.Simple(info, number(info).longValue());
  }

  /** A length in bytes or items; each takes at least one byte of what is left. */
  private int size(int info) {
    long size = small(number(info), "length");
    if (size > in.remaining()) {
      throw wrong("a length of " + size + ", beyond the end");
    }
    return (int) size;
  }

  private long small(BigInteger value, String what) {
    if (value.bitLength() > 62) {
      throw wrong("a " + what + " beyond all bounds");
    }
    return value.longValue();
  }

  private int octet() {
    if (!in.hasRemaining()) {
      throw wrong("a sudden end");
    }
    return in.get() & 0xff;
  }

  private byte[] take(int length) {
    if (length > in.remaining()) {
      throw wrong("a sudden end");
    }
    byte[] out = new byte[length];
    in.get(out);
    return out;
  }

  private BrokerException wrong(String what) {
    return Extractor.refused("not CBOR: " + what + " at byte " + in.position());
  }
}
