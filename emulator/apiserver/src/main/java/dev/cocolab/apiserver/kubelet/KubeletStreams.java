package dev.cocolab.apiserver.kubelet;

import dev.cocolab.apiserver.KubeletAccess;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Reason;
import dev.cocolab.apiserver.store.ObjectStore;
import io.netty.handler.codec.http.QueryStringEncoder;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketBase;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * Streams to the kubelet of a pod's node: {@code /exec}, {@code /attach} and {@code /portForward}
 * as WebSockets over mutual TLS, with the client's own sub-protocol.
 */
public final class KubeletStreams {
  private static final int CONNECT_MILLIS = 5_000;
  private static final long HANDSHAKE_MILLIS = 10_000;
  private static final int CLOSING_SECONDS = 2;
  private static final int MAX_FRAME = 1024 * 1024;
  private static final List<String> STREAMS = List.of("stdin", "stdout", "stderr", "tty");
  private static final Set<String> TRUE = Set.of("true", "1", "TRUE", "True", "t", "T");

  private final Vertx vertx;
  private final ObjectStore store;
  private final Optional<WebSocketClient> client;
  private final Set<FrameRelay> open = ConcurrentHashMap.newKeySet();

  public KubeletStreams(Vertx vertx, ObjectStore store, Optional<KubeletAccess> access) {
    this.vertx = vertx;
    this.store = store;
    this.client = access.map(known -> client(vertx, known));
  }

  private static WebSocketClient client(Vertx vertx, KubeletAccess access) {
    return vertx.createWebSocketClient(
        new WebSocketClientOptions()
            .setSsl(true)
            .setVerifyHost(true)
            .setConnectTimeout(CONNECT_MILLIS)
            .setMaxConnections(Integer.MAX_VALUE)
            .setMaxFrameSize(MAX_FRAME)
            .setClosingTimeout(CLOSING_SECONDS)
            .setTryUsePerMessageCompression(false)
            .setTryUsePerFrameCompression(false)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(access.client().certificatePem()))
                    .addKeyValue(Buffer.buffer(access.client().keyPem())))
            .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(access.caPem()))));
  }

  /** A stream that can be opened: the pod has a node and the container is known. */
  public final class Route {
    private final KubeletAddress address;
    private final String uri;

    private Route(KubeletAddress address, String uri) {
      this.address = address;
      this.uri = uri;
    }

    /** Where it leads, for messages. */
    public String url() {
      return address.url(uri);
    }

    /** Host and port, for messages. */
    public String peer() {
      return address.host() + ":" + address.port();
    }

    /** Opens it; the kubelet waits until the client is joined to it. */
    public Future<Opened> connect(String protocol) {
      WebSocketConnectOptions options = new WebSocketConnectOptions();
      options
          .addSubProtocol(protocol)
          .setTimeout(HANDSHAKE_MILLIS)
          .setHost(address.host())
          .setPort(address.port())
          .setURI(uri);
      return client.orElseThrow().connect(options).map(KubeletStreams.this::opened);
    }
  }

  /**
   * Finds where a stream of a pod leads.
   *
   * @param subresource {@code exec}, {@code attach} or {@code portforward}
   * @throws ApiException with the text of a real server if there is no such container or node
   */
  public Route route(ObjectNode pod, String subresource, MultiMap parameters) {
    boolean forward = subresource.equals("portforward");
    String name = Trees.textOrEmpty(pod, "metadata", "name");
    String path = "/" + Trees.textOrEmpty(pod, "metadata", "namespace") + "/" + name;
    QueryStringEncoder query;
    if (forward) {
      query = new QueryStringEncoder("/portForward" + path);
      parameters.getAll("ports").forEach(port -> query.addParam("port", port));
    } else {
      String container = Containers.choose(pod, parameters.get("container"));
      query = new QueryStringEncoder("/" + subresource + path + "/" + container);
      if (subresource.equals("exec")) {
        parameters.getAll("command").forEach(word -> query.addParam("command", word));
      }
      for (String stream : STREAMS) {
        if (TRUE.contains(Optional.ofNullable(parameters.get(stream)).orElse(""))) {
          query.addParam(stream, "1");
        }
      }
    }
    String node = Trees.textOrEmpty(pod, "spec", "nodeName");
    if (node.isEmpty()) {
      throw ApiException.badRequest("pod " + name + " does not have a host assigned");
    }
    KubeletAddress address = KubeletAddress.of(store, node);
    if (client.isEmpty()) {
      throw ApiException.of(Reason.SERVICE_UNAVAILABLE, "this server has no access to kubelets");
    }
    return new Route(address, query.toString());
  }

  private Opened opened(WebSocketBase kubelet) {
    FrameRelay[] made = new FrameRelay[1];
    made[0] = FrameRelay.from(vertx, kubelet, () -> open.removeIf(relay -> relay == made[0]));
    open.add(made[0]);
    return new Opened(made[0]);
  }

  /** An open stream of a kubelet. */
  public static final class Opened {
    private final FrameRelay relay;

    private Opened(FrameRelay relay) {
      this.relay = relay;
    }

    /** Joins the client to it until one of the two leaves. */
    public void join(WebSocketBase client) {
      relay.to(client);
    }

    /** There is no client any more. */
    public void cancel() {
      relay.close();
    }
  }

  /** Ends all streams. */
  public void close() {
    open.forEach(FrameRelay::close);
    client.ifPresent(WebSocketClient::close);
  }
}
