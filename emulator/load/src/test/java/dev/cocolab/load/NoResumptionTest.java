package dev.cocolab.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.Tee;
import dev.cocolab.protocol.TeeKeyPair;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each connection makes a whole TLS handshake: what a relay sees of its first record. */
@Timeout(60)
class NoResumptionTest {
  private static final int PRE_SHARED_KEY = 41;
  private static final int SUPPORTED_VERSIONS = 43;

  private final List<Set<Integer>> hellos = new CopyOnWriteArrayList<>();

  @TempDir private Path folder;

  @Test
  void noConnectionOffersASessionOfAnother() throws Exception {
    try (TestKbs kbs = new TestKbs(folder);
        ServerSocket relay = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      Thread relaying = new Thread(() -> relay(relay, kbs.port()), "relay");
      relaying.setDaemon(true);
      relaying.start();
      LoadPlan plan =
          new LoadPlan(
              KbsAddress.parse("https://127.0.0.1:" + relay.getLocalPort()),
              Tee.SAMPLE,
              1,
              new Demand.Clients(1),
              Duration.ZERO,
              Duration.ofSeconds(1),
              TestKbs.RESOURCE,
              Optional.of(Files.readString(folder.resolve("etc/https-cert/certificate"))),
              true,
              Duration.ofSeconds(10),
              folder);
      SecureRandom random = new SecureRandom();
      EvidenceSource evidence =
          EvidenceSource.of(Tee.SAMPLE, 1, 1, folder, random, Clock.systemUTC()).get(0);
      try (KbsClient client =
          new KbsClient(
              plan,
              ServerTrust.of(plan.caPem()),
              evidence,
              TeeKeyPair.generate(random),
              System::nanoTime)) {
        for (int i = 0; i < 3; i++) {
          assertThat(client.attest().failure()).isEmpty();
        }
      }

      assertThat(hellos).hasSize(3);
      assertThat(hellos)
          .allSatisfy(
              extensions ->
                  assertThat(extensions)
                      .contains(SUPPORTED_VERSIONS)
                      .doesNotContain(PRE_SHARED_KEY));
    }
  }

  private void relay(ServerSocket listener, int port) {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
        DataInputStream in = new DataInputStream(client.getInputStream());
        byte[] header = in.readNBytes(5);
        byte[] hello = in.readNBytes(ByteBuffer.wrap(header).getShort(3) & 0xffff);
        hellos.add(extensions(ByteBuffer.wrap(hello)));
        server.getOutputStream().write(header);
        server.getOutputStream().write(hello);
        copy(client, server);
        copy(server, client);
      }
    } catch (IOException e) {
      // the test has ended
    }
  }

  private static void copy(Socket from, Socket to) {
    Thread thread =
        new Thread(
            () -> {
              try (from;
                  to) {
                from.getInputStream().transferTo(to.getOutputStream());
              } catch (IOException e) {
                // one side has closed
              }
            },
            "relay-copy");
    thread.setDaemon(true);
    thread.start();
  }

  /** The types of a ClientHello's extensions (RFC 8446, section 4.1.2). */
  private static Set<Integer> extensions(ByteBuffer hello) {
    hello.position(1 + 3 + 2 + 32);
    hello.position(hello.position() + 1 + (hello.get(hello.position()) & 0xff));
    hello.position(hello.position() + 2 + (hello.getShort(hello.position()) & 0xffff));
    hello.position(hello.position() + 1 + (hello.get(hello.position()) & 0xff));
    hello.getShort();
    Set<Integer> types = new HashSet<>();
    while (hello.hasRemaining()) {
      types.add(hello.getShort() & 0xffff);
      hello.position(hello.position() + 2 + (hello.getShort(hello.position()) & 0xffff));
    }
    return types;
  }
}
