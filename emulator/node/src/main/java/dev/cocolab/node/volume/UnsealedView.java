package dev.cocolab.node.volume;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * A container's own view of a volume of secrets, in which sealed files are open. Each entry of the
 * volume whose file begins with {@code sealed.} becomes a link to its plaintext, {@code
 * <entry>.unsealed} beside the resolved file; the volume itself stays as it is. As in kata's agent,
 * folders below the first level are left alone, and the first file that cannot be opened ends the
 * work on its volume.
 */
public final class UnsealedView {
  /** What one message to the data hub holds. */
  private static final int MAX_SEALED = 4 * 1024 * 1024;

  private static final String SUFFIX = ".unsealed";

  private final Function<byte[], Optional<byte[]>> unseal;
  private final byte[] prefix;

  /**
   * Opens files with this function.
   *
   * @param prefix what sealed files begin with
   * @param unseal gives the plaintext of a file, or nothing
   */
  public UnsealedView(byte[] prefix, Function<byte[], Optional<byte[]>> unseal) {
    this.prefix = prefix.clone();
    this.unseal = Objects.requireNonNull(unseal, "unseal");
  }

  /** Whether a volume has an entry that is sealed. */
  public boolean isNeededFor(Path volume) throws IOException {
    if (!Files.isDirectory(volume)) {
      return false;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(volume)) {
      for (Path entry : entries) {
        if (isSealed(volume, entry)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Makes the view as a new folder; its files have the modes of the volume's. */
  public void make(Path volume, Path view) throws IOException {
    FileTrees.createPrivate(view.getParent());
    copy(volume, view);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(view)) {
      for (Path entry : entries) {
        if (isSealed(view, entry) && !open(view, entry)) {
          return;
        }
      }
    }
  }

  private boolean open(Path view, Path entry) throws IOException {
    Path file = entry.toRealPath();
    Optional<byte[]> plain = unseal.apply(Files.readAllBytes(file));
    if (plain.isEmpty()) {
      return false;
    }
    Path opened = file.resolveSibling(entry.getFileName() + SUFFIX);
    FileTrees.writeNew(opened, plain.get(), mode(file));
    Files.setAttribute(opened, "unix:gid", Files.getAttribute(file, "unix:gid"));
    Files.delete(entry);
    Files.createSymbolicLink(entry, view.toRealPath().relativize(opened));
    return true;
  }

  /** A link counts as long as it stays in its volume: containers may have written there. */
  private boolean isSealed(Path volume, Path entry) throws IOException {
    if (!Files.isRegularFile(entry)
        || Files.size(entry) > MAX_SEALED
        || !entry.toRealPath().startsWith(volume.toRealPath())) {
      return false;
    }
    try (InputStream in = Files.newInputStream(entry)) {
      return Arrays.equals(in.readNBytes(prefix.length), prefix);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    if (Files.isSymbolicLink(from)) {
      Files.createSymbolicLink(to, Files.readSymbolicLink(from));
    } else if (Files.isDirectory(from)) {
      Files.createDirectory(to);
      Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(from)) {
        for (Path entry : entries) {
          copy(entry, to.resolve(entry.getFileName()));
        }
      }
    } else if (Files.isRegularFile(from)) {
      Files.copy(from, to, LinkOption.NOFOLLOW_LINKS);
      Files.setPosixFilePermissions(to, FileTrees.permissions(mode(from)));
      Files.setAttribute(to, "unix:gid", Files.getAttribute(from, "unix:gid"));
    }
    // a pipe or a socket has nothing to copy, and reading it could last for ever
  }

  private static int mode(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:mode") & 0777;
  }
}
