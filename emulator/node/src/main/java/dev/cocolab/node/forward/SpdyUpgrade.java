package dev.cocolab.node.forward;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Arrays;

/**
 * Requests to go on in SPDY/3.1 on the same connection, as API servers make them to kubelets (RFC
 * 9110, 7.8): what is spoken inside is agreed on in {@code X-Stream-Protocol-Version}.
 */
public final class SpdyUpgrade {
  private static final String SPDY = "SPDY/3.1";
  private static final String PROTOCOL = "X-Stream-Protocol-Version";

  /** Only ever set on this side. */
  private static final String METHOD = "X-Cocolab-Method";

  /** Name of Vert.x's own handler. */
  private static final String VERTX = "handler";

  private SpdyUpgrade() {}

  /**
   * Lets clients of a connection ask with POST, as Kubernetes' library does for commands. Vert.x
   * upgrades requests with GET alone, so that it is shown one; {@link #method} knows the other.
   */
  public static void allowPost(HttpConnection connection) {
    if (connection instanceof ConnectionBase known
        && known.channel().pipeline().get(VERTX) != null) {
      known.channel().pipeline().addBefore(VERTX, "cocolab-spdy", new Posts());
    }
  }

  private static final class Posts extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpRequest request) {
        request.headers().remove(METHOD);
        if (HttpMethod.POST.equals(request.method())
            && SPDY.equalsIgnoreCase(request.headers().get("Upgrade"))) {
          request.headers().set(METHOD, request.method().name());
          request.setMethod(HttpMethod.GET);
        }
      }
      context.fireChannelRead(message);
    }
  }

  /** The method that the client has used. */
  public static String method(HttpServerRequest request) {
    String asked = request.getHeader(METHOD);
    return asked == null ? request.method().name() : asked;
  }

  /** Whether a request asks for it. */
  public static boolean isAskedFor(HttpServerRequest request) {
    return SPDY.equalsIgnoreCase(request.getHeader("Upgrade"));
  }

  /** Whether a protocol is among those that the client speaks. */
  public static boolean isOffered(HttpServerRequest request, String protocol) {
    return request.headers().getAll(PROTOCOL).stream()
        .flatMap(line -> Arrays.stream(line.split(",", -1)))
        .anyMatch(name -> name.strip().equals(protocol));
  }

  /** Answers 101, and hands the connection over. */
  public static Future<NetSocket> accept(HttpServerRequest request, String protocol) {
    request
        .response()
        .putHeader("Connection", "Upgrade")
        .putHeader("Upgrade", SPDY)
        .putHeader(PROTOCOL, protocol);
    return request.toNetSocket();
  }
}
