package dev.cocolab.evidence.tdx;

import java.util.Arrays;

/** The body of a TD report as a quote carries it. Immutable. */
public final class TdBody {
  /** Size of a body of TDX 1.0. */
  public static final int SIZE_1_0 = 584;

  /** Size of a body of TDX 1.5. */
  public static final int SIZE_1_5 = 648;

  private static final int DEBUG = 0;
  private static final int SEPT_VE_DISABLE = 28;
  private static final int PROTECTION_KEYS = 30;
  private static final int KEY_LOCKER = 31;
  private static final int PERFMON = 63;

  private final byte[] bytes;

  private TdBody(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * A body.
   *
   * @param bytes 584 or 648
   * @throws IllegalArgumentException for any other size
   */
  public static TdBody of(byte[] bytes) {
    if (bytes.length != SIZE_1_0 && bytes.length != SIZE_1_5) {
      throw new IllegalArgumentException("a body has 584 or 648 bytes, not " + bytes.length);
    }
    return new TdBody(bytes.clone());
  }

  /** An empty body of TDX 1.0 or 1.5: all zero. */
  public static TdBody zero(int size) {
    return of(new byte[size]);
  }

  /** The same body with another value in a field, of exactly the field's length. */
  public TdBody with(TdField field, byte[] value) {
    if (value.length != field.length() || !field.isIn(bytes.length)) {
      throw new IllegalArgumentException(
          "%s takes %d bytes, not %d".formatted(field.claim(), field.length(), value.length));
    }
    byte[] changed = bytes.clone();
    System.arraycopy(value, 0, changed, field.offset(), value.length);
    return new TdBody(changed);
  }

  /** The value of a field; a body of TDX 1.0 lacks the last two. */
  public byte[] get(TdField field) {
    if (!has(field)) {
      throw new IllegalArgumentException("a body of TDX 1.0 has no " + field.claim());
    }
    return Arrays.copyOfRange(bytes, field.offset(), field.offset() + field.length());
  }

  /** Whether this body has the field. */
  public boolean has(TdField field) {
    return field.isIn(bytes.length);
  }

  /** 584 or 648. */
  public int size() {
    return bytes.length;
  }

  /** All of it. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Whether the TD can be debugged, and its memory read, from outside. */
  public boolean debug() {
    return attribute(DEBUG);
  }

  /** Attribute bit 28. */
  public boolean septVeDisable() {
    return attribute(SEPT_VE_DISABLE);
  }

  /** Attribute bit 30. */
  public boolean protectionKeys() {
    return attribute(PROTECTION_KEYS);
  }

  /** Attribute bit 31. */
  public boolean keyLocker() {
    return attribute(KEY_LOCKER);
  }

  /** Attribute bit 63. */
  public boolean perfmon() {
    return attribute(PERFMON);
  }

  private boolean attribute(int bit) {
    int octet = bytes[TdField.TD_ATTRIBUTES.offset() + bit / Byte.SIZE];
    return (octet >> bit % Byte.SIZE & 1) == 1;
  }
}
