package dev.cocolab.tee.tamper;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fields of an event log (TCG PC Client platform firmware profile, crypto agile log): four for each
 * event, counted from 1.
 */
final class EventLogFields {

  static final int SHA384 = 0x000c;

  private static final int HEADER_SIZE = 32;
  private static final int ALGORITHMS = 24;
  private static final int MAX_EVENTS = 4096;

  private EventLogFields() {}

  /**
   * An event.
   *
   * @param offset of the record
   * @param digest of its SHA-384 digest; negative if it has none
   * @param data of its data
   */
  record Event(int offset, long register, long type, int digest, int data, int size) {}

  static List<EvidenceField> of(String part, byte[] log) {
    List<EvidenceField> fields = new ArrayList<>();
    int number = 0;
    for (Event event : events(log)) {
      String prefix = "event.%d.".formatted(++number);
      fields.add(field(prefix + "register", part, event.offset(), Integer.BYTES));
      fields.add(field(prefix + "type", part, event.offset() + Integer.BYTES, Integer.BYTES));
      if (event.digest() >= 0) {
        fields.add(field(prefix + "digest", part, event.digest(), 48));
      }
      if (event.size() > 0) {
        fields.add(field(prefix + "data", part, event.data(), event.size()));
      }
    }
    return fields;
  }

  private static EvidenceField field(String name, String part, int offset, int length) {
    return new EvidenceField(name, part, offset, length, Layer.EVENT_LOG);
  }

  /** The events as far as they can be read. */
  static List<Event> events(byte[] log) {
    List<Event> events = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN);
    if (log.length < HEADER_SIZE + ALGORITHMS + Integer.BYTES) {
      return events;
    }
    Map<Integer, Integer> sizes = new HashMap<>();
    int count = Math.min(in.getInt(HEADER_SIZE + ALGORITHMS), 16);
    int at = HEADER_SIZE + ALGORITHMS + Integer.BYTES;
    for (int i = 0; i < count && at + 4 <= log.length; i++, at += 4) {
      sizes.put((int) in.getShort(at), (int) in.getShort(at + 2));
    }
    long next = HEADER_SIZE + Integer.toUnsignedLong(in.getInt(HEADER_SIZE - Integer.BYTES));
    while (next + 16 <= log.length && events.size() < MAX_EVENTS) {
      int offset = (int) next;
      long mark = in.getLong(offset);
      if (mark == 0 || mark == -1) {
        break;
      }
      int digest = -1;
      int position = offset + 12;
      for (int i = Math.min(in.getInt(offset + 8), 16); i > 0 && position + 2 <= log.length; i--) {
        int algorithm = in.getShort(position);
        digest = algorithm == SHA384 ? position + 2 : digest;
        position += 2 + sizes.getOrDefault(algorithm, 0);
      }
      if (position + Integer.BYTES > log.length) {
        break;
      }
      long size = Integer.toUnsignedLong(in.getInt(position));
      next = position + Integer.BYTES + size;
      if (next > log.length) {
        break;
      }
      events.add(
          new Event(
              offset,
              Integer.toUnsignedLong(in.getInt(offset)),
              Integer.toUnsignedLong(in.getInt(offset + 4)),
              digest,
              position + Integer.BYTES,
              (int) size));
    }
    return events;
  }
}
