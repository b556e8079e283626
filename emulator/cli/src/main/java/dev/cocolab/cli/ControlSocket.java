package dev.cocolab.cli;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control socket of a running lab: one line asked, one line answered, then closed. The socket
 * file has mode 0600 in a folder of mode 0700, so only the lab's owner reaches it.
 */
final class ControlSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);

  /** A question is one or two words; more than this is not one of ours. */
  private static final int LONGEST_QUESTION = 1024;

  private static final int LONGEST_ANSWER = 16 * 1024 * 1024;

  private final ServerSocketChannel server;
  private final Path path;
  private final Thread thread;

  private ControlSocket(ServerSocketChannel server, Path path, UnaryOperator<String> answers) {
    this.server = server;
    this.path = path;
    this.thread = new Thread(() -> serve(answers), "cocolab-control");
    this.thread.setDaemon(true);
  }

  static ControlSocket listen(Path path, UnaryOperator<String> answers) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    ControlSocket socket = new ControlSocket(server, path, answers);
    socket.thread.start();
    return socket;
  }

  /**
   * Asks a running lab.
   *
   * @return empty when nobody listens there
   * @throws CliException {@link ExitCode#UNREACHABLE} when the lab does not answer in time
   */
  static Optional<String> ask(Path path, String question, Duration timeout) {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    SocketChannel channel;
    try {
      channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
    } catch (IOException nobodyListens) {
      return Optional.empty();
    }
    try (channel) {
      channel.write(StandardCharsets.UTF_8.encode(question + "\n"));
      CompletableFuture<String> answer =
          CompletableFuture.supplyAsync(() -> readLine(channel, LONGEST_ANSWER));
      return Optional.of(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "the lab behind %s did not answer within %d s".formatted(path, timeout.toSeconds()),
          e);
    } catch (IOException | ExecutionException e) {
      throw new CliException(
          ExitCode.UNREACHABLE, "the lab behind %s went away".formatted(path), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.INTERRUPTED, "interrupted", e);
    }
  }

  private void serve(UnaryOperator<String> answers) {
    while (server.isOpen()) {
      try {
        SocketChannel client = server.accept();
        // One thread a question: a caller that never ends its line must not silence the lab.
        Thread answering = new Thread(() -> answer(client, answers), "cocolab-control-answer");
        answering.setDaemon(true);
        answering.start();
      } catch (ClosedChannelException closed) {
        return;
      } catch (IOException e) {
        LOG.debug("the control socket refused a connection", e);
      }
    }
  }

  private static void answer(SocketChannel client, UnaryOperator<String> answers) {
    try (client) {
      ByteBuffer answer =
          StandardCharsets.UTF_8.encode(answers.apply(readLine(client, LONGEST_QUESTION)) + "\n");
      while (answer.hasRemaining()) {
        client.write(answer);
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("a control connection failed", e);
    }
  }

  private static String readLine(SocketChannel channel, int limit) {
    StringBuilder line = new StringBuilder();
    try {
      var reader = Channels.newReader(channel, StandardCharsets.UTF_8);
      for (int c = reader.read(); c >= 0 && c != '\n'; c = reader.read()) {
        if (line.length() == limit) {
          throw new IOException("line longer than " + limit);
        }
        line.append((char) c);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(path);
  }
}
