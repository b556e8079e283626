package dev.cocolab.node.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.node.forward.ForwardFixture.Client;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames as bytes: SPDY Protocol, draft 3.1, 2.2 and 2.6. */
class SpdyForwardTest {
  /** What kubectl 1.32.4 writes for its first connection to port 9999, one piece a write. */
  private static final List<String> RECORDED =
      List.of(
          "8003",
          "0001",
          "0000003e",
          "00000001",
          "00000000",
          "00",
          "00",
          "78f9e3c6a7c202253a703a2b294a4dcc851625aca9a0808614cb45e01c60696969c9c0c0c0590489c64c50f2"
              + "663400000000ffff",
          "00000001",
          "01000000",
          "8003",
          "0001",
          "0000001c",
          "00000003",
          "00000000",
          "00",
          "00",
          "826ac61445350e543225a29b06000000ffff");

  private static final String REPLY_1 = "800300020000[0-9a-f]{4}00000001[0-9a-f]+?";
  private static final String REPLY_3 = "800300020000[0-9a-f]{4}00000003[0-9a-f]+?";
  private static final String END_1 = "0000000101000000";
  private static final String END_3 = "0000000301000000";

  private ForwardFixture fixture;
  private Client client;

  @BeforeEach
  void open() throws Exception {
    fixture = new ForwardFixture(ForwardFixture.limits());
    client = fixture.connect("/portForward/default/pod", SpdyForward.PROTOCOL);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String data(int stream, int flags, String text) {
    return "%08x%02x%06x%s".formatted(stream, flags, text.length(), hex(text));
  }

  private void awaitMatch(String pattern) {
    Supplier<String> received = client::received;
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(received.get()).matches(pattern));
  }

  private Socket connected() throws Exception {
    RECORDED.forEach(client::send);
    Socket pod = fixture.accept();
    awaitMatch(REPLY_1 + REPLY_3);
    return pod;
  }

  private void ping(int id) {
    client.send("8003000600000004%08x".formatted(id));
  }

  @Test
  void carriesWhatKubectlSendsAndThePodAnswers() throws Exception {
    try (Socket pod = connected()) {
      client.send("0000000300000005" + hex("hello"));
      assertThat(pod.getInputStream().readNBytes(5))
          .isEqualTo("hello".getBytes(StandardCharsets.US_ASCII));
      client.send(data(3, 0, "who").substring(0, 11 * 2 - 2));
      client.send(hex("o"));
      assertThat(pod.getInputStream().readNBytes(3))
          .isEqualTo("who".getBytes(StandardCharsets.US_ASCII));
      pod.getOutputStream().write("it is me".getBytes(StandardCharsets.US_ASCII));
    }
    awaitMatch(REPLY_1 + REPLY_3 + data(3, 0, "it is me") + END_1 + END_3);
    ping(1);
    awaitMatch(".*" + END_3 + "800300060000000400000001");
  }

  @Test
  void tellsOnTheErrorStreamWhyThereIsNoConnection() {
    fixture.refusal = Optional.of("no way there");
    RECORDED.forEach(client::send);

    awaitMatch(
        REPLY_1
            + REPLY_3
            + data(
                1,
                1,
                "error forwarding port 9999 to pod "
                    + ForwardFixture.SANDBOX
                    + ", uid : no way there")
            + END_3);
  }

  @Test
  void theEndOfTheClientsDirectionLeavesTheOther() throws Exception {
    try (Socket pod = connected()) {
      client.send(data(3, 1, "last"));
      assertThat(pod.getInputStream().readAllBytes())
          .isEqualTo("last".getBytes(StandardCharsets.US_ASCII));
      pod.getOutputStream().write("late".getBytes(StandardCharsets.US_ASCII));
      awaitMatch(REPLY_1 + REPLY_3 + data(3, 0, "late"));
      awaitMatch(".*" + data(3, 0, "late") + END_1 + END_3);
      assertThat(pod.isClosed()).as("the pod was silent too long").isFalse();
    }
  }

  @Test
  void aResetEndsTheConnectionWithoutAWord() throws Exception {
    try (Socket pod = connected()) {
      client.send("80030003000000080000000300000005");

      assertThat(pod.getInputStream().read()).isEqualTo(-1);
      ping(3);
      awaitMatch(REPLY_1 + REPLY_3 + "800300060000000400000003");
    }
  }

  @Test
  void goingAwayWaitsForTheLastConnection() throws Exception {
    try (Socket pod = connected()) {
      client.send("80030007000000080000000000000000");
      pod.getOutputStream().write(1);
    }
    assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo((short) 1000);
    assertThat(client.received()).endsWith(END_1 + END_3);
  }

  @Test
  void givesBackTheWindowOfWhatThePodHasTaken() throws Exception {
    try (Socket pod = connected()) {
      String block = "x".repeat(10_000);
      for (int i = 0; i < 20; i++) {
        client.send(data(3, 0, block));
      }
      assertThat(pod.getInputStream().readNBytes(200_000)).hasSize(200_000);
      Awaitility.await()
          .until(
              () ->
                  Pattern.compile("800300090000000800000003([0-9a-f]{8})")
                      .matcher(client.received())
                      .results()
                      .mapToInt(update -> Integer.parseInt(update.group(1), 16))
                      .sum(),
              sum -> sum > 200_000 - 32 * 1024 && sum <= 200_000);
    }
  }

  @Test
  void answersPingsOfTheClientOnly() {
    ping(2);
    ping(7);

    awaitMatch("800300060000000400000007");
  }

  @ParameterizedTest
  @ValueSource(strings = {"8002000100000000", "80030001000000040000"})
  void closesOnWhatIsNoSpdy(String hex) throws Exception {
    client.send(hex + "00".repeat(20));

    assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo((short) 1002);
    assertThat(client.received()).isEqualTo("80030007000000080000000000000001");
  }

  @ParameterizedTest
  @CsvSource({
    "2, 80, data, 00000001",
    "1, 0, data, 00000005",
    "1, 65536, data, 00000005",
    "1, x, data, 00000005",
    "1, '', data, 00000005",
    "1, 80, '', 00000005",
    "1, 80, other, 00000005",
    "1, 80, data, 00000005"
  })
  void resetsStreamsThatLeadNowhere(int id, String port, String type, String status) {
    try (SpdyFrames frames = new SpdyFrames()) {
      DefaultSpdySynStreamFrame opening = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
      opening.headers().set("port", port).set("streamtype", type).set("requestid", "0");
      client.socket.writeBinaryMessage(frames.write(opening));
    }
    // the last case is a stream to which no second one comes
    awaitMatch("(.*)8003000300000008%08x%s".formatted(id, status));
  }

  @Test
  void refusesMoreConnectionsThanItAllows() throws Exception {
    try (Socket first = connected();
        SpdyFrames frames = new SpdyFrames()) {
      // The session's compression has state, so further streams need a session of their own.
      Client other = fixture.connect("/portForward/default/pod", SpdyForward.PROTOCOL);
      int id = -1;
      for (int connection = 0; connection < 3; connection++) {
        for (String type : List.of("error", "data")) {
          id += 2;
          DefaultSpdySynStreamFrame opening = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
          opening.headers().set("port", "80").set("streamtype", type);
          opening.headers().set("requestid", Integer.toString(connection));
          other.socket.writeBinaryMessage(frames.write(opening));
        }
      }
      Awaitility.await()
          .until(
              other::received,
              text ->
                  text.endsWith(
                      "8003000300000008000000090000000380030003000000080000000b00000003"));
      assertThat(first.isConnected()).isTrue();
    }
  }

  @Test
  void givesUpAConnectionWhosePodTakesNothingForTooLong() throws Exception {
    ForwardLimits usual = ForwardFixture.limits();
    ForwardLimits impatient =
        new ForwardLimits(
            2,
            usual.waitingBytes(),
            Duration.ofMillis(200),
            usual.ping(),
            usual.linger(),
            usual.pairing());
    try (ForwardFixture other = new ForwardFixture(impatient)) {
      client = other.connect("/portForward/default/pod", SpdyForward.PROTOCOL);
      RECORDED.forEach(client::send);
      try (Socket pod = other.accept()) {
        for (int i = 0; i < 1000; i++) {
          client.send(data(3, 0, "x".repeat(30_000)));
        }
        ping(9);

        awaitMatch(".*" + END_1 + END_3 + ".*800300060000000400000009");
        assertThat(pod.isConnected()).isTrue();
      }
    }
  }

  @Test
  void holdsUpAClientWhosePodDoesNotReadAndSeesThatHeGoes() throws Exception {
    try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), fixture.port())) {
      raw.getOutputStream()
          .write(
              ("GET /portForward/default/pod HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                      + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                      + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                      + "Sec-WebSocket-Protocol: "
                      + SpdyForward.PROTOCOL
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      StringBuilder head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        head.append((char) raw.getInputStream().read());
      }
      assertThat(head).startsWith("HTTP/1.1 101 ");
      for (String piece : RECORDED) {
        raw.getOutputStream().write(masked(piece));
      }
      try (Socket pod = fixture.accept()) {
        AtomicLong written = new AtomicLong();
        Thread writer = new Thread(() -> flood(raw, written), "floods");
        writer.setDaemon(true);
        writer.start();
        Awaitility.await()
            .during(Duration.ofMillis(300))
            .until(written::get, new Unchanged<>()::test);
        raw.close();

        Awaitility.await().atMost(Duration.ofSeconds(10)).until(SpdyForwardTest::nothingIsServed);
        assertThat(pod.getInputStream().readAllBytes().length).isLessThan((int) written.get());
      }
    }
  }

  /** Kernels keep some of what is sent; there is an end when nothing moves. */
  private static final class Unchanged<T> {
    private T before;

    boolean test(T now) {
      boolean same = now.equals(before);
      before = now;
      return same;
    }
  }

  private static void flood(Socket socket, AtomicLong written) {
    byte[] block = masked(data(3, 0, "x".repeat(30_000)));
    try {
      while (true) {
        socket.getOutputStream().write(block);
        written.addAndGet(block.length);
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  /** A binary message of a client whose mask is 0 (RFC 6455, 5.2). */
  private static byte[] masked(String hex) {
    byte[] payload = HexFormat.of().parseHex(hex);
    boolean small = payload.length < 126;
    ByteBuffer frame = ByteBuffer.allocate(payload.length + (small ? 6 : 8)).put((byte) 0x82);
    if (small) {
      frame.put((byte) (0x80 | payload.length));
    } else {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    }
    return frame.putInt(0).put(payload).array();
  }

  private static boolean nothingIsServed() {
    return Thread.getAllStackTraces().values().stream()
        .flatMap(Arrays::stream)
        .noneMatch(frame -> frame.getClassName().equals(ForwardedConnection.class.getName()));
  }
}
