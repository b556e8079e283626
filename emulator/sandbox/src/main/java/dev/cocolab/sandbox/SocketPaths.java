package dev.cocolab.sandbox;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The limit that {@code struct sockaddr_un} sets on the path of a Unix socket (unix(7)). */
final class SocketPaths {
  /** 108 bytes of {@code sun_path} less the closing NUL. */
  static final int MAX_BYTES = 107;

  private SocketPaths() {}

  static Path check(Path socket) {
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (!socket.isAbsolute()) {
      throw new IllegalArgumentException("not an absolute path: " + socket);
    }
    if (length > MAX_BYTES) {
      throw new SandboxException(
          SandboxException.Reason.SOCKET_PATH_TOO_LONG,
          "The path "
              + socket
              + " has "
              + length
              + " bytes, a Unix socket takes at most "
              + MAX_BYTES
              + ". Set XDG_RUNTIME_DIR or TMPDIR to a shorter folder.");
    }
    return socket;
  }
}
