package dev.cocolab.evidence.eventlog;

import static dev.cocolab.evidence.eventlog.DigestAlgorithm.SHA256;
import static dev.cocolab.evidence.eventlog.DigestAlgorithm.SHA384;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Logs that do not say what was measured, and bytes that are no log. */
class EventLogMutationTest {

  /** Header of 12 + 20 bytes, 28 bytes of event, 4 an algorithm, 1 for the vendor. */
  private static final int FIRST_RECORD = 32 + 28 + 4 + 1;

  private static final EventRecord SEPARATOR = separator(1);
  private static final EventRecord ACTION =
      record(2, EventType.EV_EFI_ACTION, "Calling EFI Application from Boot Option");

  private static EventRecord separator(int register) {
    return new EventRecord(
        register,
        EventType.EV_SEPARATOR,
        List.of(EventDigest.of(SHA384, new byte[4])),
        new byte[4]);
  }

  private static EventRecord record(int register, EventType type, String text) {
    byte[] data = text.getBytes(StandardCharsets.UTF_8);
    return new EventRecord(register, type, List.of(EventDigest.of(SHA384, data)), data);
  }

  private static byte[] log(EventRecord... records) {
    EventLogBuilder builder = EventLog.builder(SHA384);
    for (EventRecord record : records) {
      builder.record(record);
    }
    return builder.build();
  }

  private static byte[] changed(Consumer<ByteBuffer> change) {
    byte[] bytes = log(SEPARATOR, ACTION);
    change.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    return bytes;
  }

  private static void refused(byte[] log, String cause) {
    EvidenceException refusal =
        catchThrowableOfType(EvidenceException.class, () -> EventLog.parse(log));
    assertThat(refusal).as("refusal").isNotNull();
    assertThat(refusal.chain()).isEqualTo("Parse CC Eventlog failed: " + cause);
    assertThat(refusal.reason()).isEqualTo(Refusal.EVENT_LOG_MALFORMED);
  }

  private static void notReplayed(EventRecord... records) {
    List<byte[]> genuine = EventLog.parse(log(SEPARATOR, ACTION, SEPARATOR)).replayRtmrs(SHA384);
    EventLog log = EventLog.parse(log(records));
    assertThat(
            catchThrowableOfType(EvidenceException.class, () -> log.requireRtmrs(SHA384, genuine)))
        .isNotNull()
        .extracting(EvidenceException::reason)
        .isEqualTo(Refusal.EVENT_LOG_REPLAY);
  }

  @Test
  void anotherLogIsNotReplayed() {
    EventRecord otherDigest =
        new EventRecord(
            1, EventType.EV_SEPARATOR, List.of(EventDigest.of(SHA384, new byte[5])), new byte[4]);
    EventRecord first = record(1, EventType.EV_EFI_ACTION, "first");

    notReplayed(otherDigest, ACTION, SEPARATOR);
    notReplayed(SEPARATOR, ACTION);
    notReplayed(SEPARATOR, ACTION, SEPARATOR, SEPARATOR);
    notReplayed(SEPARATOR, ACTION, separator(3));
    notReplayed();
    assertThat(EventLog.parse(log(SEPARATOR, first)).replay(SHA384, 1))
        .isNotEqualTo(EventLog.parse(log(first, SEPARATOR)).replay(SHA384, 1));
  }

  @Test
  void onlyAFlagShowsDataThatWasNotMeasured() {
    EventRecord lie =
        new EventRecord(
            2,
            EventType.EV_EFI_ACTION,
            ACTION.digests(),
            "Something else".getBytes(StandardCharsets.UTF_8));
    EventLog log = EventLog.parse(log(SEPARATOR, lie));

    log.requireRtmrs(SHA384, EventLog.parse(log(SEPARATOR, ACTION)).replayRtmrs(SHA384));

    assertThat(log.claims().path(0).path("digest_matches_event").asBoolean()).isTrue();
    assertThat(log.claims().path(1).path("digest_matches_event").asBoolean()).isFalse();
    assertThat(log.claims().path(1).path("details").path("string").asString())
        .isEqualTo("Something else");
  }

  @Test
  void eventsWithoutActionCount() {
    EventRecord note = record(1, EventType.EV_NO_ACTION, "note");

    assertThat(EventLog.parse(log(note)).replay(SHA384, 1))
        .isEqualTo(SHA384.digest(new byte[48], note.digests().get(0).value()));
  }

  @Test
  void unknownNumbersAreRefused() {
    refused(changed(b -> b.putInt(4, 0x42)), "Unknown event type detected: 0x42");
    refused(changed(b -> b.putInt(4, 5)), "The first event is EV_ACTION, not EV_NO_ACTION");
    refused(changed(b -> b.putShort(60, (short) 0x27)), "Unknown algorithm type detected: 27");
    refused(
        changed(b -> b.putInt(FIRST_RECORD + 4, 0x8000_0011)),
        "Unknown event type detected: 0x80000011");
    refused(
        changed(b -> b.putShort(FIRST_RECORD + 12, (short) 1)),
        "Unknown algorithm type detected: 1");
    refused(
        changed(b -> b.putShort(FIRST_RECORD + 12, (short) 0xb)),
        "Missing digest size for algorithm: b");
  }

  @Test
  void sizesBelongToTheirContent() {
    refused(changed(b -> b.putInt(28, 1 << 30)), "Out of bounds while reading digest_data");
    refused(changed(b -> b.putInt(28, 12)), "Cannot read algorithm array size");
    refused(changed(b -> b.putInt(56, -1)), "Cannot read algorithm id");
    refused(
        changed(b -> b.put(64, (byte) 1)), "Unexpected data size consumed for detecting digests");
    refused(changed(b -> b.putShort(62, (short) -1)), "Cannot read digest");
    refused(changed(b -> b.putInt(FIRST_RECORD + 8, 2)), "Missing digest size for algorithm: 4");
    refused(
        changed(b -> b.putInt(FIRST_RECORD + 62, -1)),
        "Data is too short: expected at least 4294967295 bytes");
  }

  @Test
  void sha1IsNotComputedAsInTrustee() {
    EventLogBuilder log = EventLog.builder(DigestAlgorithm.SHA1, SHA256);
    refused(
        log.measure(1, EventType.EV_SEPARATOR, new byte[4]).build(),
        "Digest comparison failed: Digest hash algorithm not supported - Sha1");
  }

  @Test
  void truncatedLogsAreRefusedOrEndBetweenRecords() {
    byte[] whole = log(SEPARATOR, ACTION);
    int first = FIRST_RECORD + SEPARATOR.encode().length;
    int second = first + ACTION.encode().length;
    for (int size = 0; size < whole.length; size++) {
      byte[] cut = Arrays.copyOf(whole, size);
      if (size == FIRST_RECORD || size == first || size == second) {
        assertThat(EventLog.parse(cut).records()).as("%d bytes", size).hasSizeLessThan(3);
      } else {
        assertThat(catchThrowableOfType(EvidenceException.class, () -> EventLog.parse(cut)))
            .as("%d bytes", size)
            .isNotNull()
            .extracting(EvidenceException::reason)
            .isEqualTo(Refusal.EVENT_LOG_MALFORMED);
      }
    }
  }

  @Test
  void workIsBounded() {
    refused(new byte[EventLog.MAX_SIZE + 1], "log of 4194305 bytes, more than 4194304");
    EventLogBuilder many = EventLog.builder(SHA384);
    EventRecord small = new EventRecord(1, EventType.EV_SEPARATOR, List.of(), new byte[0]);
    for (int i = 0; i <= EventLog.MAX_RECORDS; i++) {
      many.record(small);
    }
    refused(many.build(), "more than 16384 records");
  }

  @ParameterizedTest
  @EnumSource
  void everyAlgorithmExtends(DigestAlgorithm algorithm) {
    assertThat(algorithm.digest(new byte[0])).hasSize(algorithm.size());
    if (algorithm != DigestAlgorithm.SHA1) {
      EventLog log =
          EventLog.parse(
              EventLog.builder(algorithm)
                  .measure(7, EventType.EV_SEPARATOR, new byte[4])
                  .measure(7, EventType.EV_SEPARATOR, new byte[4])
                  .build());
      byte[] digest = algorithm.digest(new byte[4]);
      byte[] once = algorithm.digest(new byte[algorithm.size()], digest);
      assertThat(log.replay(algorithm, 7)).isEqualTo(algorithm.digest(once, digest));
      assertThat(log.claims())
          .extracting(record -> record.path("digests").path(0).path("alg").asString())
          .containsOnly(algorithm.claimName());
    }
  }

  @Test
  void aBankHasItsOwnRegisters() {
    EventLog log =
        EventLog.parse(
            EventLog.builder(SHA256, SHA384)
                .measure(9, EventType.EV_SEPARATOR, new byte[4])
                .build());

    assertThat(log.replay(SHA256, 9)).hasSize(32).isNotEqualTo(new byte[32]);
    assertThat(log.replay(SHA384, 9)).hasSize(48).isNotEqualTo(new byte[48]);
    assertThat(log.replay(DigestAlgorithm.SHA512, 9)).isEqualTo(new byte[64]);
    assertThat(log.claims())
        .extracting(record -> record.path("digest_matches_event"))
        .extracting(JsonNode::asBoolean)
        .containsExactly(true);
  }
}
