package dev.cocolab.apiserver.store;

import dev.cocolab.apiserver.ApiServerException;
import dev.cocolab.apiserver.ApiServerException.Reason;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One record of the log: length of the payload, CRC-32C of these four bytes, CRC-32C of the
 * payload, each four bytes, most significant first; then the payload. The length has a checksum of
 * its own because a wrong length would make everything after it look like a torn end.
 */
final class LogFrame {
  static final int HEADER = 12;

  /** Far above the 1.5 MiB that one object may have. */
  static final int LONGEST = 16 * 1024 * 1024;

  /** What a disk writes as a whole. */
  private static final int SECTOR = 512;

  private LogFrame() {}

  static byte[] of(byte[] payload) {
    if (payload.length == 0 || payload.length > LONGEST) {
      throw new IllegalArgumentException("a record of " + payload.length + " bytes");
    }
    ByteBuffer frame = ByteBuffer.allocate(HEADER + payload.length);
    frame.putInt(payload.length).putInt(crc(frame.array(), 0, 4));
    frame.putInt(crc(payload, 0, payload.length)).put(payload);
    return frame.array();
  }

  /**
   * The payload of the record at an offset.
   *
   * @return empty when what is there is the torn end of the last write, which nobody was told of
   * @throws ApiServerException DATA_CORRUPT naming the offset
   */
  static Optional<byte[]> read(byte[] file, int offset) {
    int left = file.length - offset;
    if (left < HEADER) {
      return Optional.empty();
    }
    ByteBuffer header = ByteBuffer.wrap(file, offset, HEADER);
    int length = header.getInt();
    if (header.getInt() != crc(file, offset, 4) || length <= 0 || length > LONGEST) {
      if (zeros(file, offset, file.length)) {
        return Optional.empty();
      }
      throw corrupt(offset, "the length of a record is damaged");
    }
    int expected = header.getInt();
    int start = offset + HEADER;
    if (length > left - HEADER) {
      return Optional.empty();
    }
    int end = start + length;
    if (expected == crc(file, start, length)) {
      byte[] payload = new byte[length];
      System.arraycopy(file, start, payload, 0, length);
      return Optional.of(payload);
    }
    if (end == file.length && hasUnwrittenSector(file, start)) {
      return Optional.empty();
    }
    throw corrupt(offset, "the content of a record is damaged");
  }

  /** After a loss of power the file may have its length but not all of its sectors. */
  private static boolean hasUnwrittenSector(byte[] file, int start) {
    for (int from = start; from < file.length; from = (from / SECTOR + 1) * SECTOR) {
      if (zeros(file, from, Math.min((from / SECTOR + 1) * SECTOR, file.length))) {
        return true;
      }
    }
    return false;
  }

  private static boolean zeros(byte[] file, int from, int to) {
    for (int i = from; i < to; i++) {
      if (file[i] != 0) {
        return false;
      }
    }
    return true;
  }

  static ApiServerException corrupt(long offset, String what) {
    return new ApiServerException(
        Reason.DATA_CORRUPT,
        "%s at byte %d, before its end: %s; restore a copy, or remove the folder to begin anew"
            .formatted(ObjectLog.FILE, offset, what));
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
