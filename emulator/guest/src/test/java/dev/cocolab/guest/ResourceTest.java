package dev.cocolab.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.azure.AzSnpVtpmEvidence;
import dev.cocolab.evidence.tpm.TpmsAttest;
import dev.cocolab.guest.GuestException.Reason;
import dev.cocolab.protocol.Attestation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Resources from a broker over HTTPS: counts, retries, refusals. */
class ResourceTest {

  private static final String KEY = "kbs:///default/fraud-dataset/dataset_key";
  private static final byte[] VALUE =
      "0123456789-top-secret-dataset-key".getBytes(StandardCharsets.UTF_8);

  @TempDir Path directory;
  private GuestFixture fixture;
  private ScriptedBroker broker;

  @BeforeEach
  void start() throws Exception {
    fixture = new GuestFixture(directory);
    broker = fixture.broker;
    broker.resources.put("default/fraud-dataset/dataset_key", VALUE);
  }

  @AfterEach
  void stop() throws Exception {
    assertThat(broker.problems).isEmpty();
    fixture.assertNoSecretsIn(fixture.log);
    fixture.close();
  }

  private GuestVm boot() {
    return fixture.bootWith("", "");
  }

  @Test
  void aGrantedReadCostsOneHandshakeAndOneGet() {
    try (GuestVm guest = boot()) {
      assertThat(guest.resource(KEY)).isEqualTo(VALUE);
      assertThat(broker.log)
          .containsExactly(
              "POST /kbs/v0/auth",
              "POST /kbs/v0/attest",
              "GET /kbs/v0/resource/default/fraud-dataset/dataset_key");

      assertThat(guest.resource("kbs://ignored.example:1/default/fraud-dataset/dataset_key"))
          .isEqualTo(VALUE);
      assertThat(broker.log).hasSize(6);
    }
    Attestation first = broker.attestations.get(0);
    assertThat(first.runtimeData().teePublicKey())
        .isNotEqualTo(broker.attestations.get(1).runtimeData().teePublicKey());
  }

  @Test
  void theEvidenceIsBoundToNonceAndKeyAndCarriesInitdata() {
    try (GuestVm guest = boot()) {
      guest.resource(KEY);
    }
    Attestation attestation = broker.attestations.get(0);
    AzSnpVtpmEvidence evidence = AzSnpVtpmEvidence.parse(attestation.primaryEvidence());

    assertThat(attestation.additionalEvidence()).isEmpty();
    assertThat(TpmsAttest.parse(evidence.quote().message()).extraData())
        .isEqualTo(attestation.runtimeData().reportData(""));
    byte[] pcr8 = GuestFixture.initdata(fixture.agentToml(), fixture.hubToml(""), "").pcr8();
    assertThat(fixture.hardware.pcrs().value(8)).isEqualTo(pcr8);
  }

  @Test
  void aDeniedReadCostsFourHandshakesAndThreeGets() {
    broker.script =
        request -> {
          if (request.path().startsWith("/kbs/v0/resource")) {
            ScriptedBroker.refuse(request, "PolicyDeny", "Access denied by policy");
            return true;
          }
          return false;
        };
    try (GuestVm guest = boot()) {
      GuestException e = refusal(guest);
      assertThat(e.reason()).isEqualTo(Reason.RESOURCE);
      assertThat(e).hasMessageContaining("request unauthorized: " + GuestFixture.URL);
    }
    assertThat(broker.count("POST /kbs/v0/auth")).isEqualTo(4);
    assertThat(broker.count("POST /kbs/v0/attest")).isEqualTo(4);
    assertThat(broker.count("GET")).isEqualTo(3);
    assertThat(fixture.pauses).isEmpty();
    assertThat(fixture.log).anyMatch(line -> line.contains("PolicyDeny: Access denied by policy"));
  }

  @Test
  void notFoundAndOtherAnswersAreFinal() {
    for (int status : new int[] {404, 500}) {
      broker.log.clear();
      broker.script =
          request -> {
            if (request.path().startsWith("/kbs/v0/resource")) {
              request.response().setStatusCode(status).end("none");
              return true;
            }
            return false;
          };
      try (GuestVm guest = boot()) {
        assertThat(refusal(guest))
            .hasMessageContaining(
                status == 404 ? "KBS resource Not Found (Error 404)" : "KBS internal error");
      }
      assertThat(broker.log).hasSize(3);
    }
  }

  @Test
  void a401WithoutErrorInformationIsFinal() {
    broker.script =
        request -> {
          if (request.path().startsWith("/kbs/v0/resource")) {
            request.response().setStatusCode(401).end("<html>");
            return true;
          }
          return false;
        };
    try (GuestVm guest = boot()) {
      assertThat(refusal(guest)).hasMessageContaining("no error information");
    }
    assertThat(broker.log).hasSize(3);
  }

  @Test
  void aRefusedAttestationIsTriedFiveTimesOneSecondApart() {
    broker.script =
        request -> {
          if (request.path().equals("/kbs/v0/attest")) {
            ScriptedBroker.refuse(
                request, "AttestationError", "Attestation error: RCAR handshake Attest failed");
            return true;
          }
          return false;
        };
    try (GuestVm guest = boot()) {
      assertThat(refusal(guest))
          .hasMessageContaining("RCAR handshake retried 5 times. Final attempt failed with: ")
          .hasMessageContaining("RCAR handshake Attest failed");
    }
    assertThat(broker.count("POST /kbs/v0/auth")).isEqualTo(5);
    assertThat(broker.count("GET")).isZero();
    assertThat(fixture.pauses).hasSize(4).containsOnly(Duration.ofSeconds(1));
  }

  @Test
  void aPassingFaultIsOvercome() {
    broker.script =
        request -> {
          if (broker.log.size() <= 2) {
            request.response().setStatusCode(503).end("starting");
            return true;
          }
          return false;
        };
    try (GuestVm guest = boot()) {
      assertThat(guest.resource(KEY)).isEqualTo(VALUE);
    }
    assertThat(fixture.pauses).hasSize(2);
  }

  @Test
  void anAnswerForAnotherKeyDoesNotOpen() {
    var stranger = dev.cocolab.protocol.TeeKeyPair.generate(new java.security.SecureRandom());
    broker.script =
        request -> {
          if (request.path().startsWith("/kbs/v0/resource")) {
            var sealed =
                dev.cocolab.protocol.Jwe.seal(
                    stranger.publicKey(), VALUE, new java.security.SecureRandom());
            request.response().end(io.vertx.core.buffer.Buffer.buffer(sealed.toJson()));
            return true;
          }
          return false;
        };
    try (GuestVm guest = boot()) {
      assertThat(refusal(guest)).hasMessageContaining("decrypt the answer");
    }
  }

  @Test
  void aBrokerThatIsDownIsNamed() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      fixture.hosts.put(
          "kbs.example",
          new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort()));
    }
    try (GuestVm guest = boot()) {
      assertThat(refusal(guest)).hasMessageContaining("(" + GuestFixture.URL + "/kbs/v0/auth)");
    }
    assertThat(fixture.pauses).hasSize(4);
  }

  @Test
  void aNameThatTheResolverDoesNotKnowIsNeverLookedUp() {
    fixture.hosts.remove("kbs.example");

    try (GuestVm guest = boot()) {
      assertThat(refusal(guest)).hasMessageContaining("there is no host kbs.example");
    }
  }

  @Test
  void aSilentBrokerIsGivenUpWithinThirtySecondsAndNamed() {
    broker.script = request -> true;
    AtomicLong now = new AtomicLong();
    fixture.clock =
        new Clock() {
          @Override
          public Instant instant() {
            // After the first look nearly all of the time is over, so that the real wait is short.
            return Instant.EPOCH.plusMillis(now.getAndAdd(100) == 0 ? 0 : 24_500 + now.get());
          }

          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        };
    try (GuestVm guest = boot()) {
      assertThat(refusal(guest))
          .hasMessageContaining("(" + GuestFixture.URL + "/kbs/v0/auth): no answer within");
    }
    assertThat(broker.log).containsExactly("POST /kbs/v0/auth");
    assertThat(fixture.pauses).isEmpty();
    assertThat(Deadline.TOTAL).isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void theBrokersNameMustBeInItsCertificateAndTheCertificateTrusted() {
    String elsewhere = fixture.agentToml().replace("kbs.example", "other.example");
    fixture.hosts.put("other.example", fixture.hosts.get("kbs.example"));
    try (GuestVm guest =
        fixture.boot(Optional.of(GuestFixture.initdata(elsewhere, fixture.hubToml(""), "")))) {
      assertThat(refusal(guest)).hasMessageContaining("other.example");
    }
    String untrusting = "[token_configs.kbs]\nurl = '" + GuestFixture.URL + "'\n";
    try (GuestVm guest =
        fixture.boot(Optional.of(GuestFixture.initdata(untrusting, fixture.hubToml(""), "")))) {
      assertThat(refusal(guest)).hasMessageContaining("error sending request for url");
    }
    assertThat(broker.log).isEmpty();
  }

  @Test
  void withoutABrokerNothingIsDelivered() {
    try (GuestVm guest = fixture.boot(Optional.empty())) {
      assertThat(refusal(guest).reason()).isEqualTo(Reason.RESOURCE);
    }
    String unknown = fixture.hubToml("").replace("cc_kbc", "other_kbc");
    try (GuestVm guest =
        fixture.boot(Optional.of(GuestFixture.initdata(fixture.agentToml(), unknown, "")))) {
      assertThat(refusal(guest).reason()).isEqualTo(Reason.KBS_CLIENT);
    }
    String noCertificate = fixture.hubToml("").replaceAll("(?s)kbs_cert = .*", "kbs_cert = ''\n");
    try (GuestVm guest =
        fixture.boot(Optional.of(GuestFixture.initdata(fixture.agentToml(), noCertificate, "")))) {
      assertThat(refusal(guest).reason()).isEqualTo(Reason.KBS_CLIENT);
    }
  }

  private static GuestException refusal(GuestVm guest) {
    GuestException e = catchThrowableOfType(GuestException.class, () -> guest.resource(KEY));
    assertThat(e).isNotNull();
    return e;
  }
}
