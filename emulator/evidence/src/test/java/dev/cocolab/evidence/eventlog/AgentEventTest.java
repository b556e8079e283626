package dev.cocolab.evidence.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The log of an attestation agent. */
class AgentEventTest {

  private static final AgentEvent EVENT = new AgentEvent("domain", "operation", "content");

  private static String digest(DigestAlgorithm algorithm) {
    return HexFormat.of().formatHex(EVENT.record(4, algorithm).digests().get(0).value());
  }

  @Test
  void digestsAreThoseOfTheAgent() {
    assertThat(digest(DigestAlgorithm.SHA256))
        .isEqualTo("46df8dacf00a07d34a83cdf56d7978697790787cf2ba1432ef7c38f22cd96351");
    assertThat(digest(DigestAlgorithm.SHA384))
        .isEqualTo(
            "dad5f0e226318ffa9839b75a472c6aa7fdb5834949d0a0a22990cf04d5692440fb00f3aa0609db7e49cd8d793f670d02");
  }

  @Test
  void aLogWithoutFirmwareHasTheHeaderOfTheAgent() {
    byte[] log = EventLog.agentBuilder().measure(4, EVENT).build();

    assertThat(HexFormat.of().formatHex(log, 0, 69))
        .isEqualTo(
            "0000000003000000"
                + "00".repeat(20)
                + "25000000"
                + "00".repeat(24)
                + "020000000c00300012002000"
                + "00");
    assertThat(HexFormat.of().formatHex(log, 69, 69 + 14))
        .isEqualTo("0400000006000000010000000c00");
    EventLog parsed = EventLog.parse(log);
    assertThat(parsed.records()).hasSize(1);
    assertThat(parsed.claims().path(0).path("details").path("data").path("operation").asString())
        .isEqualTo("operation");
    assertThat(parsed.claims().path(0).path("digest_matches_event").asBoolean()).isTrue();
  }

  @Test
  void theAgentGoesOnWhereTheFirmwareEnded() {
    EventLog firmware =
        EventLog.parse(
            EventLog.builder(DigestAlgorithm.SHA384)
                .measure(1, EventType.EV_SEPARATOR, new byte[4])
                .build());

    byte[] file = EVENT.record(4, DigestAlgorithm.SHA384).encode();
    byte[] whole = firmware.append(DigestAlgorithm.SHA384).records(file).build();

    EventLog log = EventLog.parse(whole);
    assertThat(whole)
        .isEqualTo(firmware.append(DigestAlgorithm.SHA384).measure(4, EVENT).build())
        .endsWith(-1, -1, -1, -1, -1, -1, -1, -1);
    assertThat(log.replay(DigestAlgorithm.SHA384, 1))
        .isEqualTo(firmware.replay(DigestAlgorithm.SHA384, 1));
    assertThat(log.replay(DigestAlgorithm.SHA384, 4)).isNotEqualTo(new byte[48]);
  }

  @Test
  void aTextCanBeTakenApartAgain() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AgentEvent("a b", "c", "d"))
        .withMessage("domain and operation of an event have no space");
    assertThatIllegalArgumentException().isThrownBy(() -> new AgentEvent("a", "b c", "d"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AgentEvent("a", "b", "c\nd"))
        .withMessage("content contains newline");
  }

  @Test
  void registersOfTdxStandForPcrs() {
    assertThat(List.of(0, 1, 2, 6, 7, 8, 15, 16, 17, 23).stream().map(EventLog::registerOfPcr))
        .containsExactly(4, 1, 2, 2, 1, 3, 3, 4, 4, 4);
  }
}
