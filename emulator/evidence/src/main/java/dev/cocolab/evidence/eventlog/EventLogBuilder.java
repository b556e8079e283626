package dev.cocolab.evidence.eventlog;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/** Writes a log, record by record. Not safe for use by several threads. */
public final class EventLogBuilder {

  private static final int END_SIZE = 8;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final List<DigestAlgorithm> algorithms;

  EventLogBuilder(byte[] start, List<DigestAlgorithm> algorithms) {
    bytes.writeBytes(start);
    this.algorithms = algorithms;
  }

  /** Measures the data itself. */
  public EventLogBuilder measure(int register, EventType type, byte[] data) {
    return measure(register, type, data, data);
  }

  /**
   * Measures one thing and says another about it, as for an image and where it was loaded from.
   *
   * @param measured what the digests are of
   * @param data what the record holds
   */
  public EventLogBuilder measure(int register, EventType type, byte[] measured, byte[] data) {
    List<EventDigest> digests =
        algorithms.stream().map(algorithm -> EventDigest.of(algorithm, measured)).toList();
    return record(new EventRecord(register, type, digests, data));
  }

  /** Measures an event of the attestation agent. */
  public EventLogBuilder measure(int register, AgentEvent event) {
    return measure(register, EventType.EV_EVENT_TAG, event.data());
  }

  /** Writes a record as it is, also one that is not true. */
  public EventLogBuilder record(EventRecord record) {
    bytes.writeBytes(record.encode());
    return this;
  }

  /** Writes records that are encoded already, as the file of an agent holds them. */
  public EventLogBuilder records(byte[] encoded) {
    bytes.writeBytes(encoded);
    return this;
  }

  /** The log, with the eight bytes of 0xff that end it. */
  public byte[] build() {
    byte[] end = new byte[END_SIZE];
    Arrays.fill(end, (byte) 0xff);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(bytes.toByteArray());
    whole.writeBytes(end);
    return whole.toByteArray();
  }
}
