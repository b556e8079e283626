package dev.cocolab.broker;

import static dev.cocolab.broker.WireTest.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.sample.SampleEvidence;
import dev.cocolab.protocol.Attestation;
import dev.cocolab.protocol.Profile;
import dev.cocolab.protocol.RuntimeData;
import dev.cocolab.protocol.TeeKeyPair;
import dev.cocolab.protocol.TeePublicKey;
import dev.cocolab.protocol.TokenAnswer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class HandshakeTest {
  private static final String FAILED = "Attestation error: RCAR handshake Attest failed";
  private static final String ALLOW = "package policy\nallow := true\n";

  @TempDir Path root;
  private TestBroker broker;
  private TestGuest guest;

  @BeforeEach
  void start() throws Exception {
    broker = new TestBroker(root);
    broker.resourcePolicy(ALLOW);
    broker.resource("default/key/1", "shhhhhhh".getBytes(StandardCharsets.UTF_8));
    broker.start();
    guest = new TestGuest(broker.url());
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void aWholeHandshakeDeliversTheResource() throws Exception {
    guest.auth();
    HttpResponse<byte[]> attested = guest.attest();
    HttpResponse<byte[]> answer = guest.resource("default/key/1");

    assertThat(attested.statusCode()).isEqualTo(200);
    assertThat(attested.headers().firstValue("set-cookie").orElseThrow())
        .isEqualTo(
            "kbs-session-id="
                + guest.cookie.orElseThrow()
                + "; Expires=Wed, 25 Feb 2026 11:07:01 GMT");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    assertThat(answer.headers().firstValue("set-cookie")).isEmpty();
    assertThat(answer.body()).hasSize(391 + 11);
    assertThat(guest.open(answer)).asString(StandardCharsets.UTF_8).isEqualTo("shhhhhhh");
    assertThat(broker.journal.appraisals()).singleElement().matches(Appraisal::accepted);
    assertThat(broker.journal.accesses()).singleElement().matches(Access::granted);
  }

  @Test
  void theTokenServesWithoutTheSession() throws Exception {
    String token = guest.handshake();
    guest.cookie = Optional.empty();
    guest.bearer = Optional.of("Bearer " + token);

    assertThat(guest.open(guest.resource("default/key/1")))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("shhhhhhh");
  }

  @Test
  void refusesAMissingUnknownOrForeignCookie() throws Exception {
    guest.auth();
    Attestation message = guest.attestation();

    guest.cookie = Optional.empty();
    assertRefused(guest.attest(message), "cookie not found");
    guest.cookie = Optional.of("0".repeat(32));
    assertRefused(guest.attest(message), "session not found");
    TestGuest other = new TestGuest(broker.url());
    other.auth();
    guest.cookie = other.cookie;
    assertRefused(guest.attest(message), "the nonce in the handshake session is different");
  }

  @Test
  void refusesAnotherNonceAndLeavesTheSessionUsable() throws Exception {
    guest.auth();
    String nonce = guest.nonce;
    guest.nonce = "A".repeat(44);
    assertRefused(guest.attest(), "the nonce in the handshake session is different");

    guest.nonce = nonce;
    assertThat(guest.attest().statusCode()).isEqualTo(200);
  }

  @Test
  void refusesEvidenceForAnotherNonceKeyOrAdditionalEvidence() throws Exception {
    guest.auth();
    RuntimeData data = guest.runtimeData();
    TeeKeyPair otherKey = TeeKeyPair.generate(new SecureRandom());
    RuntimeData stolen = new RuntimeData(guest.nonce, otherKey.publicKey());

    assertEvidenceRefused(Attestation.of(stolen, guest.evidence()));
    assertEvidenceRefused(
        Attestation.of(
            data,
            SampleEvidence.of(new RuntimeData("x", guest.key.publicKey()).reportData(""))
                .toJson()));
    assertEvidenceRefused(new Attestation(Optional.empty(), data, guest.evidence(), "{}"));
    assertThat(guest.attest().statusCode()).isEqualTo(200);
  }

  @Test
  void refusesEvidenceThatIsNone() throws Exception {
    guest.auth();
    ObjectNode broken = (ObjectNode) guest.evidence();
    broken.remove("svn");

    assertThat(guest.attest(Attestation.of(guest.runtimeData(), broken)).statusCode())
        .isEqualTo(401);
    assertThat(broker.journal.appraisals().get(0).refusal().orElseThrow().kind())
        .isEqualTo("EVIDENCE");
  }

  @Test
  void refusesRuntimeDataThatHasNoCanonicalForm() throws Exception {
    guest.auth();
    String x = ((TeePublicKey.Ec) guest.key.publicKey()).x();
    String message = new String(guest.attestation().toJson(), StandardCharsets.UTF_8);
    byte[] halfCharacter = message.replace(x, "\\ud800").getBytes(StandardCharsets.UTF_8);

    assertRefused(guest.send("POST", "/kbs/v0/attest", halfCharacter), "parse runtime data");
  }

  @Test
  void messagesOfNobodyDoNotFillTheJournal() throws Exception {
    guest.auth();
    Attestation large =
        Attestation.of(
            guest.runtimeData(), JsonNodeFactory.instance.stringNode("x".repeat(1_000_000)));
    guest.cookie = Optional.of("0".repeat(32));

    assertRefused(guest.attest(large), "session not found");
    assertThat(broker.journal.appraisals().get(0).evidence().isNull()).isTrue();
  }

  @Test
  void refusesDevicesWithoutAVerifierByName() throws Exception {
    guest.auth();
    String devices = "{\"sampledevice\":{\"svn\":\"2\"}}";
    RuntimeData data = guest.runtimeData();
    Attestation message =
        new Attestation(
            Optional.empty(), data, SampleEvidence.of(data.reportData(devices)).toJson(), devices);

    assertRefused(guest.attest(message), "feature `sampledevice-verifier` is not enabled");
  }

  @Test
  void refusesAnExpiredSession() throws Exception {
    guest.auth();
    broker.clock.advance(Duration.ofSeconds(301));

    assertRefused(guest.attest(), "session expired.");
    assertRefused(guest.attest(), "session not found");
  }

  @Test
  void attestingDoesNotProlongTheSession() throws Exception {
    guest.auth();
    broker.clock.advance(Duration.ofSeconds(290));
    guest.attest();
    broker.clock.advance(Duration.ofSeconds(11));

    assertError(
        guest.resource("default/key/1"), 401, "TokenNotFound", "Attestation Token not found");
  }

  @Test
  void aTokenEndsAfterFiveMinutesAndOneOfLeeway() throws Exception {
    String token = guest.handshake();
    guest.cookie = Optional.empty();
    guest.bearer = Optional.of("Bearer " + token);
    broker.clock.advance(Duration.ofMinutes(6));
    assertThat(guest.resource("default/key/1").statusCode()).isEqualTo(200);

    broker.clock.advance(Duration.ofSeconds(1));
    assertError(guest.resource("default/key/1"), 401, "TokenVerifierError", "Token Verifier error");
  }

  @Test
  void aReplayedMessageFailsInEveryOtherSession() throws Exception {
    guest.auth();
    Attestation recorded = guest.attestation();
    guest.attest(recorded);

    TestGuest thief = new TestGuest(broker.url());
    thief.auth();
    assertRefused(thief.attest(recorded), "the nonce in the handshake session is different");
  }

  @Test
  void anAttestedSessionAnswersWithItsOldToken() throws Exception {
    String token = guest.handshake();

    HttpResponse<byte[]> again =
        guest.attest(Attestation.of(new RuntimeData("x", guest.key.publicKey()), guest.evidence()));

    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(TokenAnswer.parse(again.body()).token()).isEqualTo(token);
    assertThat(broker.journal.appraisals()).hasSize(1);
  }

  @Test
  void sessionsAreLostAtARestart() throws Exception {
    guest.handshake();
    broker.restart();
    TestGuest later = new TestGuest(broker.url());
    later.cookie = guest.cookie;

    assertError(
        later.resource("default/key/1"), 401, "TokenNotFound", "Attestation Token not found");
  }

  @Test
  void causesAreOnlyInTheLog() throws Exception {
    guest.auth();
    guest.attest(
        Attestation.of(
            new RuntimeData(guest.nonce, guest.key.publicKey()),
            SampleEvidence.of(new byte[48]).toJson()));

    assertThat(broker.logText())
        .contains(
            "ERROR kbs::error] AttestationError(RcarAttestFailed { source: verify TEE evidence"
                + " failed\n\nCaused by:\n    0: Verifier evaluate failed");
  }

  @Test
  void emulatedRootsAreNamedOnEveryAttestation() throws Exception {
    broker.close();
    TestBroker emulated = new TestBroker(root);
    emulated.emulatedRoots = Optional.of("CoCoLab emulated, not for production");
    try (emulated) {
      emulated.start();
      for (int i = 0; i < 2; i++) {
        new TestGuest(emulated.url()).handshake();
      }

      assertThat(emulated.log)
          .filteredOn(line -> line.contains("WARN attestation_service] Emulated roots of trust"))
          .hasSize(2);
    }
    assertThat(broker.logText()).doesNotContain("Emulated roots");
  }

  @Test
  void neitherSecretsNorTokensNorSessionsReachTheLogOrTheJournal() throws Exception {
    String token = guest.handshake();
    guest.resource("default/key/1");
    guest.resource("default/none/1");

    String everything = broker.logText() + broker.journal.appraisals() + broker.journal.accesses();
    assertThat(everything)
        .doesNotContain("shhhhhhh", "c2hoaGhoaGg", token, guest.cookie.orElseThrow());
  }

  @Test
  void upstreamProfileLogsAndSignsAsItsReleaseDoes() throws Exception {
    broker.close();
    TestBroker upstream = new TestBroker(root);
    upstream.profile = Profile.upstream();
    try (upstream) {
      upstream.start();
      String token = new TestGuest(upstream.url()).handshake();

      assertThat(upstream.logText())
          .startsWith("2026-02-25T11:02:01.123456Z  INFO kbs: Using config file")
          .contains("Verifier/endorsement check passed. tee=Sample tee_class=\"cpu\"");
      assertThat(Tokens.payload(token).path("iss").asString())
          .isEqualTo("CoCo-Attestation-Service");
    }
  }

  private void assertRefused(HttpResponse<byte[]> answer, String cause) {
    assertError(answer, 401, "AttestationError", FAILED);
    Appraisal last = broker.journal.appraisals().get(broker.journal.appraisals().size() - 1);
    assertThat(last.refusal().orElseThrow().text()).contains(cause);
    assertThat(broker.logText()).contains(cause);
  }

  private void assertEvidenceRefused(Attestation message) throws Exception {
    HttpResponse<byte[]> answer = guest.attest(message);
    assertError(answer, 401, "AttestationError", FAILED);
    Appraisal last = broker.journal.appraisals().get(broker.journal.appraisals().size() - 1);
    assertThat(last.refusal().orElseThrow().reason()).isEqualTo("SAMPLE_REPORT_DATA");
  }
}
