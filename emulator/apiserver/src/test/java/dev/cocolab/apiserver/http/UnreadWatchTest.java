package dev.cocolab.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RunningServer;
import dev.cocolab.apiserver.json.Trees;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that watch and do not read cost a bounded amount of memory and delay nobody. */
class UnreadWatchTest {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final int CHANGES = 16;
  private static final int BYTES = 900_000;
  private static final String UPGRADE =
      """
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
      """;

  private static RunningServer running;
  private static RawClient client;

  @BeforeAll
  static void start() {
    running = new RunningServer();
    client = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static Socket watch(String query, String more) throws IOException {
    Socket plain = new Socket();
    // what the kernel takes in place of the client is not the server's to bound
    plain.setReceiveBufferSize(16 * 1024);
    String host = running.server.url().getHost();
    int port = running.server.url().getPort();
    plain.connect(new InetSocketAddress(host, port));
    Socket socket = running.authority.tls(plain, host, port);
    socket.setSoTimeout(20_000);
    String head =
        "GET "
            + MAPS
            + "?watch=true"
            + query
            + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            + RunningServer.TOKEN
            + "\r\n"
            + more
            + "\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    // the head of the answer, so that the watch is there
    assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
        .startsWith("HTTP/1.1 ");
    return socket;
  }

  private static void change(String name, int index) {
    String body =
        "{'metadata':{'name':'" + name + "'},'data':{'k':'" + index + "v".repeat(BYTES) + "'}}";
    int code =
        index == 0
            ? client.send("POST", MAPS, body).code()
            : client.send("PUT", MAPS + "/" + name, body).code();
    assertThat(code).isIn(200, 201);
  }

  private static long rest(Socket socket) throws IOException {
    long read = 0;
    InputStream in = socket.getInputStream();
    byte[] part = new byte[64 * 1024];
    try {
      for (int n = in.read(part); n >= 0; n = in.read(part)) {
        read += n;
      }
    } catch (IOException reset) {
      if (reset instanceof SocketTimeoutException) {
        throw reset;
      }
    }
    return read;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", UPGRADE})
  void isCutOffWhileOthersGetEachChange(String upgrade) throws Exception {
    String name = upgrade.isEmpty() ? "streamed" : "framed";
    List<String> seen = new CopyOnWriteArrayList<>();
    try (Socket unread = watch("&fieldSelector=metadata.name%3D" + name, upgrade);
        Stream<String> lines =
            client.lines(MAPS + "?watch=true&fieldSelector=metadata.name%3D" + name)) {
      CompletableFuture<Void> reader =
          CompletableFuture.runAsync(
              () ->
                  lines
                      .limit(CHANGES)
                      .forEach(
                          line ->
                              seen.add(Trees.textOrEmpty(Trees.MAPPER.readTree(line), "type"))));
      for (int i = 0; i < CHANGES; i++) {
        change(name, i);
      }
      reader.get(20, TimeUnit.SECONDS);
      assertThat(seen).hasSize(CHANGES);

      // a stream that ends early, without what the client did not take
      assertThat(rest(unread)).isLessThan((long) CHANGES * BYTES / 2);
    }
  }

  @Test
  void manyOfThemDoNotHoldCopiesOfTheState() throws Exception {
    for (int i = 0; i < 20; i++) {
      change("state" + i, 0);
    }
    List<Socket> unread = new ArrayList<>();
    try {
      // 40 watches of 18 MB each would not fit into this machine's heap as bytes
      for (int i = 0; i < 40; i++) {
        unread.add(watch("", ""));
      }
      assertThat(client.get("/healthz").code()).isEqualTo(200);
    } finally {
      for (Socket socket : unread) {
        socket.close();
      }
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> client.get(MAPS + "?limit=1").code() == 200);
  }
}
