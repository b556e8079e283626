package dev.cocolab.evidence.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the bytes are, they are a log or refused: no other exception leaves the parser. */
class HostileEventLogTest {

  private static final EventType[] LOOKED_INTO = {
    EventType.EV_POST_CODE,
    EventType.EV_EVENT_TAG,
    EventType.EV_PLATFORM_CONFIG_FLAGS,
    EventType.EV_IPL,
    EventType.EV_EFI_PLATFORM_FIRMWARE_BLOB2,
    EventType.EV_EFI_VARIABLE_BOOT,
    EventType.EV_EFI_BOOT_SERVICES_APPLICATION
  };

  @Property(tries = 500)
  void anyBytes(@ForAll byte[] bytes) {
    parse(bytes);
  }

  @Property(tries = 500)
  void anyBytesAfterAHeader(@ForAll byte[] bytes) {
    parse(EventLog.builder(DigestAlgorithm.SHA384, DigestAlgorithm.SM3).records(bytes).build());
  }

  @Property(tries = 1000)
  void anyData(@ForAll("records") EventRecord record) {
    try {
      EventLog log =
          EventLog.parse(EventLog.builder(DigestAlgorithm.SHA256).record(record).build());
      assertThat(log.records()).hasSize(1);
      assertThat(log.claims().path(0).toString().length())
          .isLessThan(1000 + 40 * record.data().length);
    } catch (EvidenceException e) {
      assertThat(e.reason()).isEqualTo(Refusal.EVENT_LOG_MALFORMED);
    }
  }

  @Property(tries = 500)
  void anyByteOfALogChanged(@ForAll("positions") int position, @ForAll byte value) {
    byte[] log = genuine();
    log[position] = value;
    parse(log);
  }

  private static byte[] genuine() {
    return EventLog.builder(DigestAlgorithm.SHA384)
        .measure(1, EventType.EV_SEPARATOR, new byte[4])
        .measure(4, new AgentEvent("domain", "operation", "{\"a\":1}"))
        .measure(2, EventType.EV_EFI_BOOT_SERVICES_APPLICATION, new byte[48])
        .build();
  }

  private static void parse(byte[] bytes) {
    try {
      EventLog log = EventLog.parse(bytes);
      assertThat(log.claims()).hasSameSizeAs(log.records());
      log.replayRtmrs(DigestAlgorithm.SHA384);
    } catch (EvidenceException e) {
      assertThat(e.reason()).isEqualTo(Refusal.EVENT_LOG_MALFORMED);
    }
  }

  @Provide
  Arbitrary<Integer> positions() {
    return Arbitraries.integers().between(0, genuine().length - 1);
  }

  @Provide
  Arbitrary<EventRecord> records() {
    return Combinators.combine(
            Arbitraries.of(LOOKED_INTO),
            Arbitraries.bytes().list().ofMaxSize(120).map(HostileEventLogTest::array))
        .as(
            (type, data) ->
                new EventRecord(
                    5, type, List.of(EventDigest.of(DigestAlgorithm.SHA256, data)), data));
  }

  private static byte[] array(List<Byte> list) {
    byte[] bytes = new byte[list.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = list.get(i);
    }
    return bytes;
  }
}
