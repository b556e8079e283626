package dev.cocolab.evidence;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.function.Function;

/**
 * Reads little-endian numbers and runs of bytes. Whatever goes beyond the end throws the exception
 * that the caller makes of the text it gave; nothing is allocated for it.
 */
public final class LittleEndianReader {

  private final ByteBuffer bytes;
  private final Function<String, EvidenceException> refusal;

  /**
   * A reader at the first byte.
   *
   * @param refusal makes what is thrown of what could not be read
   */
  public LittleEndianReader(byte[] bytes, Function<String, EvidenceException> refusal) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.refusal = Objects.requireNonNull(refusal, "refusal");
  }

  /** How many bytes are read. */
  public int position() {
    return bytes.position();
  }

  /** How many bytes are left. */
  public int remaining() {
    return bytes.remaining();
  }

  /** Leaves bytes out. */
  public void skip(int count, String otherwise) {
    require(count, otherwise);
    bytes.position(bytes.position() + count);
  }

  /** One byte, unsigned. */
  public int u8(String otherwise) {
    require(Byte.BYTES, otherwise);
    return Byte.toUnsignedInt(bytes.get());
  }

  /** Two bytes, unsigned. */
  public int u16(String otherwise) {
    require(Short.BYTES, otherwise);
    return Short.toUnsignedInt(bytes.getShort());
  }

  /** Four bytes: the bits of an unsigned number. */
  public int u32(String otherwise) {
    require(Integer.BYTES, otherwise);
    return bytes.getInt();
  }

  /** Eight bytes: the bits of an unsigned number. */
  public long u64(String otherwise) {
    require(Long.BYTES, otherwise);
    return bytes.getLong();
  }

  /** The next eight bytes, which stay unread. */
  public long peek(String otherwise) {
    require(Long.BYTES, otherwise);
    return bytes.getLong(bytes.position());
  }

  /** A copy of the next bytes. */
  public byte[] take(long count, String otherwise) {
    if (Long.compareUnsigned(count, bytes.remaining()) > 0) {
      throw refusal.apply(otherwise);
    }
    byte[] taken = new byte[(int) count];
    bytes.get(taken);
    return taken;
  }

  private void require(int count, String otherwise) {
    if (bytes.remaining() < count) {
      throw refusal.apply(otherwise);
    }
  }
}
