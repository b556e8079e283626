package dev.cocolab.evidence.eventlog;

import dev.cocolab.evidence.LittleEndianReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The first record of a log, in the format before crypto agility: the algorithms of all others
 * (TCG_EfiSpecIdEvent).
 *
 * @param sizes bytes of a digest, by algorithm
 */
record SpecId(Map<DigestAlgorithm, Integer> sizes) {

  private static final int SHA1_SIZE = 20;
  private static final int BEFORE_COUNT = 24;
  private static final byte[] SIGNATURE = "Spec ID Event03\0".getBytes(StandardCharsets.US_ASCII);

  /** Platform class 0, version 2.0, errata 0, UINTN of 64 bits; as OVMF writes it. */
  private static final byte[] PLATFORM_AND_VERSION = {0, 0, 0, 0, 0, 2, 0, 2};

  SpecId {
    Objects.requireNonNull(sizes, "sizes");
  }

  /**
   * Reads the record and leaves the reader behind it. Signature, class and version are not looked
   * at: the header that an attestation agent writes of its own has none.
   */
  static SpecId parse(LittleEndianReader log) {
    log.skip(Integer.BYTES, "Cannot read PCR index");
    int code = log.u32("Cannot read event type number");
    EventType type = EventLog.type(code);
    if (type != EventType.EV_NO_ACTION) {
      throw EventLog.malformed("The first event is " + type + ", not EV_NO_ACTION");
    }
    log.skip(SHA1_SIZE, "Cannot read event data size");
    int size = log.u32("Cannot read event data size");
    byte[] data = log.take(Integer.toUnsignedLong(size), "Out of bounds while reading digest_data");
    LittleEndianReader reader = EventLog.reader(data);
    reader.skip(BEFORE_COUNT, "Cannot read algorithm array size");
    long count = Integer.toUnsignedLong(reader.u32("Cannot read algorithm array size"));
    Map<DigestAlgorithm, Integer> sizes = new EnumMap<>(DigestAlgorithm.class);
    for (long i = 0; i < count; i++) {
      int id = reader.u16("Cannot read algorithm id");
      int digestSize = reader.u16("Cannot read algorithm size");
      sizes.put(EventLog.algorithm(id), digestSize);
    }
    int vendor = reader.u8("Cannot read vendor info size");
    if (reader.remaining() != vendor) {
      throw EventLog.malformed("Unexpected data size consumed for detecting digests");
    }
    return new SpecId(sizes);
  }

  /** The record as firmware writes it. */
  static byte[] firmware(List<DigestAlgorithm> algorithms) {
    return encode(SIGNATURE, PLATFORM_AND_VERSION, algorithms);
  }

  /** The record as an attestation agent writes it where firmware has left no log: 69 bytes. */
  static byte[] agent() {
    return encode(
        new byte[SIGNATURE.length],
        new byte[PLATFORM_AND_VERSION.length],
        List.of(DigestAlgorithm.SHA384, DigestAlgorithm.SM3));
  }

  private static byte[] encode(
      byte[] signature, byte[] platform, List<DigestAlgorithm> algorithms) {
    int size = BEFORE_COUNT + Integer.BYTES + 2 * Short.BYTES * algorithms.size() + Byte.BYTES;
    ByteBuffer bytes =
        ByteBuffer.allocate(3 * Integer.BYTES + SHA1_SIZE + size).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0).putInt(EventType.EV_NO_ACTION.code()).put(new byte[SHA1_SIZE]).putInt(size);
    bytes.put(signature).put(platform).putInt(algorithms.size());
    for (DigestAlgorithm algorithm : algorithms) {
      bytes.putShort((short) algorithm.id()).putShort((short) algorithm.size());
    }
    return bytes.put((byte) 0).array();
  }
}
