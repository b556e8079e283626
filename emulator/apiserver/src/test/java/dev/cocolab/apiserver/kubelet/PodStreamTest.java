package dev.cocolab.apiserver.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cocolab.apiserver.KubeletAccess;
import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.RunningServer;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.netty.channel.Channel;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketBase;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.internal.http.WebSocketInternal;
import io.vertx.core.net.PemTrustOptions;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PodStreamTest {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String V5 = "v5.channel.k8s.io";
  private static final String V4 = "v4.channel.k8s.io";

  private static final Map<WebSocket, List<String>> MESSAGES = new ConcurrentHashMap<>();
  private static final Map<WebSocket, CompletableFuture<Void>> ENDS = new ConcurrentHashMap<>();

  private static final Vertx OWN = Vertx.vertx();

  private static FakeKubelet kubelet;
  private static RunningServer running;
  private static RawClient client;
  private static WebSocketClient sockets;

  @BeforeAll
  static void start() throws Exception {
    kubelet = new FakeKubelet();
    running =
        new RunningServer(
            builder ->
                builder.kubelet(
                    new KubeletAccess(
                        kubelet.authority.client("kube-apiserver", "system:masters"),
                        kubelet.authority.pem())));
    client = new RawClient(running);
    node("n1", FakeKubelet.IP, kubelet.port);
    node("dead", "127.77.3.2", 1);
    pod("one", "[{'name':'c','image':'i'}]", "n1");
    pod("two", "[{'name':'a','image':'i'},{'name':'gone','image':'i'}]", "n1");
    pod("lost", "[{'name':'c','image':'i'}]", "dead");
    pod("waiting", "[{'name':'c','image':'i'}]", "");
    sockets =
        OWN.createWebSocketClient(
            new WebSocketClientOptions()
                .setSsl(true)
                .setMaxFrameSize(1024 * 1024)
                .setTrustOptions(
                    new PemTrustOptions().addCertValue(Buffer.buffer(running.authority.pem()))));
  }

  private static void node(String name, String ip, int port) {
    client.send(
        "POST",
        "/api/v1/nodes",
        "{'metadata':{'name':'%s'},'status':{'addresses':[{'type':'InternalIP','address':'%s'}],'daemonEndpoints':{'kubeletEndpoint':{'Port':%d}}}}"
            .formatted(name, ip, port));
  }

  private static void pod(String name, String containers, String node) {
    String where = node.isEmpty() ? "" : "'nodeName':'" + node + "',";
    Answer made =
        client.send(
            "POST",
            PODS,
            "{'metadata':{'name':'%s'},'spec':{%s'containers':%s}}"
                .formatted(name, where, containers));
    assertThat(made.code()).as(made.body()).isEqualTo(201);
  }

  @AfterAll
  static void stop() {
    OWN.close();
    kubelet.close();
    running.close();
  }

  private static WebSocket open(String path, String... protocols) throws Exception {
    WebSocketConnectOptions options = new WebSocketConnectOptions();
    options
        .setSubProtocols(List.of(protocols))
        .setHost("127.0.0.1")
        .setPort(running.server.url().getPort())
        .setURI(PODS + path)
        .putHeader("Authorization", "Bearer " + RunningServer.TOKEN);
    return sockets
        .connect(options)
        .onSuccess(PodStreamTest::collect)
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  /** Everything until the close, one text a message; the last is the close code. */
  private static List<String> read(WebSocket socket) throws Exception {
    socket.resume();
    ENDS.get(socket).get(60, TimeUnit.SECONDS);
    List<String> messages = MESSAGES.get(socket);
    messages.add("close " + socket.closeStatusCode());
    return messages;
  }

  /** Before the first message, which may be here already. */
  private static void collect(WebSocket socket) {
    List<String> messages = new CopyOnWriteArrayList<>();
    CompletableFuture<Void> end = new CompletableFuture<>();
    MESSAGES.put(socket, messages);
    ENDS.put(socket, end);
    socket.pause();
    socket.binaryMessageHandler(
        message ->
            messages.add(
                message.getByte(0)
                    + ":"
                    + message.getString(1, message.length(), StandardCharsets.UTF_8.name())));
    socket.closeHandler(
        gone -> {
          if (socket.closeStatusCode() == null || socket.closeStatusCode() == 1006) {
            end.complete(null);
          }
        });
    socket.endHandler(done -> end.complete(null));
  }

  @Test
  void framesPassInOrderAndTheResultComesBeforeTheClose() throws Exception {
    WebSocket socket = open("/one/exec?command=out&command=a%20b&stdout=true&stderr=1", V5);

    assertThat(socket.subProtocol()).isEqualTo(V5);
    List<String> messages = read(socket);
    assertThat(messages).hasSize(4);
    assertThat(messages.get(0)).isEqualTo("1:out\n");
    assertThat(messages.get(1)).isEqualTo("2:err\n");
    assertThat(messages.get(2)).startsWith("3:").contains("ExitCode").contains("\"7\"");
    assertThat(messages.get(3)).isEqualTo("close 1000");
    assertThat(kubelet.seen)
        .contains("/exec/default/one/c?command=out&command=a%20b&stdout=1&stderr=1");
    assertThat(kubelet.protocols).contains(V5);
  }

  @Test
  void theKubeletIsSpokenToInTheClientsProtocol() throws Exception {
    WebSocket socket = open("/one/exec?command=odd&stdout=true", "v9.example", V4, V5);

    assertThat(socket.subProtocol()).isEqualTo(V4);
    assertThat(read(socket)).containsExactly("close 4001");
    assertThat(kubelet.protocols).contains(V4);
  }

  /** Cuts the connection without a word. */
  private static void vanish(WebSocketBase socket) {
    Channel channel = ((WebSocketInternal) socket).channelHandlerContext().channel();
    channel.eventLoop().execute(() -> channel.unsafe().closeForcibly());
  }

  @Test
  void attachHasItsOwnEndpoint() throws Exception {
    WebSocket socket = open("/one/attach?stdin=true&tty=true&container=c", V5);
    socket.resume();
    await().until(() -> kubelet.seen.contains("/attach/default/one/c?stdin=1&tty=1"));
    socket.close();
  }

  @Test
  void whoReadsLateGetsAllAndHoldsBackTheSender() throws Exception {
    kubelet.written.set(0);
    SlowClient slow = new SlowClient();
    java.net.http.WebSocket socket =
        client.webSocket(PODS + "/one/exec?command=flood&stdout=true", V5, slow);
    long all = (long) FakeKubelet.CHUNK * FakeKubelet.CHUNKS;
    await().until(() -> kubelet.written.get() > 0);
    long held =
        await()
            .during(400, TimeUnit.MILLISECONDS)
            .until(kubelet.written::get, now -> now == kubelet.written.get());

    assertThat(held).isLessThan(all);
    socket.request(Long.MAX_VALUE);
    assertThat(slow.closeCode.get(60, TimeUnit.SECONDS)).isEqualTo(1000);
    assertThat(slow.bytes).hasValueGreaterThan(all);
    assertThat(slow.last).contains("NonZeroExitCode");
  }

  /** Asks for nothing by itself. */
  private static final class SlowClient implements java.net.http.WebSocket.Listener {
    private final AtomicLong bytes = new AtomicLong();
    private final CompletableFuture<Integer> closeCode = new CompletableFuture<>();
    private volatile String last = "";

    @Override
    public void onOpen(java.net.http.WebSocket socket) {}

    @Override
    public CompletionStage<?> onBinary(
        java.net.http.WebSocket socket, ByteBuffer data, boolean whole) {
      bytes.addAndGet(data.remaining());
      last = StandardCharsets.UTF_8.decode(data).toString();
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(java.net.http.WebSocket socket, int code, String reason) {
      closeCode.complete(code);
      return CompletableFuture.completedStage(null);
    }
  }

  @Test
  void aClientThatVanishesEndsTheStreamAtTheKubelet() throws Exception {
    int before = kubelet.closed.size();
    WebSocket socket = open("/one/exec?command=wait&stdin=true", V5);
    await().until(() -> kubelet.sockets.size() > before);
    vanish(socket);

    await().until(() -> kubelet.closed.size() > before);
    assertThat(kubelet.closed).contains(1011);
  }

  @Test
  void aKubeletThatVanishesEndsTheClientsStream() throws Exception {
    WebSocket socket = open("/one/exec?command=wait2&stdin=true", V5);
    await().until(() -> !kubelet.sockets.isEmpty());
    kubelet.sockets.forEach(PodStreamTest::vanish);

    assertThat(read(socket)).contains("close 1011");
  }

  @Test
  void theKubeletsRefusalComesOnTheResultChannelInVersion5AndAsAnAnswerInVersion4()
      throws Exception {
    List<String> messages = read(open("/two/exec?container=gone&command=ls&stdout=true", V5));
    assertThat(messages.get(0))
        .startsWith("3:")
        .contains(
            "Internal error occurred: unable to upgrade connection: container not found (\\\"gone\\\")");
    assertThat(messages.get(1)).isEqualTo("close 1000");

    assertThatThrownBy(() -> open("/two/exec?container=gone&command=ls&stdout=true", V4))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            UpgradeRejectedException.class,
            refused -> {
              assertThat(refused.getStatus()).isEqualTo(404);
              assertThat(refused.getBody().toString()).contains("container not found");
            });
  }

  @Test
  void aKubeletThatIsNotThereIsAnError() throws Exception {
    List<String> messages = read(open("/lost/exec?command=ls&stdout=true", V5));
    assertThat(messages.get(0))
        .contains(
            "Internal error occurred: error sending request: Post \\\"https://127.77.3.2:1/exec/default/lost/c");
    assertThatThrownBy(() -> open("/lost/portforward", "SPDY/3.1+portforward.k8s.io"))
        .cause()
        .isInstanceOfSatisfying(
            UpgradeRejectedException.class,
            refused ->
                assertThat(refused.getBody().toString())
                    .contains("error dialing backend: dial tcp 127.77.3.2:1"));
  }

  @Test
  void whatCanBeSaidBeforeTheUpgradeIsAStatus() {
    assertRefused(
        "/two/exec?command=ls",
        400,
        "a container name must be specified for pod two, choose one of: [a gone]");
    assertRefused("/two/exec?command=ls&container=x", 400, "container x is not valid for pod two");
    assertRefused("/waiting/exec?command=ls", 400, "pod waiting does not have a host assigned");
    assertRefused("/waiting/portforward", 400, "pod waiting does not have a host assigned");
    assertRefused("/none/exec?command=ls", 404, "pods \"none\" not found");
    assertRefused("/one/exec?command=ls", 400, "Upgrade request required");
    Answer spdy =
        client.send(
            "POST",
            PODS + "/one/exec?command=ls",
            "",
            new byte[0],
            "X-Stream-Protocol-Version",
            "v4.channel.k8s.io");
    assertThat(spdy.code()).isEqualTo(400);
    assertThat(spdy.message()).isEqualTo("Upgrade request required");
    assertThat(client.send("DELETE", PODS + "/one/exec", "", new byte[0]).code()).isEqualTo(405);
    assertThatThrownBy(() -> open("/one/exec?command=ls", "v9.example"))
        .cause()
        .isInstanceOfSatisfying(
            UpgradeRejectedException.class,
            refused -> {
              assertThat(refused.getStatus()).isEqualTo(400);
              assertThat(refused.getBody().toString())
                  .contains("supports [v5.channel.k8s.io v4.channel.k8s.io]");
            });
  }

  private static void assertRefused(String path, int code, String message) {
    Answer answer = client.get(PODS + path);
    assertThat(answer.code()).as(path).isEqualTo(code);
    assertThat(answer.message()).isEqualTo(message);
  }

  /** A Java client must never miss the exit code: 200 times, half of them with a late result. */
  @Test
  void everyRunOfAJavaClientYieldsItsExitCode() {
    assertThat(
            IntStream.range(0, 200)
                .parallel()
                .mapToObj(i -> exitCode(i % 2 == 0 ? "out" : "late"))
                .distinct())
        .containsExactly("7 out");
  }

  private static String exitCode(String command) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ExecWatch watch =
        running
            .client
            .pods()
            .inNamespace("default")
            .withName("one")
            .writingOutput(out)
            .exec(command)) {
      Integer code = watch.exitCode().get(60, TimeUnit.SECONDS);
      return code + " " + out.toString(StandardCharsets.UTF_8).strip();
    } catch (Exception e) {
      return e.toString();
    }
  }
}
