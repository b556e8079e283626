package dev.cocolab.lab.remote;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The remote server of the traditional comparison: whoever asks for a key gets it. It is here to
 * show what attestation changes, so it is as careless as such servers are: HTTP, no authentication.
 */
public final class PlainKeyServer implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, byte[]> keys = new ConcurrentHashMap<>();
  private final AtomicInteger handedOut = new AtomicInteger();

  private PlainKeyServer(Vertx vertx) {
    this.server =
        vertx
            .createHttpServer()
            .requestHandler(this::answer)
            .invalidRequestHandler(PlainKeyServer::invalid);
  }

  /** Listens on 127.0.0.1, any port. */
  public static PlainKeyServer start(Vertx vertx) {
    PlainKeyServer keyServer = new PlainKeyServer(vertx);
    try {
      keyServer
          .server
          .listen(0, "127.0.0.1")
          .toCompletionStage()
          .toCompletableFuture()
          .get(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("no port on 127.0.0.1 can be bound", e);
    }
    return keyServer;
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.actualPort());
  }

  /** Serves these bytes at {@code /<name>} from now on. */
  public void put(String name, byte[] key) {
    keys.put("/" + name, key.clone());
  }

  /** How many times any key was given away. */
  public int handedOut() {
    return handedOut.get();
  }

  private void answer(HttpServerRequest request) {
    byte[] key = keys.get(request.path());
    if (!HttpMethod.GET.equals(request.method())) {
      request.response().setStatusCode(405).end();
    } else if (key == null) {
      request.response().setStatusCode(404).end("no such key\n");
    } else {
      handedOut.incrementAndGet();
      request
          .response()
          .putHeader("Content-Type", "application/octet-stream")
          .end(Buffer.buffer(key));
    }
  }

  @Override
  public void close() {
    server.close();
  }

  /** Vert.x closes the connection after a request that it cannot take, and would not say so. */
  private static void invalid(HttpServerRequest request) {
    request.response().putHeader("Connection", "close");
    HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
  }
}
