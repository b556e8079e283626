package dev.cocolab.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InboundConnectionTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /**
   * 8080 answers in capitals, 8081 says "bye" and closes, 8082 closes without a word, 8083 never
   * closes and prints what it gets, 8084 hears only 127.0.0.1, 8085 only ::1.
   */
  private static final String SERVERS =
      """
      $| = 1;
      sub on { my ($port, @ip) = @_; my $s; socket($s, 2, 1, 0); setsockopt($s, 1, 2, 1);
        bind($s, pack('S n C4 x8', 2, $port, @ip)) or die; listen($s, 50) or die; return $s; }
      my @any = (0, 0, 0, 0);
      my ($upper, $bye, $mute, $deaf) = map { on($_, @any) } 8080 .. 8083;
      my $near = on(8084, 127, 0, 0, 1);
      my $six; socket($six, 10, 1, 0);
      bind($six, pack('S n N a16 N', 10, 8085, 0, "\\0" x 15 . "\\1", 0)) or print "no IPv6\\n";
      listen($six, 5);
      print "ready\\n";
      for my $s ($upper, $near, $six) { next if fork();
        while (accept(my $c, $s)) { my $l = <$c>; syswrite $c, uc $l; close $c } exit }
      if (!fork()) { while (accept(my $c, $bye)) { syswrite $c, "bye"; close $c } exit }
      if (!fork()) { while (accept(my $c, $mute)) { close $c } exit }
      while (accept(my $c, $deaf)) { print "open\\n";
        while (sysread($c, my $b, 999)) { print "got $b\\n" } print "end\\n"; syswrite $c, "late";
        $SIG{PIPE} = 'IGNORE'; 1 while sleep(1) < 5 && defined syswrite($c, "x"); print "gone\\n"; }
      """;

  private SandboxFixture lab;
  private PodSandbox pod;
  private SandboxContainer container;

  @BeforeAll
  void open() throws IOException {
    lab = SandboxFixture.open();
    pod = lab.pod();
    container =
        pod.start(ContainerSpec.of("c", List.of(lab.layer()), List.of("perl", "-e", SERVERS)));
    assertThat(SandboxFixture.line(container.stdout())).isEqualTo("ready");
  }

  @AfterAll
  void close() {
    if (lab != null) {
      pod.close();
      lab.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 8080",
    "127.7.8.9, 8080",
    "localhost, 8084",
    "127.0.0.1, 8084",
    "localhost, 8085"
  })
  void speaksWithWhoListens(String host, int port) throws IOException {
    try (SocketChannel channel = pod.connect(host, port, LIMIT)) {
      channel.write(ByteBuffer.wrap("hello\n".getBytes(StandardCharsets.UTF_8)));

      assertThat(rest(channel)).isEqualTo("HELLO\n");
    }
  }

  @ParameterizedTest
  @CsvSource({"localhost, 9999", "127.7.8.9, 9999", "127.7.8.9, 8084", "127.0.0.1, 8085"})
  void saysThatNobodyListens(String host, int port) {
    assertThatThrownBy(() -> pod.connect(host, port, LIMIT))
        .isInstanceOf(ConnectException.class)
        .hasMessage("connection refused");
  }

  @Test
  void anEndAtOnceIsNoRefusal() throws IOException {
    try (SocketChannel mute = pod.connect("localhost", 8082, LIMIT);
        SocketChannel bye = pod.connect("localhost", 8081, LIMIT)) {
      assertThat(rest(mute)).isEmpty();
      assertThat(rest(bye)).isEqualTo("bye");
    }
  }

  @Test
  void theEndOfInputLeavesTheAnswerOpenAndTheCloseEndsBoth() throws IOException {
    SocketChannel channel = pod.connect("localhost", 8083, LIMIT);
    channel.write(ByteBuffer.wrap("last".getBytes(StandardCharsets.UTF_8)));
    channel.shutdownOutput();

    assertThat(SandboxFixture.line(container.stdout())).isEqualTo("open");
    assertThat(SandboxFixture.line(container.stdout())).isEqualTo("got last");
    assertThat(SandboxFixture.line(container.stdout())).isEqualTo("end");
    ByteBuffer late = ByteBuffer.allocate(4);
    while (late.hasRemaining() && channel.read(late) >= 0) {
      // byte by byte if need be
    }
    assertThat(late.array()).isEqualTo("late".getBytes(StandardCharsets.UTF_8));
    channel.close();
    assertThat(SandboxFixture.line(container.stdout()))
        .as("the program's next words find nobody")
        .isEqualTo("gone");
  }

  @Test
  void givesUpAfterItsTime() throws IOException {
    try (PodSandbox full = lab.pod()) {
      SandboxContainer server =
          full.start(
              ContainerSpec.of(
                  "c",
                  List.of(lab.layer()),
                  List.of(
                      "perl",
                      "-e",
                      "$| = 1; socket(S, 2, 1, 0); bind(S, pack('S n C4 x8', 2, 80, 0, 0, 0, 0));"
                          + " listen(S, 0); print qq(ready\\n); sleep 100")));
      assertThat(SandboxFixture.line(server.stdout())).isEqualTo("ready");
      try (SocketChannel queued = full.connect("localhost", 80, LIMIT)) {
        assertThat(queued.isConnected()).isTrue();
        assertThatThrownBy(() -> full.connect("localhost", 80, Duration.ofMillis(100)))
            .isInstanceOf(SocketTimeoutException.class)
            .hasMessage("connection timed out");
      }
    }
  }

  @Test
  void aPodThatHasEndedIsNoRefusal() {
    PodSandbox ended = lab.pod();
    ended.close();

    assertThatThrownBy(() -> ended.connect("localhost", 8080, LIMIT))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(ConnectException.class);
  }

  @ParameterizedTest
  @CsvSource({"10.0.0.1, 80", "localhost, 0", "localhost, 65536", "example.org, 80", "'', 80"})
  void refusesWhatIsNoPortOfThePod(String host, int port) {
    assertThatThrownBy(() -> pod.connect(host, port, LIMIT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String rest(SocketChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(1000);
    while (channel.read(text) >= 0) {
      // until the end
    }
    return new String(text.array(), 0, text.position(), StandardCharsets.UTF_8);
  }
}
