package dev.cocolab.node;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of the kubelet's streams, which keeps every frame in the order of its arrival. */
final class KubeletStream {
  static final String V4 = "v4.channel.k8s.io";
  static final String V5 = "v5.channel.k8s.io";
  private static final int SECONDS = 20;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** One message. */
  record Frame(int channel, Buffer data) {
    String text() {
      return data.toString(StandardCharsets.UTF_8);
    }
  }

  final WebSocket socket;
  final List<Frame> frames = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Optional<Short>> closed = new CompletableFuture<>();

  private KubeletStream(WebSocket socket) {
    this.socket = socket;
    socket.binaryMessageHandler(
        message ->
            frames.add(new Frame(message.getUnsignedByte(0), message.slice(1, message.length()))));
    socket.closeHandler(end -> closed.complete(Optional.ofNullable(socket.closeStatusCode())));
  }

  static WebSocketClient client(TestCluster cluster) {
    return cluster.vertx.createWebSocketClient(
        new WebSocketClientOptions()
            .setSsl(true)
            .setTrustAll(true)
            .setVerifyHost(false)
            .setMaxConnections(50)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .setCertValue(Buffer.buffer(cluster.identity.certificatePem()))
                    .setKeyValue(Buffer.buffer(cluster.identity.keyPem()))));
  }

  static String exec(String pod, String options, String... command) {
    return "/exec/default/"
        + pod
        + "/app?stdout=1&stderr=1"
        + options
        + List.of(command).stream()
            .map(part -> "&command=" + URLEncoder.encode(part, StandardCharsets.UTF_8))
            .collect(Collectors.joining());
  }

  static KubeletStream open(
      WebSocketClient client, TestCluster cluster, String protocol, String uri) throws Exception {
    // The handlers are set before the first frame can come.
    Function<WebSocket, KubeletStream> taken = KubeletStream::new;
    CompletableFuture<KubeletStream> opened = new CompletableFuture<>();
    client
        .connect(
            new WebSocketConnectOptions()
                .setHost(cluster.nodeAddress())
                .setPort(cluster.node.kubeletPort())
                .setURI(uri)
                .addSubProtocol(protocol))
        .onComplete(socket -> opened.complete(taken.apply(socket)), opened::completeExceptionally);
    return opened.get(SECONDS, TimeUnit.SECONDS);
  }

  void send(int channel, byte[] data) throws Exception {
    socket
        .writeBinaryMessage(Buffer.buffer().appendByte((byte) channel).appendBytes(data))
        .toCompletionStage()
        .toCompletableFuture()
        .get(SECONDS, TimeUnit.SECONDS);
  }

  void input(String text) throws Exception {
    send(0, text.getBytes(StandardCharsets.UTF_8));
  }

  void endInput() throws Exception {
    send(255, new byte[] {0});
  }

  /** Waits for the end, which must come with a closing handshake. */
  KubeletStream ended() throws Exception {
    Optional<Short> code = closed.get(SECONDS, TimeUnit.SECONDS);
    if (!code.equals(Optional.of((short) 1000))) {
      throw new AssertionError("closed with " + code + " after " + frames);
    }
    return this;
  }

  String text(int channel) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    frames.stream()
        .filter(frame -> frame.channel() == channel)
        .forEach(frame -> all.writeBytes(frame.data().getBytes()));
    return all.toString(StandardCharsets.UTF_8);
  }

  /** The one Status, which must be the last frame of all. */
  JsonNode status() {
    List<Integer> channels = frames.stream().map(Frame::channel).toList();
    if (channels.indexOf(3) != channels.size() - 1) {
      throw new AssertionError("not one Status at the end: " + channels);
    }
    return JSON.readTree(frames.get(frames.size() - 1).text());
  }
}
