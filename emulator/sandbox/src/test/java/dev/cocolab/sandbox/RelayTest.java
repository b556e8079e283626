package dev.cocolab.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.sandbox.SandboxFixture.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RelayTest {
  private static final String UPPER =
      "exec 3<>/dev/tcp/127.0.0.1/8006; echo ping >&3; head -n 1 <&3";

  private static final String COUNT = "exec 3<>/dev/tcp/127.0.0.1/8006; head -c 1000 <&3 | wc -c";

  private SandboxFixture lab;

  @BeforeAll
  void open() throws IOException {
    lab = SandboxFixture.open();
  }

  @AfterAll
  void close() {
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void leadsFromThePodToATcpServer() throws IOException {
    try (ServerSocket server = server();
        UnixRelay relay = relay("out1", server);
        PodSandbox pod = lab.pod(new Forward("127.0.0.1", 8006, relay.socket()))) {
      CompletableFuture<Void> serving = CompletableFuture.runAsync(() -> answerOnce(server));
      Outcome outcome = SandboxFixture.outcome(pod.start(bash(UPPER)));

      assertThat(outcome.out()).isEqualTo("PING\n");
      serving.join();
    }
  }

  @Test
  void servesOthersWhileOnePeerDoesNotRead() throws IOException {
    try (ServerSocket server = server();
        UnixRelay relay = relay("out2", server);
        PodSandbox pod = lab.pod(new Forward("127.0.0.1", 8006, relay.socket()))) {
      SandboxContainer slow =
          pod.start(bash("exec 3<>/dev/tcp/127.0.0.1/8006; echo open; sleep 100"));
      assertThat(SandboxFixture.line(slow.stdout())).isEqualTo("open");
      try (Socket flooded = server.accept()) {
        CompletableFuture<Void> flood = CompletableFuture.runAsync(() -> flood(flooded));
        CompletableFuture<Void> serving = CompletableFuture.runAsync(() -> answerOnce(server));
        Outcome outcome = SandboxFixture.outcome(pod.start(bash(UPPER)));

        assertThat(outcome.out()).isEqualTo("PING\n");
        assertThat(flood).as("the slow peer holds back its own sender").isNotDone();
        serving.join();
      }
    }
  }

  @Test
  void carriesLargeAnswersWholeAndPassesOnTheEnd() throws IOException {
    try (ServerSocket server = server();
        UnixRelay relay = relay("out3", server);
        PodSandbox pod = lab.pod(new Forward("127.0.0.1", 80, relay.socket()))) {
      CompletableFuture<Void> serving =
          CompletableFuture.runAsync(
              () -> {
                try (Socket socket = server.accept();
                    OutputStream out = socket.getOutputStream()) {
                  for (int block = 0; block < 300; block++) {
                    out.write(new byte[65536]);
                  }
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      Outcome outcome =
          SandboxFixture.outcome(
              pod.start(
                  bash("exec 3<>/dev/tcp/127.0.0.1/80; cat <&3 > /dev/shm/f; ls -ln /dev/shm/f")));

      serving.join();
      assertThat(outcome.out()).contains(" " + 300 * 65536 + " ");
    }
  }

  @Test
  void connectsIntoThePod() throws IOException {
    String program =
        "socket(S,2,1,0); bind(S,pack('S n C4 x8',2,8080,0,0,0,0)); listen(S,5); $|=1;"
            + " print \"ready\\n\"; while (accept(C,S)) { $l=<C>; syswrite C,uc $l; close C }";
    try (PodSandbox pod = lab.pod()) {
      SandboxContainer container =
          pod.start(ContainerSpec.of("c", List.of(lab.layer()), List.of("perl", "-e", program)));
      assertThat(SandboxFixture.line(container.stdout())).isEqualTo("ready");

      assertThat(ask(pod, 8080, "hello\n")).isEqualTo("HELLO\n");
      InetSocketAddress address = free("127.0.0.1");
      pod.publish(address, 8080);
      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
        socket.getOutputStream().write("again\n".getBytes(StandardCharsets.UTF_8));
        assertThat(SandboxFixture.line(socket.getInputStream())).isEqualTo("AGAIN");
      }
    }
  }

  @Test
  void doesNotPublishWhatListensAtTheLoopbackAddressAlone() throws IOException {
    try (ServerSocket server = server();
        UnixRelay relay = relay("api", server);
        PodSandbox pod = lab.pod(new Forward("127.0.0.1", 8006, relay.socket()))) {
      Thread serving = new Thread(() -> answerAndHangUp(server), "answers");
      serving.setDaemon(true);
      serving.start();
      InetSocketAddress address = free("127.77.88.99");
      pod.publish(address, 8006);

      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
        socket.setSoTimeout(10_000);
        assertThat(readToEnd(socket)).isEmpty();
      }
      assertThat(SandboxFixture.outcome(pod.start(bash(COUNT))).out())
          .as("inside the pod it answers")
          .isNotEqualTo("0\n");
    }
  }

  private static byte[] readToEnd(Socket socket) throws IOException {
    try {
      return socket.getInputStream().readAllBytes();
    } catch (SocketException reset) {
      return new byte[0];
    }
  }

  @Test
  void closesTheConnectionWhenTheTargetIsAway() throws IOException {
    ServerSocket server = server();
    try (UnixRelay relay = relay("out4", server);
        PodSandbox pod = lab.pod(new Forward("127.0.0.1", 8006, relay.socket()))) {
      server.close();

      assertThat(SandboxFixture.outcome(pod.start(bash(UPPER))).out()).isEmpty();
    }
  }

  @Test
  void outlivesCallersThatGoAwayInTheMiddle() throws IOException {
    String rude =
        "for i in {1..40}; do { exec 3<>/dev/tcp/127.0.0.1/8006; echo ping >&3; exec 3>&-; } &"
            + " done; wait; echo done";
    try (ServerSocket server = server();
        UnixRelay relay = relay("out5", server);
        PodSandbox pod = lab.pod(new Forward("127.0.0.1", 8006, relay.socket()))) {
      Thread serving = new Thread(() -> answerAndHangUp(server), "hangs-up");
      serving.setDaemon(true);
      serving.start();

      assertThat(SandboxFixture.outcome(pod.start(bash(rude))).out()).isEqualTo("done\n");
      assertThat(SandboxFixture.outcome(pod.start(bash("echo alive"))).out())
          .as("the pod lives on")
          .isEqualTo("alive\n");
    }
  }

  @Test
  void refusesASocketPathThatTheKernelWouldCutOff() {
    Path path = Path.of("/tmp/" + "x".repeat(103));

    assertThatThrownBy(
            () ->
                UnixRelay.listen(
                    path, () -> new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)))
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> assertThat(e.reason()).isEqualTo(SandboxException.Reason.SOCKET_PATH_TOO_LONG))
        .hasMessageContaining(path.toString())
        .hasMessageContaining("TMPDIR");
  }

  private ContainerSpec bash(String script) {
    return ContainerSpec.of("c", List.of(lab.layer()), List.of("bash", "-c", script));
  }

  private UnixRelay relay(String name, ServerSocket server) {
    InetSocketAddress target =
        new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    return UnixRelay.listen(lab.host().runtimeDirectory().resolve(name), () -> target);
  }

  private static InetSocketAddress free(String address) throws IOException {
    try (ServerSocket reserved = new ServerSocket(0, 1, InetAddress.getByName(address))) {
      return new InetSocketAddress(address, reserved.getLocalPort());
    }
  }

  private static ServerSocket server() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static void answerOnce(ServerSocket server) {
    try (Socket socket = server.accept()) {
      String line = SandboxFixture.line(socket.getInputStream());
      socket
          .getOutputStream()
          .write((line.toUpperCase(Locale.ROOT) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Answers with more than fits into the buffers and closes with a reset. */
  private static void answerAndHangUp(ServerSocket server) {
    byte[] answer = new byte[300_000];
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        socket.setSoLinger(true, 0);
        socket.getOutputStream().write(answer);
      } catch (IOException e) {
        // The caller has gone, or the test has ended; the next one is served.
      }
    }
  }

  private static void flood(Socket socket) {
    try {
      OutputStream out = socket.getOutputStream();
      byte[] block = new byte[65536];
      while (!socket.isClosed()) {
        out.write(block);
      }
    } catch (IOException e) {
      // The test ends by closing the socket.
      assertThat(socket.isClosed()).isTrue();
    }
  }

  private static String ask(PodSandbox pod, int port, String text) throws IOException {
    try (SocketChannel channel = pod.connect("localhost", port, Duration.ofSeconds(10))) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      ByteBuffer answer = ByteBuffer.allocate(100);
      while (channel.read(answer) >= 0 && answer.hasRemaining()) {
        if (answer.position() > 0 && answer.get(answer.position() - 1) == '\n') {
          break;
        }
      }
      return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
    }
  }
}
