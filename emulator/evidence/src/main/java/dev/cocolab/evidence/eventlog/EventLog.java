package dev.cocolab.evidence.eventlog;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.LittleEndianReader;
import dev.cocolab.evidence.Refusal;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The event log of a guest. Immutable.
 *
 * <p>A log proves nothing by itself: only {@link #requireRtmrs} ties it to registers that hardware
 * has signed, and then only its digests. The data of an event is tied to its digest where {@link
 * EventRecord#digestMatchesData()} says so, and nowhere else.
 */
public final class EventLog {

  /** The largest log that is read: firmware gives a log at most 1 MiB. */
  public static final int MAX_SIZE = 1 << 22;

  /** More than a guest measures; bounds what a hostile log makes of its bytes. */
  static final int MAX_RECORDS = 1 << 14;

  /** How many registers a confidential guest has for its run time, and where they start. */
  private static final int RUNTIME_REGISTERS = 4;

  private static final long END_ONES = -1;
  private static final long END_ZEROS = 0;

  private final byte[] body;
  private final List<EventRecord> records;

  private EventLog(byte[] body, List<EventRecord> records) {
    this.body = body;
    this.records = List.copyOf(records);
  }

  /**
   * Reads a log, up to eight bytes of 0xff or of zero, or to its end.
   *
   * @param bytes the CCEL table, or what a guest made of it; at most {@link #MAX_SIZE} bytes
   * @throws EvidenceException {@link Refusal#EVENT_LOG_MALFORMED} if it is anything else, also for
   *     an event or an algorithm that is not known, and for data that is not of the form of its
   *     event
   */
  public static EventLog parse(byte[] bytes) {
    if (bytes.length > MAX_SIZE) {
      throw malformed("log of " + bytes.length + " bytes, more than " + MAX_SIZE);
    }
    LittleEndianReader reader = reader(bytes);
    SpecId header = SpecId.parse(reader);
    List<EventRecord> records = new ArrayList<>();
    while (reader.remaining() > 0) {
      long head = reader.peek("Failed to read potential stop flag");
      if (head == END_ONES || head == END_ZEROS) {
        break;
      }
      if (records.size() == MAX_RECORDS) {
        throw malformed("more than " + MAX_RECORDS + " records");
      }
      records.add(record(reader, header));
    }
    return new EventLog(Arrays.copyOf(bytes, reader.position()), records);
  }

  private static EventRecord record(LittleEndianReader reader, SpecId header) {
    int register = reader.u32("Cannot read target measurement registry");
    EventType type = type(reader.u32("Cannot read event type number"));
    long count = Integer.toUnsignedLong(reader.u32("Cannot read digest count"));
    List<EventDigest> digests = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      int id = reader.u16("Cannot read algorithm id");
      DigestAlgorithm algorithm = algorithm(id);
      Integer size = header.sizes().get(algorithm);
      if (size == null) {
        throw malformed("Missing digest size for algorithm: " + hex(id));
      }
      digests.add(new EventDigest(algorithm, reader.take(size, "Cannot read digest")));
    }
    long size = Integer.toUnsignedLong(reader.u32("Cannot read event data size"));
    byte[] data = reader.take(size, "Data is too short: expected at least " + size + " bytes");
    EventRecord record = new EventRecord(register, type, digests, data);
    // Refused now rather than when the claims are made: Trustee reads all of it at once.
    record.digestMatchesData();
    record.details();
    return record;
  }

  static LittleEndianReader reader(byte[] bytes) {
    return new LittleEndianReader(bytes, EventLog::malformed);
  }

  static EvidenceException malformed(String cause) {
    return EvidenceException.because(Refusal.EVENT_LOG_MALFORMED, cause);
  }

  static EventType type(int code) {
    return EventType.ofCode(code)
        .orElseThrow(() -> malformed("Unknown event type detected: 0x" + hex(code)));
  }

  static DigestAlgorithm algorithm(int id) {
    return DigestAlgorithm.ofId(id)
        .orElseThrow(() -> malformed("Unknown algorithm type detected: " + hex(id)));
  }

  private static String hex(int bits) {
    return Integer.toHexString(bits);
  }

  /** A log for an emulated guest, as its firmware starts it. */
  public static EventLogBuilder builder(DigestAlgorithm... algorithms) {
    return new EventLogBuilder(SpecId.firmware(List.of(algorithms)), List.of(algorithms));
  }

  /** A log of an agent in a guest whose firmware has left none. */
  public static EventLogBuilder agentBuilder() {
    return new EventLogBuilder(SpecId.agent(), List.of(DigestAlgorithm.SHA384));
  }

  /**
   * Goes on where this log ends, as an agent does with the log of the firmware.
   *
   * @param algorithms what further events are measured with
   */
  public EventLogBuilder append(DigestAlgorithm... algorithms) {
    return new EventLogBuilder(body, List.of(algorithms));
  }

  /** All records but the first, which names the algorithms. */
  public List<EventRecord> records() {
    return records;
  }

  /**
   * The value of a register after all events: zeros, and for every digest of the algorithm in order
   * the hash of the value and the digest. No kind of event is left out.
   *
   * @param register as in {@link EventRecord#register()}
   * @return as many bytes as the algorithm has
   */
  public byte[] replay(DigestAlgorithm algorithm, int register) {
    byte[] value = new byte[algorithm.size()];
    for (EventRecord record : records) {
      if (record.register() == register) {
        for (EventDigest digest : record.digests()) {
          if (digest.algorithm() == algorithm) {
            value = algorithm.digest(value, digest.value());
          }
        }
      }
    }
    return value;
  }

  /** The values of RTMR 0 to 3, which are the registers 1 to 4 of the log. */
  public List<byte[]> replayRtmrs(DigestAlgorithm algorithm) {
    List<byte[]> values = new ArrayList<>();
    for (int register = 1; register <= RUNTIME_REGISTERS; register++) {
      values.add(replay(algorithm, register));
    }
    return values;
  }

  /**
   * Checks that the events of the log are those that a register was extended with.
   *
   * @param given the value the hardware signed
   * @throws EvidenceException {@link Refusal#EVENT_LOG_REPLAY}
   */
  public void requireRegister(DigestAlgorithm algorithm, int register, byte[] given) {
    byte[] calculated = replay(algorithm, register);
    if (!MessageDigest.isEqual(calculated, given)) {
      String index = Integer.toUnsignedString(register);
      throw EvidenceException.of(
              Refusal.EVENT_LOG_REPLAY,
              ("Eventlog does not pass measurement replay CC Event Log Measurement Register"
                      + " [index = %s]. Calculated value: %s, Given value: %s")
                  .formatted(index, EvidenceJson.hex(calculated), EvidenceJson.hex(given)))
          .withMismatch("register " + index, EvidenceJson.hex(given), EvidenceJson.hex(calculated));
    }
  }

  /**
   * As {@link #requireRegister} for RTMR 0 to 3, in this order.
   *
   * @param given the four values the hardware signed, RTMR 0 first
   * @throws EvidenceException {@link Refusal#EVENT_LOG_REPLAY} for the first that differs
   * @throws IllegalArgumentException if there are not four
   */
  public void requireRtmrs(DigestAlgorithm algorithm, List<byte[]> given) {
    if (given.size() != RUNTIME_REGISTERS) {
      throw new IllegalArgumentException("four registers expected, not " + given.size());
    }
    for (int i = 0; i < RUNTIME_REGISTERS; i++) {
      requireRegister(algorithm, i + 1, given.get(i));
    }
  }

  /** The claim {@code uefi_event_logs}: an object a record. */
  public ArrayNode claims() {
    ArrayNode claims = JsonNodeFactory.instance.arrayNode(records.size());
    records.forEach(record -> claims.add(record.claims()));
    return claims;
  }

  /**
   * The register of the log that stands for a PCR on TDX: 1 for PCR 1 and 7, 2 for 2 to 6, 3 for 8
   * to 15, 4 for all others.
   */
  public static int registerOfPcr(int pcr) {
    if (pcr == 1 || pcr == 7) {
      return 1;
    }
    if (pcr >= 2 && pcr <= 6) {
      return 2;
    }
    return pcr >= 8 && pcr <= 15 ? 3 : 4;
  }
}
