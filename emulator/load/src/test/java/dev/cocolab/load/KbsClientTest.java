package dev.cocolab.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.sample.SampleEvidence;
import dev.cocolab.protocol.TeeKeyPair;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What a client makes of servers that do not do their part. */
class KbsClientTest {
  private static final Optional<String> COOKIE = Optional.of("kbs-session-id=abc; Path=/");
  private static final String ERROR =
      "{\"type\":\"https://github.com/confidential-containers/kbs/errors/RcarAttestFailed\","
          + "\"detail\":\"RCAR handshake Attest failed\"}";

  private static Attempt attest(String url) {
    try (KbsClient client = client(url)) {
      return client.attest();
    }
  }

  private static KbsClient client(String url) {
    LoadPlan plan =
        new LoadPlan(
            KbsAddress.parse(url),
            Tee.SAMPLE,
            1,
            new Demand.Clients(1),
            Duration.ZERO,
            Duration.ofSeconds(1),
            "default/a/b",
            Optional.empty(),
            false,
            Duration.ofMillis(500),
            Path.of("target/no-platform"));
    return new KbsClient(
        plan,
        ServerTrust.of(Optional.empty()),
        reportData -> SampleEvidence.of(reportData).toJson(),
        TeeKeyPair.generate(new SecureRandom()),
        System::nanoTime);
  }

  private static void assertFailed(Attempt attempt, String kind, String words) {
    AttemptFailure failure = attempt.failure().orElseThrow();
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure).hasMessageContaining(words);
  }

  @Test
  void evidenceThatIsRefused() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer()
            .on("/kbs/v0/auth", 200, COOKIE, ScriptedServer.NONCE)
            .on("/kbs/v0/attest", 401, Optional.empty(), ERROR)) {
      Attempt attempt = attest(server.url());
      assertFailed(attempt, "attest_401", "RcarAttestFailed: RCAR handshake Attest failed");
      assertThat(attempt.phases()).containsOnlyKeys(Phase.CONNECT, Phase.AUTH, Phase.EVIDENCE);
    }
  }

  @Test
  void whatIsNoJsonIsQuotedInPart() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer()
            .on("/kbs/v0/auth", 503, Optional.empty(), "<html>\n" + "x".repeat(10_000))) {
      Attempt attempt = attest(server.url());
      assertFailed(attempt, "auth_503", "<html> xxx");
      assertThat(attempt.failure().orElseThrow().getMessage()).hasSizeLessThan(200);
    }
  }

  @Test
  void challengesThatAreNone() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer().on("/kbs/v0/auth", 200, Optional.empty(), ScriptedServer.NONCE)) {
      assertFailed(attest(server.url()), "protocol", "no session cookie");
    }
    try (ScriptedServer server = new ScriptedServer().on("/kbs/v0/auth", 200, COOKIE, "{}")) {
      assertFailed(attest(server.url()), "protocol", "nonce");
    }
  }

  @Test
  void aResourceThatIsNotEncrypted() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer()
            .on("/kbs/v0/auth", 200, COOKIE, ScriptedServer.NONCE)
            .on("/kbs/v0/attest", 200, Optional.empty(), "{\"token\":\"a.b.c\"}")
            .on("/kbs/v0/resource/default/a/b", 200, Optional.empty(), "plain")) {
      assertFailed(attest(server.url()), "protocol", "the resource is no JWE");
    }
  }

  @Test
  void aServerThatIsSilent() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer()
            .on(
                "/kbs/v0/auth",
                exchange -> {
                  try {
                    over.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                })) {
      Attempt attempt = attest(server.url());
      assertFailed(attempt, "timeout", "no answer within the time-out");
      assertThat(Duration.ofNanos(attempt.waited()))
          .as("what was waited in vain counts")
          .isBetween(Duration.ofMillis(400), Duration.ofSeconds(5));
      over.countDown();
    }
  }

  @Test
  void aServerThatHangsUp() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer().on("/kbs/v0/auth", exchange -> exchange.close())) {
      assertFailed(attest(server.url()), "closed", "the server closed the connection");
    }
  }

  /**
   * A kept connection that is closed is tried again on a new one; its time has passed all the same.
   */
  @Test
  void whatWasWaitedOnAConnectionThatIsClosedCounts() throws Exception {
    Duration stall = Duration.ofMillis(300);
    try (ServerSocket server = new ServerSocket(0, 4, InetAddress.getLoopbackAddress());
        KbsClient client = client("http://127.0.0.1:" + server.getLocalPort())) {
      Thread serving =
          new Thread(
              () -> {
                try (Socket kept = server.accept()) {
                  refuse(kept);
                  request(kept);
                  Thread.sleep(stall.toMillis()); // the stall itself
                } catch (IOException | InterruptedException e) {
                  throw new AssertionError(e);
                }
                try (Socket fresh = server.accept()) {
                  refuse(fresh);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      serving.start();
      assertFailed(client.attest(), "auth_401", "");
      Attempt second = client.attest();
      serving.join();

      assertFailed(second, "auth_401", "");
      assertThat(Duration.ofNanos(second.waited())).isGreaterThanOrEqualTo(stall.minusMillis(20));
      assertThat(second.connections()).isEqualTo(1);
    }
  }

  private static void refuse(Socket client) throws IOException {
    request(client);
    client
        .getOutputStream()
        .write(
            "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads up to the end of the body, which is one small object. */
  private static void request(Socket client) throws IOException {
    StringBuilder heard = new StringBuilder();
    while (!heard.toString().matches("(?s).*\r\n\r\n.*}")) {
      int octet = client.getInputStream().read();
      if (octet < 0) {
        throw new EOFException("no whole request: " + heard);
      }
      heard.append((char) octet);
    }
  }

  @Test
  void noServer() throws Exception {
    int port = freePort();
    assertFailed(attest("http://127.0.0.1:" + port), "connect", "refused");
    assertFailed(
        attest("http://no-such-host.invalid"), "connect", "there is no host no-such-host.invalid");
  }

  @Test
  void aServerWithoutTls() throws Exception {
    try (PlainServer server = new PlainServer()) {
      Attempt attempt = attest("https://127.0.0.1:" + server.port());
      assertThat(attempt.failure().orElseThrow().kind()).isEqualTo("tls");
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
