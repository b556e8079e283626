package dev.cocolab.node.forward;

import dev.cocolab.node.pod.ForwardTarget;
import dev.cocolab.node.pod.SerialExecutor;
import dev.cocolab.node.pod.Timers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection into a pod. What the client sends waits for the dial and is then written in order;
 * what the pod sends is read only as fast as the client takes it.
 */
final class ForwardedConnection {
  private static final Logger log = LoggerFactory.getLogger(ForwardedConnection.class);
  private static final int CHUNK = 32 * 1024;

  /** The client's end; called on threads that may block. */
  interface Client {
    /** Passes data on and returns when it has been sent. */
    void data(byte[] bytes) throws IOException;

    /** These bytes, given to {@link #write} as one, wait no longer. */
    void taken(int bytes);

    /** The connection is over; this comes once, and after it only {@link #taken}. */
    void ended(Optional<String> failure);
  }

  private final ForwardTarget target;
  private final int port;
  private final Client client;
  private final Executor threads;
  private final Timers timers;
  private final Duration linger;
  private final SerialExecutor input;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong heard = new AtomicLong();
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile boolean cancelled;
  private volatile Optional<SocketChannel> channel = Optional.empty();

  ForwardedConnection(
      ForwardTarget target,
      int port,
      Client client,
      Executor threads,
      Timers timers,
      Duration linger) {
    this.target = target;
    this.port = port;
    this.client = client;
    this.threads = threads;
    this.timers = timers;
    this.linger = linger;
    this.input = new SerialExecutor(threads);
  }

  /** Begins to dial. */
  void start() {
    input.execute(this::dial);
  }

  /** Queues data for the pod. */
  void write(byte[] data) {
    waiting.addAndGet(data.length);
    input.execute(
        () -> {
          try {
            pass(data);
          } finally {
            waiting.addAndGet(-data.length);
            client.taken(data.length);
          }
        });
  }

  /** The client sends no more; the pod may, until it has been silent for the linger time. */
  void finish() {
    input.execute(
        () -> {
          if (channel.isPresent() && !over.get()) {
            try {
              channel.get().shutdownOutput();
              watchSilence(heard.get());
            } catch (IOException e) {
              cancel();
            }
          }
        });
  }

  /** Ends the connection at once, without a word to the pod. */
  void cancel() {
    cancelled = true;
    channel.ifPresent(ForwardedConnection::close);
  }

  /** Bytes that wait for the pod. */
  int waiting() {
    return waiting.get();
  }

  private void dial() {
    if (cancelled) {
      end(Optional.empty());
      return;
    }
    SocketChannel opened;
    try {
      opened = target.connect(port);
    } catch (IOException | RuntimeException e) {
      end(
          Optional.of(
              "error forwarding port "
                  + port
                  + " to pod "
                  + target.sandboxId()
                  + ", uid : "
                  + e.getMessage()));
      return;
    }
    channel = Optional.of(opened);
    if (cancelled) {
      close(opened);
    }
    try {
      threads.execute(() -> read(opened));
    } catch (RejectedExecutionException e) {
      close(opened);
      end(Optional.empty());
    }
  }

  private void read(SocketChannel opened) {
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
    try {
      while (opened.read(buffer) >= 0) {
        heard.incrementAndGet();
        client.data(Arrays.copyOf(buffer.array(), buffer.position()));
        buffer.clear();
      }
    } catch (IOException e) {
      log.debug("a forwarded connection to port {} ended: {}", port, e.toString());
    } finally {
      close(opened);
      end(Optional.empty());
    }
  }

  private void pass(byte[] data) {
    if (channel.isEmpty() || over.get()) {
      return;
    }
    ByteBuffer rest = ByteBuffer.wrap(data);
    try {
      while (rest.hasRemaining()) {
        channel.get().write(rest);
      }
    } catch (IOException e) {
      // What the pod said before it closed may still be read.
      log.debug("port {} takes no more: {}", port, e.toString());
    }
  }

  private void watchSilence(long before) {
    timers.after(
        linger,
        () -> {
          long now = heard.get();
          if (over.get()) {
            log.trace("the pod has ended its direction too");
          } else if (now == before) {
            cancel();
          } else {
            watchSilence(now);
          }
        });
  }

  private void end(Optional<String> failure) {
    if (over.compareAndSet(false, true)) {
      client.ended(failure);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("closing a forwarded connection: {}", e.toString());
    }
  }
}
