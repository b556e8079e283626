package dev.cocolab.apiserver.kubelet;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketBase;
import io.vertx.core.http.WebSocketFrame;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two WebSockets joined to each other. Frames pass unread and in order; who does not take what he
 * gets holds back his peer, so that no more waits here than the write queues hold. The close code
 * of one end is the close code of the other (RFC 6455, 7.4); an end that vanishes without one, or
 * says nothing for two minutes though it was asked, closes the other end with 1011.
 *
 * <p>Both ends live on one event loop.
 */
final class FrameRelay {
  private static final Logger LOG = LoggerFactory.getLogger(FrameRelay.class);
  private static final short GOING_AWAY = 1001;
  private static final short NO_STATUS = 1005;
  private static final short VANISHED = 1006;
  private static final short UNEXPECTED = 1011;
  private static final int QUEUE = 256 * 1024;
  private static final long PING_MILLIS = 30_000;
  private static final int SILENT_PINGS = 4;

  private final Vertx vertx;
  private final End kubelet;
  private final Runnable onEnd;
  private Optional<End> client = Optional.empty();
  private long timer = -1;
  private boolean ended;

  private FrameRelay(Vertx vertx, WebSocketBase kubelet, Runnable onEnd) {
    this.vertx = vertx;
    this.kubelet = new End("kubelet", kubelet);
    this.onEnd = onEnd;
  }

  /**
   * Takes over a kubelet's socket before its first frame. What it sends, its close too, waits until
   * the client is there.
   */
  static FrameRelay from(Vertx vertx, WebSocketBase kubelet, Runnable onEnd) {
    FrameRelay relay = new FrameRelay(vertx, kubelet, onEnd);
    relay.kubelet.held = true;
    kubelet.pause();
    relay.kubelet.listen();
    return relay;
  }

  /** The client's upgrade is done. */
  void to(WebSocketBase socket) {
    if (ended) {
      socket.close(UNEXPECTED, "the kubelet is gone");
      return;
    }
    client = Optional.of(new End("client", socket));
    client.get().listen();
    timer = vertx.setPeriodic(PING_MILLIS, id -> ping());
    kubelet.release();
  }

  private void ping() {
    client.ifPresent(End::ping);
    kubelet.ping();
  }

  /** Ends both sides because this server ends. */
  void close() {
    end();
    client.ifPresent(end -> end.close(GOING_AWAY, "the server is closing"));
    kubelet.close(GOING_AWAY, "the server is closing");
  }

  private void end() {
    if (!ended) {
      ended = true;
      vertx.cancelTimer(timer);
      onEnd.run();
    }
  }

  private final class End {
    private final String name;
    private final WebSocketBase socket;
    private boolean held;
    private int unanswered;

    End(String name, WebSocketBase socket) {
      this.name = name;
      this.socket = socket;
    }

    private Optional<End> other() {
      return this == kubelet ? client : Optional.of(kubelet);
    }

    void listen() {
      socket.setWriteQueueMaxSize(QUEUE);
      socket.pongHandler(pong -> unanswered = 0);
      socket.exceptionHandler(failure -> LOG.debug("{} of a stream: {}", name, failure.toString()));
      socket.frameHandler(this::frame);
      socket.closeHandler(
          gone -> {
            // with a close frame the end comes through the queue, behind the data before it
            Short code = socket.closeStatusCode();
            if (code == null || code == VANISHED) {
              finish(UNEXPECTED, "the " + name + " is gone");
            }
          });
    }

    private void frame(WebSocketFrame frame) {
      unanswered = 0;
      switch (frame.type()) {
        case CLOSE -> finish(frame.closeStatusCode(), frame.closeReason());
        case PING, PONG -> {
          // each end is answered by its neighbour
        }
        default -> other().ifPresent(end -> pass(frame, end.socket));
      }
    }

    private void pass(WebSocketFrame frame, WebSocketBase to) {
      if (to.isClosed()) {
        return;
      }
      to.writeFrame(frame);
      if (to.writeQueueFull()) {
        held = true;
        socket.pause();
        to.drainHandler(drained -> release());
      }
    }

    private void release() {
      held = false;
      socket.resume();
    }

    private void finish(short code, String reason) {
      other().ifPresent(end -> end.close(code, reason));
      end();
    }

    void close(short code, String reason) {
      if (socket.isClosed()) {
        return;
      }
      // what was held back has no reader any more, but the answer to the close must be seen
      release();
      if (code == NO_STATUS || code < 1000) {
        socket.close();
      } else {
        socket.close(code, reason == null ? "" : reason);
      }
    }

    void ping() {
      if (socket.isClosed() || socket.writeQueueFull()) {
        return;
      }
      if (held) {
        // the answer would not be read; but what is written to someone who is gone fails
        socket.writePing(Buffer.buffer());
        return;
      }
      if (unanswered++ >= SILENT_PINGS) {
        finish(UNEXPECTED, "the " + name + " is gone");
        socket.close(UNEXPECTED, "no answer to pings");
        return;
      }
      socket.writePing(Buffer.buffer());
    }
  }
}
