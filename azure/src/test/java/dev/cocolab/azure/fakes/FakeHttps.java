package dev.cocolab.azure.fakes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An HTTPS server that answers by a function and remembers what it was asked. */
public final class FakeHttps implements AutoCloseable {
  /** A request. */
  public record Asked(
      String method,
      String path,
      Map<String, String> query,
      Map<String, String> headers,
      String text) {
    /** The body as a form. */
    public Map<String, String> form() {
      return pairs(text);
    }

    public String line() {
      return method + " " + path;
    }
  }

  /** An answer; {@code stall} sends the headers and then nothing until the server ends. */
  public record Reply(int status, Map<String, String> headers, String body, boolean stall) {
    public static Reply json(int status, String body) {
      return new Reply(status, Map.of("Content-Type", "application/json"), body, false);
    }

    public static Reply empty(int status, Map<String, String> headers) {
      return new Reply(status, headers, "", false);
    }

    public static Reply stalled() {
      return new Reply(200, Map.of(), "", true);
    }
  }

  static {
    // Else each small answer waits for the client's delayed acknowledgement, 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  public FakeHttps(FakeTls tls, Function<Asked, Reply> answer) {
    try {
      server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.setHttpsConfigurator(new HttpsConfigurator(tls.server()));
    server.setExecutor(threads);
    server.createContext("/", exchange -> serve(exchange, answer));
    server.start();
  }

  public URI address() {
    return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
  }

  public List<Asked> asked() {
    return asked;
  }

  public List<Asked> asked(String method, String pathPattern) {
    return asked.stream()
        .filter(one -> one.method().equals(method) && one.path().matches(pathPattern))
        .toList();
  }

  private void serve(HttpExchange exchange, Function<Asked, Reply> answer) throws IOException {
    Asked request =
        new Asked(
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            pairs(String.valueOf(exchange.getRequestURI().getRawQuery())),
            exchange.getRequestHeaders().entrySet().stream()
                .collect(
                    Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> entry.getValue().get(0),
                        (one, other) -> one,
                        () -> new TreeMap<>(String.CASE_INSENSITIVE_ORDER))),
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    asked.add(request);
    Reply reply = answer.apply(request);
    reply.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    if (reply.stall()) {
      exchange.sendResponseHeaders(reply.status(), 1000);
      return; // the connection stays open and silent
    }
    boolean none = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(reply.status(), none ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      if (!none) {
        out.write(body);
      }
    }
  }

  private static Map<String, String> pairs(String text) {
    return Arrays.stream(text.split("&"))
        .map(pair -> pair.split("=", 2))
        .filter(pair -> pair.length == 2)
        .collect(
            Collectors.toMap(
                pair -> decode(pair[0]), pair -> decode(pair[1]), (one, other) -> one));
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** From now on nobody listens. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
