package dev.cocolab.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds a place for Unix sockets, whose paths are limited to 107 bytes. */
public final class RuntimeDirectory {
  /** What is left for {@code /<8 hex>/<name>}; names are at most 48 bytes. */
  private static final int MAX_BYTES = SocketPaths.MAX_BYTES - 58;

  private RuntimeDirectory() {}

  /**
   * Makes a directory named {@code cocolab-<user>} (0700) below the first candidate that is short
   * enough and writable, usually XDG_RUNTIME_DIR, then the folder for temporary files, then /tmp.
   *
   * @throws SandboxException SOCKET_PATH_TOO_LONG or DIRECTORY, naming each candidate and the
   *     remedy
   */
  public static Path choose(List<Path> candidates, String user) {
    List<String> refusals = new ArrayList<>();
    boolean onlyLength = true;
    for (Path candidate : candidates) {
      Path directory = candidate.toAbsolutePath().resolve("cocolab-" + user);
      int length = bytes(directory);
      if (length > MAX_BYTES) {
        refusals.add(directory + " has " + length + " bytes");
        continue;
      }
      try {
        Trees.createPrivate(directory);
        if (Files.isWritable(directory) && Files.isSameFile(directory, directory.toRealPath())) {
          return directory;
        }
        refusals.add(directory + " is not writable");
      } catch (IOException e) {
        refusals.add(directory + ": " + e.getMessage());
      }
      onlyLength = false;
    }
    throw new SandboxException(
        onlyLength
            ? SandboxException.Reason.SOCKET_PATH_TOO_LONG
            : SandboxException.Reason.DIRECTORY,
        "No folder is fit for Unix sockets, whose paths take at most "
            + SocketPaths.MAX_BYTES
            + " bytes: "
            + String.join("; ", refusals)
            + ". Set XDG_RUNTIME_DIR or TMPDIR to a short, writable folder.");
  }

  static void check(Path directory) {
    int length = bytes(directory);
    if (length > MAX_BYTES) {
      throw new SandboxException(
          SandboxException.Reason.SOCKET_PATH_TOO_LONG,
          "The folder "
              + directory
              + " has "
              + length
              + " bytes; with the names of Unix sockets its paths would exceed "
              + SocketPaths.MAX_BYTES
              + " bytes. Set XDG_RUNTIME_DIR or TMPDIR to a shorter folder (at most "
              + MAX_BYTES
              + " bytes).");
    }
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }
}
