package dev.cocolab.evidence.tdx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The 48 bytes in front of every quote, integers little-endian. Immutable.
 *
 * @param version 4 or 5 for TDX
 * @param attKeyType 2: ECDSA P-256
 * @param teeType 0x81 for TDX
 * @param reserved 4 bytes
 * @param vendorId 16 bytes: who made the quoting enclave
 * @param userData 20 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // the accessors below copy
public record QuoteHeader(
    int version, int attKeyType, int teeType, byte[] reserved, byte[] vendorId, byte[] userData) {
  /** How many bytes it has. */
  public static final int SIZE = 48;

  /** ECDSA with a P-256 key. */
  public static final int ECDSA_P256 = 2;

  /** A trust domain. */
  public static final int TDX = 0x81;

  static final int RESERVED = 4;
  static final int VENDOR_ID = 16;
  static final int USER_DATA = 20;

  /** Checks the sizes and copies. */
  public QuoteHeader {
    reserved = sized(reserved, RESERVED);
    vendorId = sized(vendorId, VENDOR_ID);
    userData = sized(userData, USER_DATA);
  }

  private static byte[] sized(byte[] bytes, int size) {
    if (bytes.length != size) {
      throw new IllegalArgumentException(size + " bytes are needed, not " + bytes.length);
    }
    return bytes.clone();
  }

  /** Reads the first 48 bytes, which must be there. */
  static QuoteHeader read(ByteBuffer in) {
    return new QuoteHeader(
        Short.toUnsignedInt(in.getShort()),
        Short.toUnsignedInt(in.getShort()),
        in.getInt(),
        take(in, RESERVED),
        take(in, VENDOR_ID),
        take(in, USER_DATA));
  }

  private static byte[] take(ByteBuffer in, int size) {
    byte[] bytes = new byte[size];
    in.get(bytes);
    return bytes;
  }

  /** The 48 bytes. */
  public byte[] bytes() {
    return ByteBuffer.allocate(SIZE)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) version)
        .putShort((short) attKeyType)
        .putInt(teeType)
        .put(reserved)
        .put(vendorId)
        .put(userData)
        .array();
  }

  @Override
  public byte[] reserved() {
    return reserved.clone();
  }

  @Override
  public byte[] vendorId() {
    return vendorId.clone();
  }

  @Override
  public byte[] userData() {
    return userData.clone();
  }
}
