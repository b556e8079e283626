package dev.cocolab.evidence.snp;

import java.util.Arrays;

/**
 * Walks DER (X.690), definite lengths and one-byte tags only, which is all a certificate has. It
 * does not recurse, so that hostile input costs no stack, and hands out the exact bytes, so that
 * what is hashed is what was signed.
 */
final class DerReader {

  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int BOOLEAN = 0x01;
  static final int UTC_TIME = 0x17;
  static final int GENERALIZED_TIME = 0x18;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;

  private static final int LONG_FORM = 0x80;
  private static final int MAX_LENGTH_OCTETS = 3;

  /** The input is not DER, or not of the expected shape. */
  static final class DerException extends Exception {
    private static final long serialVersionUID = 1L;

    DerException(String message) {
      super(message);
    }
  }

  /** One element: its tag, its content, and all its bytes. */
  record Element(int tag, DerReader content, DerReader whole) {

    /** The content, which must be of this type. */
    DerReader as(int expected) throws DerException {
      if (tag != expected) {
        throw new DerException("tag 0x%02x where 0x%02x was expected".formatted(tag, expected));
      }
      return content;
    }
  }

  private final byte[] bytes;
  private final int end;
  private int position;

  private DerReader(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.position = from;
    this.end = to;
  }

  static DerReader of(byte[] bytes) {
    return new DerReader(bytes, 0, bytes.length);
  }

  boolean hasNext() {
    return position < end;
  }

  /** The tag of the next element, or -1 at the end. */
  int peek() {
    return hasNext() ? Byte.toUnsignedInt(bytes[position]) : -1;
  }

  Element next() throws DerException {
    int start = position;
    int tag = octet();
    int length = octet();
    if (length >= LONG_FORM) {
      int octets = length - LONG_FORM;
      if (octets == 0 || octets > MAX_LENGTH_OCTETS) {
        throw new DerException("length of " + octets + " octets");
      }
      length = 0;
      for (int i = 0; i < octets; i++) {
        length = length << Byte.SIZE | octet();
      }
    }
    if (length > end - position) {
      throw new DerException("element ends beyond its parent");
    }
    position += length;
    return new Element(
        tag,
        new DerReader(bytes, position - length, position),
        new DerReader(bytes, start, position));
  }

  /** The content of the next element, which must be of this type. */
  DerReader next(int tag) throws DerException {
    return next().as(tag);
  }

  /** The next element, which must be the last one. */
  Element last() throws DerException {
    Element element = next();
    if (hasNext()) {
      throw new DerException("bytes after the last element");
    }
    return element;
  }

  /** All bytes not yet read. */
  byte[] remaining() {
    return Arrays.copyOfRange(bytes, position, end);
  }

  private int octet() throws DerException {
    if (!hasNext()) {
      throw new DerException("ends within an element");
    }
    return Byte.toUnsignedInt(bytes[position++]);
  }
}
