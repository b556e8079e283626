package dev.cocolab.node.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyProtocolException;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;

/**
 * SPDY/3.1 frames from and to bytes, with the header compression of one session (SPDY Protocol,
 * draft 3.1, 2.2 and 2.6.10). Not safe for use by several threads.
 */
public final class SpdyFrames implements AutoCloseable {
  private static final int MAX_DATA = 64 * 1024;
  private static final int MAX_HEADERS = 16 * 1024;
  private static final int COMPRESSION = 6;
  private static final int WINDOW_BITS = 15;
  private static final int MEMORY_LEVEL = 8;

  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new SpdyFrameCodec(
              SpdyVersion.SPDY_3_1,
              MAX_DATA,
              MAX_HEADERS,
              COMPRESSION,
              WINDOW_BITS,
              MEMORY_LEVEL,
              false));

  /**
   * Takes bytes as they come, cut anywhere, and passes on the frames that are complete.
   *
   * @throws SpdyProtocolException if the bytes are no frames; nothing more can be read then
   */
  public void read(Buffer bytes, Consumer<Object> frames) throws SpdyProtocolException {
    ByteBuf input = channel.alloc().buffer(bytes.length());
    input.writeBytes(bytes.getBytes());
    channel.writeInbound(input);
    for (Object frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
      try {
        frames.accept(frame);
      } finally {
        ReferenceCountUtil.release(frame);
      }
    }
  }

  /** The bytes of a frame. */
  public Buffer write(Object frame) {
    channel.writeOutbound(frame);
    Buffer bytes = Buffer.buffer();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      byte[] copy = new byte[part.readableBytes()];
      part.readBytes(copy);
      part.release();
      bytes.appendBytes(copy);
    }
    return bytes;
  }

  /** Frees the state of the compression. */
  @Override
  public void close() {
    channel.finishAndReleaseAll();
  }
}
