package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.kubelet.KubeletStreams;
import dev.cocolab.apiserver.kubelet.KubeletStreams.Opened;
import dev.cocolab.apiserver.kubelet.KubeletStreams.Route;
import dev.cocolab.apiserver.resource.ResourceService;
import dev.cocolab.apiserver.resource.Target;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Reason;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.UpgradeRejectedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code pods/exec}, {@code pods/attach} and {@code pods/portforward}: answers what can be answered
 * before the upgrade, chooses the sub-protocol, and joins the client to the kubelet.
 */
final class StreamHandler {
  static final String CHANNELS_5 = "v5.channel.k8s.io";
  static final String CHANNELS_4 = "v4.channel.k8s.io";
  static final String TUNNEL = "SPDY/3.1+portforward.k8s.io";

  /** All that this server speaks, for the upgrade of the connection. */
  static final List<String> PROTOCOLS = List.of(CHANNELS_5, CHANNELS_4, TUNNEL);

  private static final Logger LOG = LoggerFactory.getLogger(StreamHandler.class);
  private static final byte RESULT_CHANNEL = 3;
  private static final List<String> EXEC = List.of(CHANNELS_5, CHANNELS_4);
  private static final List<String> FORWARD = List.of(TUNNEL, CHANNELS_4);

  private final ResourceService service;
  private final KubeletStreams kubelets;

  StreamHandler(ResourceService service, KubeletStreams kubelets) {
    this.service = service;
    this.kubelets = kubelets;
  }

  static boolean answers(String subresource) {
    return List.of("exec", "attach", "portforward").contains(subresource);
  }

  void handle(Exchange exchange, Target target, String subresource) {
    HttpServerRequest request = exchange.request();
    HttpMethod method = request.method();
    if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.POST)) {
      throw ApiException.methodNotAllowed();
    }
    Route route = kubelets.route(service.reader().get(target), subresource, request.params());
    String upgrade = Exchange.header(request, "Upgrade").toLowerCase(Locale.ROOT);
    if (upgrade.contains("spdy")) {
      throw ApiException.badRequest(
          "this server streams over WebSockets only, not over SPDY; use kubectl 1.31 or newer");
    }
    if (!upgrade.equals("websocket")
        || !method.equals(HttpMethod.GET)
        || request.version() != HttpVersion.HTTP_1_1) {
      throw ApiException.badRequest("Upgrade request required");
    }
    String protocol = negotiate(request, subresource.equals("portforward") ? FORWARD : EXEC);
    request.pause();
    route
        .connect(protocol)
        .onSuccess(kubelet -> upgrade(request, kubelet))
        .onFailure(cause -> refuse(exchange, route, protocol, cause));
  }

  /** The first of the client's protocols that this server knows decides, as the upgrade does. */
  private static String negotiate(HttpServerRequest request, List<String> served) {
    List<String> wanted = new ArrayList<>();
    for (String line : request.headers().getAll("Sec-WebSocket-Protocol")) {
      for (String name : line.split(",", -1)) {
        wanted.add(name.strip());
      }
    }
    return wanted.stream()
        .filter(PROTOCOLS::contains)
        .findFirst()
        .filter(served::contains)
        .orElseThrow(
            () ->
                ApiException.badRequest(
                    "requested protocol(s) are not supported: ["
                        + String.join(" ", wanted)
                        + "]; supports ["
                        + String.join(" ", served)
                        + "]"));
  }

  private void upgrade(HttpServerRequest request, Opened kubelet) {
    request
        .toWebSocket()
        .onSuccess(kubelet::join)
        .onFailure(
            failure -> {
              LOG.debug("the upgrade of a stream failed", failure);
              kubelet.cancel();
            });
  }

  /**
   * A real server has accepted version 5 before it calls the kubelet, so its client hears of a
   * failure on the result channel; other protocols get the kubelet's answer in place of the
   * upgrade.
   */
  private static void refuse(Exchange exchange, Route route, String protocol, Throwable cause) {
    HttpServerRequest request = exchange.request();
    boolean rejected = cause instanceof UpgradeRejectedException;
    String text =
        cause instanceof UpgradeRejectedException answer && answer.getBody() != null
            ? refusal(answer.getBody().toString(StandardCharsets.UTF_8).strip())
            : String.valueOf(cause.getMessage());
    if (protocol.equals(CHANNELS_5)) {
      ApiException failure =
          ApiException.internal(
              rejected
                  ? "unable to upgrade connection: " + text
                  : "error sending request: Post \"" + route.url() + "\": " + text);
      request
          .toWebSocket()
          .onSuccess(client -> report(client, failure))
          .onFailure(broken -> LOG.debug("the upgrade of a stream failed", broken));
    } else if (rejected) {
      int code = ((UpgradeRejectedException) cause).getStatus();
      Exchange.refuse(
          request,
          switch (code) {
            case 400 -> ApiException.badRequest(text);
            case 403 -> ApiException.of(Reason.FORBIDDEN, text);
            case 404 -> ApiException.of(Reason.NOT_FOUND, text);
            default -> ApiException.internal("unable to upgrade connection: " + text);
          });
    } else {
      Exchange.refuse(
          request,
          ApiException.unknown("error dialing backend: dial tcp " + route.peer() + ": " + text));
    }
  }

  /** What a kubelet without such an endpoint says is no help to anybody. */
  private static String refusal(String text) {
    return text.startsWith("404 page not found") ? "the pod's node does not serve this" : text;
  }

  private static void report(ServerWebSocket client, ApiException failure) {
    byte[] status = Trees.MAPPER.writeValueAsBytes(failure.status());
    client
        .writeBinaryMessage(Buffer.buffer().appendByte(RESULT_CHANNEL).appendBytes(status))
        .onComplete(sent -> client.close());
  }
}
