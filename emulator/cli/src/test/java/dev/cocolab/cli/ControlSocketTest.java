package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlSocketTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @TempDir private Path directory;

  @Test
  void answersOneLineAndIsReadableByTheOwnerOnly() throws IOException {
    Path path = directory.resolve("c.sock");
    try (ControlSocket socket = ControlSocket.listen(path, question -> "you said " + question)) {
      assertThat(socket).isNotNull();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
      assertThat(ControlSocket.ask(path, "status", LIMIT)).contains("you said status");
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void askingWhereNobodyListensIsEmpty() throws IOException {
    Path path = directory.resolve("c.sock");
    assertThat(ControlSocket.ask(path, "status", LIMIT)).isEmpty();
    Files.createFile(path);
    assertThat(ControlSocket.ask(path, "status", LIMIT)).isEmpty();
  }

  @Test
  void aCallerThatSaysNothingDoesNotSilenceTheLab() throws IOException {
    Path path = directory.resolve("c.sock");
    try (ControlSocket socket = ControlSocket.listen(path, UnaryOperator.identity());
        SocketChannel silent = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      assertThat(socket).isNotNull();
      assertThat(silent.isConnected()).isTrue();
      assertThat(ControlSocket.ask(path, "status", LIMIT)).contains("status");
    }
  }
}
