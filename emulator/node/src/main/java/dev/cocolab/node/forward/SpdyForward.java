package dev.cocolab.node.forward;

import dev.cocolab.node.pod.ForwardTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyGoAwayFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.DefaultSpdyWindowUpdateFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyGoAwayFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyProtocolException;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySessionStatus;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Port-forward by {@code SPDY/3.1+portforward.k8s.io}: a SPDY/3.1 session whose bytes come in
 * binary messages, cut anywhere; or by SPDY/3.1 alone, with the protocol {@code
 * portforward.k8s.io}. The client opens two streams for a connection, whose headers are {@code
 * streamtype} (error or data), {@code port} and {@code requestid}; the error stream carries one
 * text if there is no connection. Both ends finish the streams with their FIN flag.
 *
 * <p>Windows: the client is told of what the pod has taken (2.6.8). Its own window is not waited
 * for, because kubectl's library knows none; what is sent waits for the WebSocket in its place.
 */
final class SpdyForward {
  static final String PROTOCOL = "SPDY/3.1+portforward.k8s.io";

  private static final Logger log = LoggerFactory.getLogger(SpdyForward.class);
  private static final int WINDOW_STEP = 32 * 1024;

  /** Answers that may wait to be sent, beside data. */
  private static final int MAX_ANSWERS = 1024;

  private final ForwardSocket socket;
  private final ForwardTarget target;
  private final Executor threads;
  private final ForwardLimits limits;
  private final SpdyFrames frames = new SpdyFrames();
  private final Map<Integer, StreamPair> streams = new HashMap<>();
  private final Map<String, StreamPair> incomplete = new HashMap<>();
  private int lastStream;
  private int answers;
  private boolean leaving;
  private boolean closed;

  private SpdyForward(
      Vertx vertx,
      ClientStream socket,
      ForwardTarget target,
      Executor threads,
      ForwardLimits limits) {
    this.socket = new ForwardSocket(vertx, socket, limits, this::stalled);
    this.target = target;
    this.threads = threads;
    this.limits = limits;
  }

  /** Serves a client; on the event loop. */
  static void serve(
      Vertx vertx,
      ClientStream socket,
      ForwardTarget target,
      Executor threads,
      ForwardLimits limits) {
    SpdyForward session = new SpdyForward(vertx, socket, target, threads, limits);
    socket.receive(session::received, session::closed);
  }

  private void received(Buffer bytes) {
    if (closed) {
      return;
    }
    try {
      frames.read(bytes, this::frame);
    } catch (SpdyProtocolException e) {
      log.debug("a client of port-forward sends no SPDY: {}", e.toString());
      send(new DefaultSpdyGoAwayFrame(lastStream, SpdySessionStatus.PROTOCOL_ERROR));
      socket.reject("these bytes are no SPDY/3.1");
    }
  }

  private void frame(Object frame) {
    if (frame instanceof SpdyDataFrame data) {
      data(data);
    } else if (frame instanceof SpdySynStreamFrame opening) {
      opened(opening);
    } else if (frame instanceof SpdyRstStreamFrame reset) {
      reset(reset.streamId());
    } else if (frame instanceof SpdyPingFrame ping) {
      // Odd numbers are the client's, even ones would be answers to pings of this side (2.6.5).
      if (ping.id() % 2 != 0) {
        send(new DefaultSpdyPingFrame(ping.id()));
      }
    } else if (frame instanceof SpdyGoAwayFrame) {
      leaving = true;
      closeWhenEmpty();
    } else {
      log.trace("a frame without meaning here: {}", frame);
    }
  }

  private void opened(SpdySynStreamFrame opening) {
    int id = opening.streamId();
    if (id % 2 == 0 || id <= lastStream || opening.isInvalid() || opening.isTruncated()) {
      refuse(id, SpdyStreamStatus.PROTOCOL_ERROR);
      return;
    }
    lastStream = id;
    if (leaving || streams.size() >= 2 * limits.connections()) {
      refuse(id, SpdyStreamStatus.REFUSED_STREAM);
      return;
    }
    StreamHeaders headers;
    try {
      headers = StreamHeaders.read(opening);
    } catch (IllegalArgumentException e) {
      log.debug("a stream of port-forward is refused: {}", e.getMessage());
      refuse(id, SpdyStreamStatus.CANCEL);
      return;
    }
    StreamPair pair = incomplete.computeIfAbsent(headers.requestId(), StreamPair::new);
    if (!pair.add(headers.type(), id)) {
      refuse(id, SpdyStreamStatus.PROTOCOL_ERROR);
      return;
    }
    streams.put(id, pair);
    send(reply(id, headers));
    if (!pair.isComplete()) {
      pair.alarm(socket.timers().after(limits.pairing(), () -> alone(pair)));
      return;
    }
    incomplete.remove(headers.requestId());
    connect(pair, headers.port());
    if (opening.isLast() && id == pair.dataStream()) {
      pair.connection().ifPresent(ForwardedConnection::finish);
    }
  }

  /**
   * Accepts a stream. The header is for the codec, which leaves out an empty block of headers;
   * kubectl takes that for a broken frame.
   */
  private static DefaultSpdySynReplyFrame reply(int id, StreamHeaders headers) {
    DefaultSpdySynReplyFrame reply = new DefaultSpdySynReplyFrame(id);
    reply.headers().set("port", Integer.toString(headers.port()));
    return reply;
  }

  private void connect(StreamPair pair, int port) {
    ForwardedConnection connection =
        new ForwardedConnection(
            target, port, new Streams(pair), threads, socket.timers(), limits.linger());
    pair.complete(connection);
    connection.start();
  }

  private void data(SpdyDataFrame frame) {
    StreamPair pair = streams.get(frame.streamId());
    if (pair == null || frame.streamId() != pair.dataStream()) {
      // What was on its way when the stream ended, or the end of the client's half of an error
      // stream.
      return;
    }
    Optional<ForwardedConnection> connection = pair.connection();
    if (connection.isEmpty()) {
      forget(pair);
      refuse(frame.streamId(), SpdyStreamStatus.PROTOCOL_ERROR);
      return;
    }
    ByteBuf content = frame.content();
    if (content.isReadable() || !frame.isLast()) {
      byte[] bytes = ByteBufUtil.getBytes(content);
      socket.received(bytes.length);
      connection.get().write(bytes);
    }
    if (frame.isLast()) {
      connection.get().finish();
    }
  }

  private void reset(int id) {
    StreamPair pair = streams.get(id);
    if (pair == null) {
      return;
    }
    if (id == pair.dataStream() || pair.connection().isEmpty()) {
      forget(pair);
      pair.connection().ifPresent(ForwardedConnection::cancel);
      closeWhenEmpty();
    } else {
      pair.silenceErrors();
    }
  }

  /** The second stream of a pair did not come. */
  private void alone(StreamPair pair) {
    if (!closed && streams.containsValue(pair) && !pair.isComplete()) {
      forget(pair);
      pair.ids().forEach(id -> refuse(id, SpdyStreamStatus.CANCEL));
      closeWhenEmpty();
    }
  }

  private void over(StreamPair pair, Optional<String> failure) {
    if (closed || !streams.containsValue(pair)) {
      return;
    }
    forget(pair);
    if (pair.takesErrors()) {
      send(last(pair.errorStream(), failure.orElse("").getBytes(StandardCharsets.UTF_8)));
    }
    send(last(pair.dataStream(), new byte[0]));
    closeWhenEmpty();
  }

  private void forget(StreamPair pair) {
    pair.endAlarm();
    pair.ids().forEach(streams::remove);
    incomplete.remove(pair.requestId(), pair);
  }

  private void closeWhenEmpty() {
    if (leaving && streams.isEmpty()) {
      socket.close();
    }
  }

  private void stalled() {
    connections().stream()
        .max(Comparator.comparingInt(ForwardedConnection::waiting))
        .ifPresent(ForwardedConnection::cancel);
  }

  private Collection<ForwardedConnection> connections() {
    return streams.values().stream()
        .distinct()
        .map(StreamPair::connection)
        .flatMap(Optional::stream)
        .toList();
  }

  private void closed() {
    closed = true;
    connections().forEach(ForwardedConnection::cancel);
    streams.values().forEach(StreamPair::endAlarm);
    streams.clear();
    incomplete.clear();
    frames.close();
  }

  private void refuse(int id, SpdyStreamStatus status) {
    send(new DefaultSpdyRstStreamFrame(id, status));
  }

  private static DefaultSpdyDataFrame last(int id, byte[] bytes) {
    DefaultSpdyDataFrame frame = new DefaultSpdyDataFrame(id, Unpooled.wrappedBuffer(bytes));
    frame.setLast(true);
    return frame;
  }

  /** Sends an answer. Who asks without end and does not read the answers is left alone. */
  private void send(Object frame) {
    if (closed) {
      return;
    }
    if (++answers > MAX_ANSWERS) {
      socket.reject("the answers are not read");
    }
    socket.send(frames.write(frame)).onComplete(sent -> answers--);
  }

  private Future<Void> sendData(StreamPair pair, byte[] bytes) {
    if (closed || !streams.containsKey(pair.dataStream())) {
      return Future.failedFuture("the stream is closed");
    }
    return socket.send(
        frames.write(new DefaultSpdyDataFrame(pair.dataStream(), Unpooled.wrappedBuffer(bytes))));
  }

  /** One update at a time: as long as one waits to be sent, what comes is added to the next. */
  private void taken(StreamPair pair, int bytes) {
    socket.passed(bytes);
    pair.credit(bytes);
    if (closed || !streams.containsKey(pair.dataStream()) || pair.credit() < WINDOW_STEP) {
      return;
    }
    pair.takeCredit()
        .ifPresent(
            step ->
                socket
                    .send(frames.write(new DefaultSpdyWindowUpdateFrame(pair.dataStream(), step)))
                    .onComplete(sent -> pair.creditGiven()));
  }

  private final class Streams implements ForwardedConnection.Client {
    private final StreamPair pair;

    Streams(StreamPair pair) {
      this.pair = pair;
    }

    @Override
    public void data(byte[] bytes) throws IOException {
      socket.sendAndWait(() -> sendData(pair, bytes));
    }

    @Override
    public void taken(int bytes) {
      socket.later(() -> SpdyForward.this.taken(pair, bytes));
    }

    @Override
    public void ended(Optional<String> failure) {
      socket.later(() -> over(pair, failure));
    }
  }
}
