package dev.cocolab.steps.targets.k3s;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The administrator's kubeconfig of a k3s server, with its key, as long as the server runs: a file
 * {@code k3s-PORT.kubeconfig} of mode 0600.
 *
 * @param file in {@code $COCOLAB_HOME}
 */
record K3sKubeconfig(Path file) {
  private static final Logger LOG = LoggerFactory.getLogger(K3sKubeconfig.class);
  private static final Pattern NAME = Pattern.compile("k3s-(\\d{1,5})\\.kubeconfig");
  private static final int CONNECT_MILLIS = 1_000;
  private static final long LARGEST = 1L << 20;

  static K3sKubeconfig of(Path home, int port) {
    return new K3sKubeconfig(home.resolve("k3s-" + port + ".kubeconfig"));
  }

  void write(String text) {
    try {
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.UNFIT, "cannot write %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Does nothing when it is not there. */
  void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.UNFIT, "cannot delete %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * Deletes those that killed runs have left: named as ours, of a server at the port in the name,
   * where nobody listens any more. Everything else stays.
   */
  static void clearStale(Path home) {
    try (Stream<Path> files = Files.list(home)) {
      files.map(K3sKubeconfig::new).filter(K3sKubeconfig::isStale).forEach(K3sKubeconfig::delete);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.UNFIT, "cannot read %s: %s".formatted(home, e.getMessage()), e);
    }
  }

  private boolean isStale() {
    Matcher name = NAME.matcher(file.getFileName().toString());
    if (!name.matches() || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    int port = Integer.parseInt(name.group(1));
    try {
      return port > 0 && port < 1 << 16 && isOf(port) && !listens(port);
    } catch (IOException e) {
      LOG.debug("{} stays, as it cannot be read", file, e);
      return false;
    }
  }

  private boolean isOf(int port) throws IOException {
    if (Files.size(file) > LARGEST) {
      return false;
    }
    Pattern server = Pattern.compile("server: \"?https://127\\.0\\.0\\.1:" + port + "/?\"?");
    List<String> lines = Files.readAllLines(file);
    return lines.stream().anyMatch(line -> server.matcher(line.strip()).matches());
  }

  private static boolean listens(int port) {
    try (Socket probe = new Socket()) {
      probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      return true;
    } catch (ConnectException refused) {
      return false;
    } catch (IOException unclear) {
      return true;
    }
  }
}
