package dev.cocolab.node.kubelet;

import dev.cocolab.node.KubeletTls;
import dev.cocolab.node.NodeException;
import dev.cocolab.node.forward.ClientStream;
import dev.cocolab.node.forward.PortForwarding;
import dev.cocolab.node.forward.SpdyUpgrade;
import dev.cocolab.node.log.ContainerLog;
import dev.cocolab.node.log.LogQuery;
import dev.cocolab.node.log.PodLogs;
import dev.cocolab.node.pod.ContainerCommand;
import dev.cocolab.node.pod.ForwardTarget;
import dev.cocolab.node.pod.PreparedPod;
import dev.cocolab.node.pod.RunningContainer;
import io.fabric8.kubernetes.api.model.Pod;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code GET /containerLogs/<namespace>/<pod>/<container>} and, as WebSockets, {@code
 * /exec/<namespace>/<pod>/<container>?command=…}, {@code /attach/<namespace>/<pod>/<container>} and
 * {@code /portForward/<namespace>/<pod>} to the API server.
 */
public final class KubeletServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KubeletServer.class);
  private static final long LISTEN_SECONDS = 10;
  private static final int MAX_MESSAGE = 1024 * 1024;
  private static final List<String> COMMANDS = List.of("v5.channel.k8s.io", "v4.channel.k8s.io");

  /** Finds pods of this node. */
  public interface Pods {
    /** A pod by its name. */
    Optional<Pod> find(String namespace, String name);

    /** A container of a pod, if it runs. Blocks. */
    Optional<RunningContainer> running(Pod pod, String container);

    /** The place of a pod on this machine, if it has one. Blocks. */
    Optional<PreparedPod> place(Pod pod);
  }

  private final Vertx vertx;
  private final Pods pods;
  private final PodLogs logs;
  private final LogRequests requests;
  private final Executor threads;
  private final PortForwarding forwarding;
  private final HttpServer server;

  private KubeletServer(
      Vertx vertx,
      Pods pods,
      PodLogs logs,
      LogRequests requests,
      Executor threads,
      PortForwarding forwarding,
      HttpServer server) {
    this.vertx = vertx;
    this.pods = pods;
    this.logs = logs;
    this.requests = requests;
    this.threads = threads;
    this.forwarding = forwarding;
    this.server = server;
  }

  /**
   * Starts to listen.
   *
   * @param port 0 for any free one
   * @throws NodeException ENDPOINT
   */
  public static KubeletServer start(
      Vertx vertx,
      InetAddress address,
      int port,
      KubeletTls tls,
      Pods pods,
      PodLogs logs,
      Clock clock,
      Executor threads) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setWebSocketSubProtocols(
                Stream.of(COMMANDS, PortForwarding.PROTOCOLS)
                    .flatMap(List::stream)
                    .distinct()
                    .toList())
            .setMaxWebSocketMessageSize(MAX_MESSAGE)
            .setMaxWebSocketFrameSize(MAX_MESSAGE)
            .setClientAuth(ClientAuth.REQUIRED)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .setCertValue(Buffer.buffer(tls.certificatePem()))
                    .setKeyValue(Buffer.buffer(tls.keyPem())))
            .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(tls.clientCaPem())));
    HttpServer http = vertx.createHttpServer(options);
    KubeletServer kubelet =
        new KubeletServer(
            vertx,
            pods,
            logs,
            new LogRequests(pods, logs, clock, threads),
            threads,
            PortForwarding.to(targets(pods), vertx, threads),
            http);
    Callers callers = new Callers(tls.callers(), vertx);
    http.invalidRequestHandler(KubeletServer::invalid);
    http.connectionHandler(SpdyUpgrade::allowPost);
    http.requestHandler(request -> callers.admit(request, kubelet::handle));
    try {
      await(http.listen(port, address.getHostAddress()).toCompletionStage().toCompletableFuture());
      return kubelet;
    } catch (ExecutionException | TimeoutException e) {
      throw new NodeException(
          NodeException.Reason.ENDPOINT,
          "The kubelet cannot listen on "
              + address.getHostAddress()
              + ":"
              + port
              + ": "
              + (e.getCause() == null ? e : e.getCause()).getMessage(),
          e);
    }
  }

  private static <T> T await(CompletableFuture<T> future)
      throws ExecutionException, TimeoutException {
    try {
      return future.get(LISTEN_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TimeoutException("interrupted");
    }
  }

  /** The port it listens on. */
  public int port() {
    return server.actualPort();
  }

  private void handle(HttpServerRequest request) {
    // Vert.x takes any text for a target
    if (!request.path().startsWith("/")) {
      request.response().putHeader("Connection", "close");
      answer(request, 400, "the target of the request is no path");
      return;
    }
    if (SpdyUpgrade.isAskedFor(request)) {
      spdy(request);
      return;
    }
    if (request.canUpgradeToWebSocket()) {
      upgrade(request);
      return;
    }
    request
        .end()
        .onSuccess(whole -> serve(request))
        .onFailure(
            broken -> {
              request.response().putHeader("Connection", "close");
              answer(request, 400, "the request is malformed");
            });
  }

  /** Answers a request that is whole. */
  private void serve(HttpServerRequest request) {
    if (!HttpMethod.GET.equals(request.method())) {
      answer(request, 405, "method not allowed");
      return;
    }
    if (request.path().equals("/healthz")) {
      answer(request, 200, "ok");
      return;
    }
    List<String> parts = List.of(request.path().split("/", -1));
    if (parts.size() != 5 || !parts.get(1).equals("containerLogs")) {
      answer(request, 404, "404 page not found");
      return;
    }
    requests.answer(request, parts.get(2), parts.get(3), parts.get(4));
  }

  private static PortForwarding.Targets targets(Pods pods) {
    return new PortForwarding.Targets() {
      @Override
      public boolean known(String namespace, String name) {
        return pods.find(namespace, name).isPresent();
      }

      @Override
      public Optional<ForwardTarget> find(String namespace, String name) {
        return pods.find(namespace, name).flatMap(pods::place);
      }
    };
  }

  private void upgrade(HttpServerRequest request) {
    List<String> parts = List.of(request.path().split("/", -1));
    if (parts.size() == 4 && parts.get(1).equals("portForward")) {
      forwarding.handle(request, parts.get(2), parts.get(3));
    } else {
      request
          .toWebSocket()
          .onSuccess(this::stream)
          .onFailure(failure -> log.debug("the upgrade of a stream failed", failure));
    }
  }

  /** What API servers ask for in the name of clients that speak newer protocols. */
  private void spdy(HttpServerRequest request) {
    List<String> parts = List.of(request.path().split("/", -1));
    String kind = parts.size() > 1 ? parts.get(1) : "";
    if (parts.size() == 4 && kind.equals("portForward")) {
      forwarding.handleSpdy(request, parts.get(2), parts.get(3));
      return;
    }
    if (parts.size() != 5 || !(kind.equals("exec") || kind.equals("attach"))) {
      answer(request, 404, "404 page not found");
      return;
    }
    if (!SpdyUpgrade.isOffered(request, SpdyCommand.PROTOCOL)) {
      answer(request, 403, "unable to negotiate protocol; supports " + SpdyCommand.PROTOCOL);
      return;
    }
    MultiMap parameters = MultiMap.caseInsensitiveMultiMap();
    new QueryStringDecoder(request.uri()).parameters().forEach(parameters::add);
    SpdyUpgrade.accept(request, SpdyCommand.PROTOCOL)
        .onSuccess(
            socket ->
                new SpdyCommand(
                    vertx,
                    ClientStream.of(socket),
                    parameters,
                    threads,
                    kind.equals("exec")
                        ? command -> exec(command, parts, parameters)
                        : command -> attach(command, parts)))
        .onFailure(failure -> log.debug("the upgrade of a command failed", failure));
  }

  private void exec(SpdyCommand command, List<String> parts, MultiMap parameters) {
    command.run(running(parts), () -> command(parameters), notFound(parts.get(4)));
  }

  private void attach(SpdyCommand command, List<String> parts) {
    command.attach(
        pods.find(parts.get(2), parts.get(3))
            .filter(pod -> pods.running(pod, parts.get(4)).isPresent())
            .flatMap(pod -> logs.current(pod.getMetadata().getUid(), parts.get(4))),
        notFound(parts.get(4)));
  }

  private Optional<RunningContainer> running(List<String> parts) {
    return pods.find(parts.get(2), parts.get(3)).flatMap(pod -> pods.running(pod, parts.get(4)));
  }

  private static String notFound(String container) {
    return "unable to upgrade connection: container not found (\"" + container + "\")";
  }

  /** API servers say {@code input}, clients of theirs {@code stdin}. */
  private static ContainerCommand command(MultiMap parameters) {
    return new ContainerCommand(
        parameters.getAll("command"),
        isSet(parameters, "stdin") || isSet(parameters, "input"),
        isSet(parameters, "tty"));
  }

  private void stream(ServerWebSocket socket) {
    if (socket.subProtocol() != null && !COMMANDS.contains(socket.subProtocol())) {
      socket.close((short) 1002, "no protocol of exec or attach");
      return;
    }
    CommandChannels channels = new CommandChannels(socket, threads);
    List<String> parts = List.of(socket.path().split("/", -1));
    MultiMap parameters = MultiMap.caseInsensitiveMultiMap();
    new QueryStringDecoder(socket.uri()).parameters().forEach(parameters::add);
    String kind = parts.size() == 5 ? parts.get(1) : "";
    if (kind.equals("exec")) {
      threads.execute(() -> exec(channels, parts.get(2), parts.get(3), parts.get(4), parameters));
    } else if (kind.equals("attach")) {
      threads.execute(() -> attach(socket, channels, parts.get(2), parts.get(3), parts.get(4)));
    } else {
      channels.refuse("404 page not found");
    }
  }

  private void attach(
      ServerWebSocket socket,
      CommandChannels channels,
      String namespace,
      String name,
      String container) {
    Optional<ContainerLog> log =
        pods.find(namespace, name)
            .filter(pod -> pods.running(pod, container).isPresent())
            .flatMap(pod -> logs.current(pod.getMetadata().getUid(), container));
    if (log.isEmpty()) {
      channels.refuse(notFound(container));
      return;
    }
    channels.ignoreInput();
    AttachedOutput output = new AttachedOutput(socket);
    channels.onClose(() -> log.get().leave(output));
    try {
      log.get().read(LogQuery.followingFromNow(), output);
      if (socket.isClosed()) {
        log.get().leave(output);
      }
    } catch (IOException e) {
      channels.refuse("error attaching to container: " + e.getMessage());
    }
  }

  private void exec(
      CommandChannels channels,
      String namespace,
      String name,
      String container,
      MultiMap parameters) {
    Optional<RunningContainer> running =
        pods.find(namespace, name).flatMap(pod -> pods.running(pod, container));
    if (running.isEmpty()) {
      channels.refuse(notFound(container));
      return;
    }
    ContainerCommand command;
    try {
      command = command(parameters);
    } catch (IllegalArgumentException e) {
      channels.refuse(String.valueOf(e.getMessage()));
      return;
    }
    channels.run(running.get(), command);
  }

  static boolean isSet(MultiMap parameters, String name) {
    String value = parameters.get(name);
    return "1".equals(value) || "true".equals(value);
  }

  /** Answers with a line of text, unless the answer has begun. */
  static void answer(HttpServerRequest request, int status, String text) {
    if (!request.response().ended() && !request.response().headWritten()) {
      request
          .response()
          .setStatusCode(status)
          .putHeader("Content-Type", "text/plain; charset=utf-8")
          .end(text);
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
