package dev.cocolab.node.forward;

import dev.cocolab.node.pod.ForwardTarget;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code /portForward/<namespace>/<pod>}: what can be refused before the upgrade is refused
 * with a status code and one line of text, as the kubelet does.
 */
public final class PortForwarding {
  private static final Logger log = LoggerFactory.getLogger(PortForwarding.class);

  /** Sub-protocols that are served here, for the upgrade of a connection. */
  public static final List<String> PROTOCOLS =
      List.of(SpdyForward.PROTOCOL, ChannelForward.PROTOCOL);

  private static final int MAX_PORTS = 16;

  /** Finds the pod that is meant. */
  public interface Targets {
    /** Whether this node has a pod of this name. Blocks. */
    boolean known(String namespace, String name);

    /** The running pod of this name. Blocks. */
    Optional<ForwardTarget> find(String namespace, String name);
  }

  /** What is spoken inside of SPDY. */
  private static final String SPDY_PROTOCOL = "portforward.k8s.io";

  private final Vertx vertx;
  private final Targets targets;
  private final Executor threads;
  private final ForwardLimits limits;

  PortForwarding(Vertx vertx, Targets targets, Executor threads, ForwardLimits limits) {
    this.vertx = vertx;
    this.targets = targets;
    this.threads = threads;
    this.limits = limits;
  }

  /**
   * Serves these pods.
   *
   * @param threads for what blocks: up to two a connection
   */
  public static PortForwarding to(Targets targets, Vertx vertx, Executor threads) {
    return new PortForwarding(vertx, targets, threads, ForwardLimits.usual());
  }

  /** Takes over a request that asks for SPDY itself; on its event loop. */
  public void handleSpdy(HttpServerRequest request, String namespace, String name) {
    if (!SpdyUpgrade.isOffered(request, SPDY_PROTOCOL)) {
      refuse(request, 403, "unable to negotiate protocol; supports " + SPDY_PROTOCOL);
      return;
    }
    find(
        request,
        namespace,
        name,
        target ->
            SpdyUpgrade.accept(request, SPDY_PROTOCOL)
                .onSuccess(
                    socket ->
                        SpdyForward.serve(vertx, ClientStream.of(socket), target, threads, limits))
                .onFailure(failure -> log.debug("the upgrade of a port-forward failed", failure)));
  }

  /** Takes over a request; on its event loop. */
  public void handle(HttpServerRequest request, String namespace, String name) {
    Optional<String> protocol = protocol(request);
    if (protocol.isEmpty()) {
      refuse(request, 400, "no protocol of port-forward is asked for; supports " + PROTOCOLS);
      return;
    }
    List<Integer> ports;
    try {
      ports = protocol.get().equals(ChannelForward.PROTOCOL) ? ports(request) : List.of();
    } catch (IllegalArgumentException e) {
      refuse(request, 400, String.valueOf(e.getMessage()));
      return;
    }
    find(request, namespace, name, target -> upgrade(request, ports, target));
  }

  private void find(
      HttpServerRequest request, String namespace, String name, Consumer<ForwardTarget> found) {
    Context context = vertx.getOrCreateContext();
    request.pause();
    threads.execute(
        () -> {
          boolean known = targets.known(namespace, name);
          Optional<ForwardTarget> target = known ? targets.find(namespace, name) : Optional.empty();
          context.runOnContext(
              nothing -> {
                if (target.isPresent()) {
                  found.accept(target.get());
                } else if (known) {
                  refuse(request, 500, "pod not found (\"" + name + "_" + namespace + "\")");
                } else {
                  refuse(request, 404, "pod does not exist");
                }
              });
        });
  }

  /** The first of the client's protocols that is one of port-forward. */
  private static Optional<String> protocol(HttpServerRequest request) {
    for (String line : request.headers().getAll("Sec-WebSocket-Protocol")) {
      for (String name : line.split(",", -1)) {
        if (PROTOCOLS.contains(name.strip())) {
          return Optional.of(name.strip());
        }
      }
    }
    return Optional.empty();
  }

  /** The ports of the query: {@code port=1,2} or {@code port} more than once. */
  private static List<Integer> ports(HttpServerRequest request) {
    List<Integer> ports = new ArrayList<>();
    List<String> values =
        new QueryStringDecoder(request.uri()).parameters().getOrDefault("port", List.of());
    for (String value : values) {
      for (String text : value.split(",", -1)) {
        ports.add(ForwardedPort.parse(text));
      }
    }
    if (ports.isEmpty()) {
      throw new IllegalArgumentException("query parameter \"port\" is required");
    }
    if (ports.size() > MAX_PORTS) {
      throw new IllegalArgumentException("more than " + MAX_PORTS + " ports");
    }
    return ports;
  }

  private void upgrade(HttpServerRequest request, List<Integer> ports, ForwardTarget target) {
    request
        .toWebSocket()
        .onSuccess(socket -> serve(socket, ports, target))
        .onFailure(failure -> log.debug("the upgrade of a port-forward failed", failure));
  }

  private void serve(ServerWebSocket socket, List<Integer> ports, ForwardTarget target) {
    String protocol = String.valueOf(socket.subProtocol());
    if (protocol.equals(SpdyForward.PROTOCOL)) {
      SpdyForward.serve(vertx, ClientStream.of(socket), target, threads, limits);
    } else if (protocol.equals(ChannelForward.PROTOCOL) && !ports.isEmpty()) {
      ChannelForward.serve(vertx, socket, ports, target, threads, limits);
    } else {
      socket.close((short) 1002, "the first protocol asked for is none of port-forward");
    }
  }

  private static void refuse(HttpServerRequest request, int status, String text) {
    if (!request.response().ended()) {
      request
          .response()
          .setStatusCode(status)
          .putHeader("Content-Type", "text/plain; charset=utf-8")
          .end(text + "\n");
    }
  }
}
