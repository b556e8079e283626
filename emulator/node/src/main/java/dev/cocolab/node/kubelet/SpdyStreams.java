package dev.cocolab.node.kubelet;

import dev.cocolab.node.forward.ClientStream;
import dev.cocolab.node.forward.SpdyFrames;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyGoAwayFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyProtocolException;
import io.netty.handler.codec.spdy.SpdySessionStatus;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams of {@code v4.channel.k8s.io} in a SPDY/3.1 session, as remote commands have them: the
 * client opens one for each of error, stdin, stdout, stderr and resize, named by the header {@code
 * streamtype}. Windows are not looked at, as the library on the other side knows none. All state
 * belongs to one event loop; whether it is closed is read from others.
 */
final class SpdyStreams {
  private static final Logger log = LoggerFactory.getLogger(SpdyStreams.class);
  private static final long OPENING_MILLIS = 30_000;
  private static final long LINGER_MILLIS = 5_000;

  /** What streams are for. */
  enum Purpose {
    ERROR,
    STDIN,
    STDOUT,
    STDERR,
    RESIZE
  }

  /** What happens to them; on the event loop. */
  interface Listener {
    /** All streams are there. */
    void opened();

    /** Bytes of the client. */
    void data(Purpose purpose, byte[] bytes);

    /** The client has ended its half of a stream. */
    void ended(Purpose purpose);

    /** The client has gone. */
    void gone();
  }

  private final Vertx vertx;
  private final Context context;
  private final ClientStream client;
  private final Set<Purpose> wanted;
  private final Listener listener;
  private final SpdyFrames frames = new SpdyFrames();
  private final Map<Purpose, Integer> ids = new EnumMap<>(Purpose.class);
  private final Map<Integer, Purpose> purposes = new HashMap<>();
  private int lastStream;
  private volatile boolean closed;

  /**
   * Waits for the streams; on the event loop.
   *
   * @param wanted which ones
   */
  SpdyStreams(Vertx vertx, ClientStream client, Set<Purpose> wanted, Listener listener) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.client = client;
    this.wanted = Set.copyOf(wanted);
    this.listener = listener;
    client.receive(this::received, this::gone);
    vertx.setTimer(
        OPENING_MILLIS,
        fired -> {
          if (!ids.keySet().containsAll(this.wanted)) {
            client.close();
          }
        });
  }

  private void received(Buffer bytes) {
    if (closed) {
      return;
    }
    try {
      frames.read(bytes, this::frame);
    } catch (SpdyProtocolException e) {
      log.debug("a client of a command sends no SPDY: {}", e.toString());
      client.reject("these bytes are no SPDY/3.1");
    }
  }

  private void frame(Object frame) {
    if (frame instanceof SpdySynStreamFrame opening) {
      opened(opening);
    } else if (frame instanceof SpdyDataFrame data) {
      Purpose purpose = purposes.get(data.streamId());
      if (purpose == null) {
        return;
      }
      if (data.content().isReadable()) {
        listener.data(purpose, ByteBufUtil.getBytes(data.content()));
      }
      if (data.isLast()) {
        listener.ended(purpose);
      }
    } else if (frame instanceof SpdyPingFrame ping && ping.id() % 2 != 0) {
      write(new DefaultSpdyPingFrame(ping.id()));
    }
  }

  private void opened(SpdySynStreamFrame opening) {
    int id = opening.streamId();
    Optional<Purpose> purpose = purpose(opening);
    boolean fits =
        id % 2 != 0
            && id > lastStream
            && !opening.isInvalid()
            && !opening.isTruncated()
            && purpose.filter(one -> wanted.contains(one) && !ids.containsKey(one)).isPresent();
    if (!fits) {
      write(new DefaultSpdyRstStreamFrame(id, SpdyStreamStatus.PROTOCOL_ERROR));
      return;
    }
    lastStream = id;
    ids.put(purpose.get(), id);
    purposes.put(id, purpose.get());
    DefaultSpdySynReplyFrame reply = new DefaultSpdySynReplyFrame(id);
    // the codec leaves out an empty block of headers, which clients take for a broken frame
    reply.headers().set("streamtype", purpose.get().name().toLowerCase(Locale.ROOT));
    write(reply);
    if (ids.size() == wanted.size()) {
      listener.opened();
    }
    if (opening.isLast()) {
      listener.ended(purpose.get());
    }
  }

  private static Optional<Purpose> purpose(SpdySynStreamFrame opening) {
    CharSequence value = opening.headers().get("streamtype");
    try {
      return value == null
          ? Optional.empty()
          : Optional.of(Purpose.valueOf(value.toString().toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException unknown) {
      return Optional.empty();
    }
  }

  private void gone() {
    closed = true;
    frames.close();
    listener.gone();
  }

  private Future<Void> write(Object frame) {
    return closed || client.isClosed()
        ? Future.failedFuture("the client is gone")
        : client.send(frames.write(frame));
  }

  /** Sends bytes of a stream; from any thread. */
  Future<Void> send(Purpose purpose, byte[] bytes, boolean last) {
    Promise<Void> sent = Promise.promise();
    context.runOnContext(
        nothing -> {
          Integer id = ids.get(purpose);
          if (id == null) {
            sent.complete();
            return;
          }
          DefaultSpdyDataFrame frame = new DefaultSpdyDataFrame(id, Unpooled.wrappedBuffer(bytes));
          frame.setLast(last);
          write(frame).onComplete(sent);
        });
    return sent.future();
  }

  /**
   * Ends the session: outputs, then the Status; from any thread. The client closes the connection
   * when it has read all; who does not is cut off.
   */
  void finish(byte[] status) {
    for (Purpose output : new Purpose[] {Purpose.STDOUT, Purpose.STDERR}) {
      var unused = send(output, new byte[0], true);
    }
    send(Purpose.ERROR, status, true)
        .onComplete(
            done ->
                context.runOnContext(
                    nothing -> {
                      write(new DefaultSpdyGoAwayFrame(lastStream, SpdySessionStatus.OK));
                      vertx.setTimer(LINGER_MILLIS, fired -> client.close());
                    }));
  }

  /** Holds the client up. */
  void pause() {
    client.pause();
  }

  /** Lets the client go on; from any thread. */
  void resume() {
    context.runOnContext(nothing -> client.resume());
  }

  /** Whether the client has gone. */
  boolean isClosed() {
    return closed;
  }
}
