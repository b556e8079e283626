package dev.cocolab.node;

import static dev.cocolab.node.PodConditions.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.node.forward.SpdyFrames;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyProtocolException;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Commands and attachments over SPDY, as a kube-apiserver asks for them. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SpdyCommandTest {
  private static final int SECONDS = 20;
  private static final String V4 = "v4.channel.k8s.io";

  private final TestCluster cluster;
  private NetClient client;

  SpdyCommandTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void startPod() {
    client =
        cluster.vertx.createNetClient(
            new NetClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setHostnameVerificationAlgorithm("")
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .setCertValue(Buffer.buffer(cluster.identity.certificatePem()))
                        .setKeyValue(Buffer.buffer(cluster.identity.keyPem()))));
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: spdy}
        spec:
          terminationGracePeriodSeconds: 0
          containers:
          - name: app
            image: quay.io/lab/tools:1
            command: [sh, -c, "until [ -e /go ]; do sleep 0.05; done; echo printed; sleep 1000"]
        """,
        phase("Running"));
  }

  @AfterAll
  void deletePod() {
    cluster.client.pods().inNamespace("default").withName("spdy").delete();
    cluster.awaitGone("spdy");
    client.close();
  }

  /** One session; frames are read and written on its event loop. */
  private static final class Session {
    private final NetSocket socket;
    private final SpdyFrames frames = new SpdyFrames();
    private final Map<Integer, ByteArrayOutputStream> received = new ConcurrentHashMap<>();
    private final Set<Integer> accepted = ConcurrentHashMap.newKeySet();
    private final Set<Integer> ended = ConcurrentHashMap.newKeySet();
    private final Set<Integer> refused = ConcurrentHashMap.newKeySet();

    Session(NetSocket socket) {
      this.socket = socket;
      socket.handler(this::take);
    }

    private void take(Buffer bytes) {
      try {
        frames.read(bytes, this::frame);
      } catch (SpdyProtocolException e) {
        throw new IllegalStateException(e);
      }
    }

    private void frame(Object frame) {
      if (frame instanceof SpdySynReplyFrame reply) {
        accepted.add(reply.streamId());
      } else if (frame instanceof SpdyRstStreamFrame reset) {
        refused.add(reset.streamId());
      } else if (frame instanceof SpdyDataFrame data) {
        received
            .computeIfAbsent(data.streamId(), id -> new ByteArrayOutputStream())
            .writeBytes(ByteBufUtil.getBytes(data.content()));
        if (data.isLast()) {
          ended.add(data.streamId());
        }
      }
    }

    void open(int id, String type) {
      DefaultSpdySynStreamFrame opening = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
      opening.headers().set("streamtype", type);
      socket.write(frames.write(opening));
    }

    void data(int id, String text, boolean last) {
      DefaultSpdyDataFrame frame =
          new DefaultSpdyDataFrame(id, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
      frame.setLast(last);
      socket.write(frames.write(frame));
    }

    String text(int id) {
      return received
          .getOrDefault(id, new ByteArrayOutputStream())
          .toString(StandardCharsets.UTF_8);
    }

    void awaitEnd(int id) {
      Awaitility.await().atMost(Duration.ofSeconds(SECONDS)).until(() -> ended.contains(id));
    }

    JsonNode status(int id) {
      awaitEnd(id);
      return JsonMapper.shared().readTree(text(id));
    }
  }

  /** The head of the answer; what comes after it is handed to the session. */
  private record Answer(String head, NetSocket socket, CompletableFuture<Session> session) {
    int code() {
      return Integer.parseInt(head.split(" ", -1)[1]);
    }
  }

  private Answer ask(String uri, String protocols) throws Exception {
    NetSocket socket =
        client
            .connect(cluster.node.kubeletPort(), cluster.nodeAddress())
            .toCompletionStage()
            .toCompletableFuture()
            .get(SECONDS, TimeUnit.SECONDS);
    CompletableFuture<Answer> answered = new CompletableFuture<>();
    Buffer head = Buffer.buffer();
    socket.handler(
        bytes -> {
          head.appendBuffer(bytes);
          String text = head.toString(StandardCharsets.ISO_8859_1);
          int end = text.indexOf("\r\n\r\n");
          if (end >= 0) {
            // its handler is the session's from now on, on this event loop
            Session session = new Session(socket);
            session.take(head.slice(end + 4, head.length()));
            answered.complete(
                new Answer(
                    text.substring(0, end), socket, CompletableFuture.completedFuture(session)));
          }
        });
    socket.write(
        "POST %s HTTP/1.1\r\nHost: kubelet\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: %s\r\nContent-Length: 0\r\n\r\n"
            .formatted(uri, protocols));
    return answered.get(SECONDS, TimeUnit.SECONDS);
  }

  private Session session(String uri) throws Exception {
    Answer answer = ask(uri, "v5.channel.k8s.io, " + V4);
    assertThat(answer.head().toLowerCase(Locale.ROOT))
        .startsWith("http/1.1 101 ")
        .contains("x-stream-protocol-version: " + V4)
        .contains("upgrade: spdy/3.1")
        .doesNotContain("content-length");
    return answer.session().join();
  }

  private static String exec(String options, String... command) {
    return "/exec/default/spdy/app?output=1&error=1"
        + options
        + List.of(command).stream()
            .map(part -> "&command=" + URLEncoder.encode(part, StandardCharsets.UTF_8))
            .collect(Collectors.joining());
  }

  @Test
  void aCommandHasItsStreamsAndItsExitCode() throws Exception {
    Session session = session(exec("&input=1", "sh", "-c", "cat; echo err >&2; exit 7"));
    session.open(1, "error");
    session.open(3, "stdin");
    session.open(5, "stdout");
    session.open(7, "stderr");
    session.data(3, "hello ", false);
    session.data(3, "there\n", true);

    JsonNode status = session.status(1);
    assertThat(session.accepted).containsExactlyInAnyOrder(1, 3, 5, 7);
    assertThat(session.text(5)).isEqualTo("hello there\n");
    assertThat(session.text(7)).isEqualTo("err\n");
    assertThat(session.ended).contains(5, 7);
    assertThat(status.path("reason").asString()).isEqualTo("NonZeroExitCode");
    assertThat(status.at("/details/causes/0/message").asString()).isEqualTo("7");
  }

  @Test
  void manyBytesArriveWhole() throws Exception {
    Session session = session(exec("", "perl", "-e", "print qq(0123456\\n) x 1000000"));
    session.open(1, "error");
    session.open(3, "stdout");
    session.open(5, "stderr");

    assertThat(session.status(1).path("status").asString()).isEqualTo("Success");
    assertThat(session.text(3)).hasSize(8_000_000).endsWith("0123456\n");
  }

  @Test
  void aContainerThatIsNotThereIsSaidSo() throws Exception {
    Session session = session("/exec/default/spdy/none?output=1&command=ls");
    session.open(1, "error");
    session.open(3, "stdout");

    assertThat(session.status(1).path("message").asString())
        .contains("container not found (\"none\")");
  }

  @Test
  void aStreamThatNobodyAskedForIsRefused() throws Exception {
    Session session = session("/exec/default/spdy/app?output=1&command=ls");
    session.open(1, "error");
    session.open(3, "stdin");
    session.open(5, "sideways");

    Awaitility.await()
        .atMost(Duration.ofSeconds(SECONDS))
        .until(() -> session.refused.containsAll(List.of(3, 5)));
    session.open(7, "stdout");
    assertThat(session.status(1).path("status").asString()).isEqualTo("Success");
  }

  @Test
  void anAttachmentShowsWhatIsPrintedFromThenOn() throws Exception {
    Session session = session("/attach/default/spdy/app?output=1");
    session.open(1, "error");
    session.open(3, "stdout");
    Awaitility.await()
        .atMost(Duration.ofSeconds(SECONDS))
        .until(() -> session.accepted.contains(3));
    Session go = session(exec("", "sh", "-c", "touch /go"));
    go.open(1, "error");
    go.open(3, "stdout");
    go.open(5, "stderr");

    Awaitility.await()
        .atMost(Duration.ofSeconds(SECONDS))
        .until(() -> session.text(3).contains("printed"));
    session.socket.close();
  }

  @Test
  void whoSpeaksNothingKnownIsRefused() throws Exception {
    assertThat(ask("/exec/default/spdy/app?output=1&command=ls", "channel.k8s.io").code())
        .isEqualTo(403);
    assertThat(ask("/portForward/default/spdy", V4).code()).isEqualTo(403);
    assertThat(ask("/run/default/spdy/app", V4).code()).isEqualTo(404);
  }

  @Test
  void inputForACommandThatNeverBeginsKeepsNoThread() throws Exception {
    Session session = session(exec("&input=1", "cat"));
    session.open(1, "stdin");
    session.data(1, "early", false);
    Awaitility.await().atMost(Duration.ofSeconds(SECONDS)).until(SpdyCommandTest::inputWaits);
    session.socket.close();

    Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> !inputWaits());
  }

  private static boolean inputWaits() {
    return Thread.getAllStackTraces().values().stream()
        .flatMap(Arrays::stream)
        .anyMatch(frame -> frame.getMethodName().equals("withSession"));
  }
}
