package dev.cocolab.node.kubelet;

import dev.cocolab.node.pod.CommandRefusedException;
import dev.cocolab.node.pod.CommandSession;
import dev.cocolab.node.pod.ContainerCommand;
import dev.cocolab.node.pod.RunningContainer;
import dev.cocolab.node.pod.SerialExecutor;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One command over a WebSocket of the protocols {@code v4.channel.k8s.io} and {@code
 * v5.channel.k8s.io}: binary frames whose first byte is the channel. 0 is input, 1 and 2 output, 3
 * the Status at the end, 4 a new size of the terminal as JSON, and 255, in v5, closes the channel
 * that follows. Output is sent only as fast as it is taken: a client that never reads holds up its
 * own command and, after a minute, loses it.
 */
final class CommandChannels {
  private static final Logger log = LoggerFactory.getLogger(CommandChannels.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int STDIN = 0;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  private static final int STATUS = 3;
  private static final int RESIZE = 4;
  private static final int CLOSE = 255;
  private static final int CHUNK = 32 * 1024;
  private static final int MAX_WAITING = 1024 * 1024;

  /** What a frame costs beside its data, so that empty ones count too. */
  private static final int FRAME_COST = 256;

  private static final long SEND_SECONDS = 60;
  private static final short NORMAL = 1000;

  private final ServerWebSocket socket;
  private final Executor threads;
  private final SerialExecutor input;
  private final AtomicInteger waiting = new AtomicInteger();
  private final CompletableFuture<CommandSession> session = new CompletableFuture<>();

  CommandChannels(ServerWebSocket socket, Executor threads) {
    this.socket = socket;
    this.threads = threads;
    this.input = new SerialExecutor(threads);
    socket.binaryMessageHandler(this::received);
    onClose(this::abandoned);
  }

  /** What to do when the client has gone; at once if it has. */
  void onClose(Runnable action) {
    try {
      socket.closeHandler(gone -> action.run());
      socket.exceptionHandler(broken -> action.run());
    } catch (IllegalStateException closed) {
      action.run();
    }
  }

  /** Runs the command to its end. Blocks. */
  void run(RunningContainer container, ContainerCommand command) {
    CommandSession running;
    try {
      running = container.exec(command);
    } catch (CommandRefusedException e) {
      refused("error executing command in container: " + e.getMessage());
      return;
    } catch (RuntimeException e) {
      log.error("a command could not be run", e);
      refused("error executing command in container: " + e);
      return;
    }
    session.complete(running);
    if (socket.isClosed()) {
      running.kill();
    }
    CompletableFuture<Void> out = pump(running, running.stdout(), STDOUT);
    CompletableFuture<Void> err = pump(running, running.stderr(), STDERR);
    running
        .exited()
        .thenCombineAsync(
            CompletableFuture.allOf(out, err), (code, done) -> CommandStatus.exited(code), threads)
        .exceptionally(broken -> CommandStatus.failed(String.valueOf(broken.getMessage())))
        .thenAccept(this::finish);
  }

  /** Nobody is there any more; a command that begins only now finds the socket closed. */
  private void abandoned() {
    if (session.isDone() && !session.isCompletedExceptionally()) {
      session.join().kill();
    }
  }

  /** Says why there is no command. */
  void refuse(String cause) {
    refused(cause);
  }

  /** There is no command that could take what the client sends; it is dropped. */
  void ignoreInput() {
    session.cancel(false);
  }

  private void received(Buffer frame) {
    if (frame.length() == 0) {
      return;
    }
    int channel = frame.getUnsignedByte(0);
    byte[] data = frame.getBytes(1, frame.length());
    int cost = data.length + FRAME_COST;
    if (waiting.addAndGet(cost) > MAX_WAITING) {
      socket.pause();
    }
    input.execute(
        () -> {
          try {
            take(session.join(), channel, data);
          } catch (CompletionException | CancellationException refused) {
            log.debug("input for a command that was not run");
          } finally {
            if (waiting.addAndGet(-cost) <= MAX_WAITING) {
              socket.resume();
            }
          }
        });
  }

  private static void take(CommandSession running, int channel, byte[] data) {
    if (channel == STDIN && data.length > 0) {
      running.write(data);
    } else if (channel == CLOSE && data.length > 0 && data[0] == STDIN) {
      running.closeInput();
    } else if (channel == RESIZE) {
      resize(running, data);
    }
  }

  static void resize(CommandSession running, byte[] json) {
    try {
      JsonNode size = JSON.readTree(new String(json, StandardCharsets.UTF_8));
      running.resize(side(size, "Height"), side(size, "Width"));
    } catch (JacksonException e) {
      log.debug("no size of a terminal: {}", e.getOriginalMessage());
    }
  }

  private static int side(JsonNode size, String name) {
    return Math.max(0, Math.min(size.path(name).asInt(0), 0xffff));
  }

  private CompletableFuture<Void> pump(CommandSession running, InputStream stream, int channel) {
    return CompletableFuture.runAsync(
        () -> {
          byte[] buffer = new byte[CHUNK];
          try (stream) {
            for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
              send(channel, Arrays.copyOf(buffer, count));
            }
          } catch (IOException e) {
            log.debug("an output of a command ended: {}", e.toString());
            running.kill();
          }
        },
        threads);
  }

  private void send(int channel, byte[] data) throws IOException {
    Buffer frame = Buffer.buffer(data.length + 1).appendByte((byte) channel).appendBytes(data);
    try {
      write(socket, frame)
          .toCompletionStage()
          .toCompletableFuture()
          .get(SEND_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the client does not read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Ends what waits for a command that never runs, then as any end. */
  private void refused(String cause) {
    session.cancel(false);
    finish(CommandStatus.failed(cause));
  }

  /** The Status is sent before the closing handshake begins: clients take the code from it. */
  private void finish(byte[] status) {
    Buffer frame = Buffer.buffer().appendByte((byte) STATUS).appendBytes(status);
    if (!socket.isClosed()) {
      write(socket, frame).onComplete(sent -> socket.close(NORMAL));
    }
  }

  /** Vert.x throws where a client has gone; that fails the message and nothing else. */
  static Future<Void> write(ServerWebSocket socket, Buffer frame) {
    try {
      return socket.writeBinaryMessage(frame);
    } catch (IllegalStateException closed) {
      return Future.failedFuture(closed);
    }
  }
}
