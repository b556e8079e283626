package dev.cocolab.evidence.eventlog;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads little-endian numbers and runs of bytes. Whatever goes beyond the end throws an {@link
 * EvidenceException} with {@link Refusal#EVENT_LOG_MALFORMED} and the given text as its cause.
 */
final class LogReader {

  private final ByteBuffer bytes;

  LogReader(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  int position() {
    return bytes.position();
  }

  int remaining() {
    return bytes.remaining();
  }

  void skip(int count, String otherwise) {
    require(count, otherwise);
    bytes.position(bytes.position() + count);
  }

  int u8(String otherwise) {
    require(Byte.BYTES, otherwise);
    return Byte.toUnsignedInt(bytes.get());
  }

  int u16(String otherwise) {
    require(Short.BYTES, otherwise);
    return Short.toUnsignedInt(bytes.getShort());
  }

  /** The bits of an unsigned number. */
  int u32(String otherwise) {
    require(Integer.BYTES, otherwise);
    return bytes.getInt();
  }

  /** The bits of an unsigned number. */
  long u64(String otherwise) {
    require(Long.BYTES, otherwise);
    return bytes.getLong();
  }

  /** The next eight bytes, which stay unread. */
  long peek(String otherwise) {
    require(Long.BYTES, otherwise);
    return bytes.getLong(bytes.position());
  }

  /** A copy of the next bytes; nothing is allocated for a count beyond the end. */
  byte[] take(long count, String otherwise) {
    if (Long.compareUnsigned(count, bytes.remaining()) > 0) {
      throw malformed(otherwise);
    }
    byte[] taken = new byte[(int) count];
    bytes.get(taken);
    return taken;
  }

  private void require(int count, String otherwise) {
    if (bytes.remaining() < count) {
      throw malformed(otherwise);
    }
  }

  static EvidenceException malformed(String cause) {
    return EvidenceException.because(Refusal.EVENT_LOG_MALFORMED, cause);
  }
}
