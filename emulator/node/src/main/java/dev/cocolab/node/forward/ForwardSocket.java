package dev.cocolab.node.forward;

import dev.cocolab.node.pod.Timers;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The client's stream with back-pressure both ways: senders wait until what they sent has left, and
 * the client is not read while too much of it waits for the pod. All state belongs to one event
 * loop.
 */
final class ForwardSocket {
  /** What a message costs beside its data, so that empty ones count too. */
  private static final int MESSAGE_COST = 256;

  private final Vertx vertx;
  private final Context context;
  private final ClientStream socket;
  private final ForwardLimits limits;
  private final Runnable onStall;
  private long waiting;
  private long passed;
  private boolean held;
  private boolean watched;

  /**
   * @param onStall told on the event loop when the pod has taken nothing for too long and the
   *     client is held up
   */
  ForwardSocket(Vertx vertx, ClientStream socket, ForwardLimits limits, Runnable onStall) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.socket = socket;
    this.limits = limits;
    this.onStall = onStall;
  }

  Timers timers() {
    return (delay, action) -> {
      long id = vertx.setTimer(delay.toMillis(), fired -> action.run());
      return () -> vertx.cancelTimer(id);
    };
  }

  /** Runs an action on the event loop. */
  void later(Runnable action) {
    context.runOnContext(nothing -> action.run());
  }

  /** Data came that waits for the pod; on the event loop. */
  void received(int bytes) {
    waiting += bytes + MESSAGE_COST;
    if (waiting > limits.waitingBytes() && !held) {
      held = true;
      socket.pause();
      if (!watched) {
        watch(passed, Duration.ZERO);
      }
    }
  }

  /** Data waits no longer; on the event loop. */
  void passed(int bytes) {
    waiting -= bytes + MESSAGE_COST;
    passed++;
    if (held && waiting <= limits.waitingBytes() / 2) {
      held = false;
      socket.resume();
    }
  }

  /**
   * Looks after a client that is held up. Who is not read is not seen to go either; but then what
   * is written to him fails.
   */
  private void watch(long before, Duration still) {
    watched = true;
    vertx.setTimer(
        limits.ping().toMillis(),
        fired -> {
          if (!held || socket.isClosed()) {
            watched = false;
            return;
          }
          if (!socket.writeQueueFull()) {
            socket.ping();
          }
          Duration silent = passed == before ? still.plus(limits.ping()) : Duration.ZERO;
          boolean stalled = silent.compareTo(limits.stall()) >= 0;
          if (stalled) {
            onStall.run();
          }
          watch(passed, stalled ? Duration.ZERO : silent);
        });
  }

  /** Sends a message; on the event loop. */
  Future<Void> send(Buffer message) {
    return socket.isClosed() ? Future.failedFuture("the client is gone") : socket.send(message);
  }

  /**
   * Sends a message that is made on the event loop, and waits until it has left.
   *
   * @throws IOException if the client is gone or does not read
   */
  void sendAndWait(Supplier<Future<Void>> sending) throws IOException {
    Promise<Void> sent = Promise.promise();
    context.runOnContext(nothing -> sending.get().onComplete(sent));
    Duration stall = limits.stall();
    try {
      sent.future()
          .toCompletionStage()
          .toCompletableFuture()
          .get(stall.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the client does not read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Closes after what was sent; on the event loop. */
  void close() {
    if (!socket.isClosed()) {
      socket.close();
    }
  }

  /** Closes because the client broke the protocol (RFC 6455, 7.4.1: 1002); on the event loop. */
  void reject(String reason) {
    if (!socket.isClosed()) {
      socket.reject(reason);
    }
  }
}
