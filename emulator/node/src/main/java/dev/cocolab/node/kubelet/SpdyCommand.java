package dev.cocolab.node.kubelet;

import dev.cocolab.node.forward.ClientStream;
import dev.cocolab.node.kubelet.SpdyStreams.Purpose;
import dev.cocolab.node.log.ContainerLog;
import dev.cocolab.node.log.LogQuery;
import dev.cocolab.node.pod.CommandRefusedException;
import dev.cocolab.node.pod.CommandSession;
import dev.cocolab.node.pod.ContainerCommand;
import dev.cocolab.node.pod.RunningContainer;
import dev.cocolab.node.pod.SerialExecutor;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One command, or the output of one container, over SPDY: what API servers turn the WebSockets of
 * their clients into. Output is sent only as fast as it is taken: a client that never reads holds
 * up its own command and, after a minute, loses it.
 */
final class SpdyCommand implements SpdyStreams.Listener {
  /** What is spoken inside of SPDY. */
  static final String PROTOCOL = "v4.channel.k8s.io";

  private static final Logger log = LoggerFactory.getLogger(SpdyCommand.class);
  private static final int CHUNK = 32 * 1024;
  private static final int MAX_WAITING = 1024 * 1024;
  private static final int FRAME_COST = 256;
  private static final long SEND_SECONDS = 60;

  private final SpdyStreams streams;
  private final Executor threads;
  private final SerialExecutor input;
  private final Consumer<SpdyCommand> begin;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicBoolean finished = new AtomicBoolean();
  private final CompletableFuture<CommandSession> session = new CompletableFuture<>();
  private volatile Runnable onGone = () -> {};

  /**
   * Waits for the client's streams, then begins.
   *
   * @param parameters {@code input}, {@code output}, {@code error} and {@code tty} say which
   *     streams there are
   * @param begin runs on a thread that may block
   */
  SpdyCommand(
      Vertx vertx,
      ClientStream client,
      MultiMap parameters,
      Executor threads,
      Consumer<SpdyCommand> begin) {
    this.threads = threads;
    this.input = new SerialExecutor(threads);
    this.begin = begin;
    this.streams = new SpdyStreams(vertx, client, wanted(parameters), this);
  }

  private static Set<Purpose> wanted(MultiMap parameters) {
    Set<Purpose> purposes = EnumSet.of(Purpose.ERROR);
    boolean terminal = KubeletServer.isSet(parameters, "tty");
    if (KubeletServer.isSet(parameters, "input")) {
      purposes.add(Purpose.STDIN);
    }
    if (KubeletServer.isSet(parameters, "output")) {
      purposes.add(Purpose.STDOUT);
    }
    if (KubeletServer.isSet(parameters, "error") && !terminal) {
      purposes.add(Purpose.STDERR);
    }
    if (terminal) {
      purposes.add(Purpose.RESIZE);
    }
    return purposes;
  }

  @Override
  public void opened() {
    threads.execute(() -> begin.accept(this));
  }

  @Override
  public void data(Purpose purpose, byte[] bytes) {
    int cost = bytes.length + FRAME_COST;
    if (waiting.addAndGet(cost) > MAX_WAITING) {
      streams.pause();
    }
    input.execute(
        () -> {
          withSession(
              running -> {
                if (purpose == Purpose.STDIN) {
                  running.write(bytes);
                } else if (purpose == Purpose.RESIZE) {
                  CommandChannels.resize(running, bytes);
                }
              });
          if (waiting.addAndGet(-cost) <= MAX_WAITING) {
            streams.resume();
          }
        });
  }

  @Override
  public void ended(Purpose purpose) {
    if (purpose == Purpose.STDIN) {
      input.execute(() -> withSession(CommandSession::closeInput));
    }
  }

  private void withSession(Consumer<CommandSession> action) {
    try {
      action.accept(session.join());
    } catch (CompletionException | CancellationException refused) {
      log.debug("input for a command that was not run");
    }
  }

  @Override
  public void gone() {
    onGone.run();
    // input that waits for a command that never begins ends here
    if (!session.cancel(false) && !session.isCompletedExceptionally()) {
      session.join().kill();
    }
  }

  /** Runs a command to its end. Blocks. */
  void run(Optional<RunningContainer> container, Supplier<ContainerCommand> command, String none) {
    if (container.isEmpty()) {
      refuse(none);
      return;
    }
    CommandSession running;
    try {
      running = container.get().exec(command.get());
    } catch (IllegalArgumentException e) {
      refuse(String.valueOf(e.getMessage()));
      return;
    } catch (CommandRefusedException e) {
      refuse("error executing command in container: " + e.getMessage());
      return;
    } catch (RuntimeException e) {
      log.error("a command could not be run", e);
      refuse("error executing command in container: " + e);
      return;
    }
    if (!session.complete(running) || streams.isClosed()) {
      running.kill();
    }
    CompletableFuture<Void> out = pump(running, running.stdout(), Purpose.STDOUT);
    CompletableFuture<Void> err = pump(running, running.stderr(), Purpose.STDERR);
    running
        .exited()
        .thenCombineAsync(
            CompletableFuture.allOf(out, err), (code, done) -> CommandStatus.exited(code), threads)
        .exceptionally(broken -> CommandStatus.failed(String.valueOf(broken.getMessage())))
        .thenAccept(this::finish);
  }

  /** Shows what a container prints from now on. */
  void attach(Optional<ContainerLog> container, String none) {
    session.cancel(false);
    if (container.isEmpty()) {
      refuse(none);
      return;
    }
    ContainerLog printed = container.get();
    ContainerLog.Reader reader = reader();
    onGone = () -> printed.leave(reader);
    try {
      printed.read(LogQuery.followingFromNow(), reader);
      if (streams.isClosed()) {
        printed.leave(reader);
      }
    } catch (IOException e) {
      refuse("error attaching to container: " + e.getMessage());
    }
  }

  private ContainerLog.Reader reader() {
    AtomicInteger unsent = new AtomicInteger();
    return new ContainerLog.Reader() {
      @Override
      public void line(String text) {
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        if (finished.get() || streams.isClosed()) {
          return;
        }
        if (unsent.addAndGet(data.length) > 4 * MAX_WAITING) {
          finish(CommandStatus.failed("the client does not read what it attached itself to"));
          return;
        }
        streams
            .send(Purpose.STDOUT, data, false)
            .onComplete(sent -> unsent.addAndGet(-data.length));
      }

      @Override
      public void end() {
        finish(CommandStatus.exited(0));
      }
    };
  }

  private CompletableFuture<Void> pump(
      CommandSession running, InputStream stream, Purpose purpose) {
    return CompletableFuture.runAsync(
        () -> {
          byte[] buffer = new byte[CHUNK];
          try (stream) {
            for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
              send(purpose, Arrays.copyOf(buffer, count));
            }
          } catch (IOException e) {
            log.debug("an output of a command ended: {}", e.toString());
            running.kill();
          }
        },
        threads);
  }

  private void send(Purpose purpose, byte[] data) throws IOException {
    try {
      streams
          .send(purpose, data, false)
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

  private void refuse(String cause) {
    session.cancel(false);
    finish(CommandStatus.failed(cause));
  }

  private void finish(byte[] status) {
    if (finished.compareAndSet(false, true)) {
      streams.finish(status);
    }
  }
}
