package dev.cocolab.node.container;

import dev.cocolab.node.HostTarget;
import dev.cocolab.sandbox.Forward;
import dev.cocolab.sandbox.UnixRelay;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Host names that lead out of pods. In every pod each name has a loopback address of its own, so
 * that several names may use one port; the relay on this machine's side is shared by all pods.
 */
public final class OutgoingNames implements AutoCloseable {
  private static final String PREFIX = "127.200.0.";
  private static final int MAX_NAMES = 254;

  private final List<UnixRelay> relays = new ArrayList<>();
  private final List<Forward> forwards = new ArrayList<>();
  private final List<String> hostsLines = new ArrayList<>();

  /**
   * Opens the relays.
   *
   * @param runtimeDirectory for their sockets
   */
  public OutgoingNames(Map<String, Supplier<HostTarget>> targets, Path runtimeDirectory) {
    if (targets.size() > MAX_NAMES) {
      throw new IllegalArgumentException("at most " + MAX_NAMES + " names lead out of pods");
    }
    int number = 0;
    for (Map.Entry<String, Supplier<HostTarget>> entry : new TreeMap<>(targets).entrySet()) {
      number++;
      String address = PREFIX + number;
      hostsLines.add(address + "\t" + entry.getKey());
      for (int port : entry.getValue().get().ports().keySet()) {
        Path socket = runtimeDirectory.resolve("out-" + number + "-" + port);
        Supplier<InetSocketAddress> target = () -> entry.getValue().get().ports().get(port);
        relays.add(UnixRelay.listen(socket, target));
        forwards.add(new Forward(address, port, socket));
      }
    }
  }

  /** Listeners that each pod gets. */
  public List<Forward> forwards() {
    return List.copyOf(forwards);
  }

  /** Lines for each pod's {@code /etc/hosts}. */
  public List<String> hostsLines() {
    return List.copyOf(hostsLines);
  }

  @Override
  public void close() {
    relays.forEach(UnixRelay::close);
  }
}
