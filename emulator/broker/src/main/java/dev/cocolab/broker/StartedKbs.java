package dev.cocolab.broker;

import dev.cocolab.broker.config.KbsConfig;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.log.KbsLog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The servers of a broker, and how it ends. */
final class StartedKbs implements RunningKbs {
  private static final int HEADER_BYTES = 128 * 1024;
  private static final int IDLE_SECONDS = 60;
  private static final long CLOSE_SECONDS = 10;

  /** Another process may have got the port meanwhile, which is not for us to wait for. */
  private static final long FREE_SECONDS = 1;

  /** Nothing that Java would look up as a name. */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}|\\[[0-9a-fA-F]*:[0-9a-fA-F:]+]");

  private final CompletableFuture<InetSocketAddress> listening = new CompletableFuture<>();
  private final CompletableFuture<Integer> exited = new CompletableFuture<>();
  private final List<HttpServer> servers = new ArrayList<>();
  private List<InetSocketAddress> addresses = List.of();
  private WorkerExecutor workers;

  static StartedKbs failed(int exitCode) {
    StartedKbs out = new StartedKbs();
    out.exited.complete(exitCode);
    return out;
  }

  /** Options that every socket shares. */
  static HttpServerOptions options() {
    return new HttpServerOptions()
        .setHttp2ClearTextEnabled(false)
        .setMaxHeaderSize(HEADER_BYTES)
        .setMaxInitialLineLength(HEADER_BYTES)
        .setIdleTimeout(IDLE_SECONDS)
        .setUseAlpn(false);
  }

  /** Starts listening; what fails later ends the program through {@code fail}. */
  static StartedKbs listen(
      Vertx vertx,
      String workerName,
      KbsConfig.Http config,
      HttpServerOptions options,
      InetAddress podAddress,
      HttpApi api,
      KbsLog log,
      Consumer<String> fail) {
    // Before anything is opened, because a wrong one ends the program.
    List<InetSocketAddress> addresses =
        config.sockets().stream().map(socket -> address(socket, podAddress)).toList();
    StartedKbs out = new StartedKbs();
    out.addresses = addresses;
    int threads = Math.max(2, Math.min(config.workers(), 16));
    out.workers = vertx.createSharedWorkerExecutor(workerName, threads);
    HttpFront front =
        new HttpFront(
            api.routes(), api.ids(), api.metrics(), out.workers, config.maxBodyBytes(), log);
    List<Future<HttpServer>> starts = new ArrayList<>();
    for (InetSocketAddress address : addresses) {
      HttpServer server =
          vertx
              .createHttpServer(options)
              .requestHandler(front::handle)
              .invalidRequestHandler(request -> invalid(request, api.ids()));
      out.servers.add(server);
      starts.add(server.listen(address.getPort(), address.getAddress().getHostAddress()));
    }
    Future.all(starts)
        .onComplete(
            done -> {
              if (done.succeeded()) {
                out.listening.complete(
                    new InetSocketAddress(
                        addresses.get(0).getAddress(), out.servers.get(0).actualPort()));
              } else {
                fail.accept("failed to listen on " + config.sockets() + ": " + done.cause());
                out.shutDown().onComplete(end -> out.exited.complete(1));
              }
            });
    return out;
  }

  /** {@code 0.0.0.0} stands for the pod's address: it has no other. */
  private static InetSocketAddress address(String socket, InetAddress podAddress) {
    int colon = socket.lastIndexOf(':');
    try {
      String host = colon < 0 ? "" : socket.substring(0, colon);
      int port = Integer.parseInt(socket.substring(colon + 1));
      if (host.equals("0.0.0.0") || host.equals("[::]")) {
        return new InetSocketAddress(podAddress, port);
      }
      if (ADDRESS.matcher(host).matches()) {
        return new InetSocketAddress(InetAddress.getByName(host), port);
      }
    } catch (IllegalArgumentException | UnknownHostException e) {
      throw new BrokerException(
          Reason.CONFIGURATION, "`http_server.sockets`: invalid socket address " + socket, e);
    }
    throw new BrokerException(
        Reason.CONFIGURATION, "`http_server.sockets`: invalid socket address " + socket);
  }

  @Override
  public CompletionStage<InetSocketAddress> listening() {
    return listening;
  }

  @Override
  public CompletionStage<Integer> exited() {
    return exited;
  }

  @Override
  public void close() {
    List<InetSocketAddress> bound = bound();
    try {
      shutDown().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
      for (InetSocketAddress address : bound) {
        awaitFree(address);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new BrokerException(Reason.CONFIGURATION, "the broker did not stop in time", e);
    } finally {
      exited.complete(0);
    }
  }

  private synchronized List<InetSocketAddress> bound() {
    List<InetSocketAddress> out = new ArrayList<>();
    for (int i = 0; i < servers.size(); i++) {
      int port = servers.get(i).actualPort();
      if (port > 0) {
        out.add(new InetSocketAddress(addresses.get(i).getAddress(), port));
      }
    }
    return out;
  }

  /**
   * Waits until nobody listens there any more. A closed channel listens on until its event loop has
   * been round once more, so that the next broker would find its port taken.
   */
  private static void awaitFree(InetSocketAddress address) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(FREE_SECONDS);
    while (System.nanoTime() < end) {
      try (ServerSocket probe = new ServerSocket()) {
        probe.bind(address);
        return;
      } catch (IOException e) {
        TimeUnit.MILLISECONDS.sleep(1); // there is nothing that would say it
      }
    }
  }

  private synchronized Future<?> shutDown() {
    List<Future<?>> ends = new ArrayList<>();
    servers.forEach(server -> ends.add(server.close()));
    servers.clear();
    if (workers != null) {
      ends.add(workers.close());
      workers = null;
    }
    return Future.join(ends);
  }

  /** Vert.x closes the connection after a request that it cannot take, and would not say so. */
  private static void invalid(HttpServerRequest request, RequestIds ids) {
    request.response().putHeader("Connection", "close");
    request.response().putHeader(RequestIds.HEADER, ids.next());
    HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
  }
}
