package dev.cocolab.lab.network;

import dev.cocolab.image.HostResolver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Where the names that a lab knows are really served on this machine. A name that is not here leads
 * to an address on which nothing listens, never to the Internet: a lab is closed.
 */
public final class NameTable implements HostResolver {
  /** The discard port: nothing of a lab listens there. */
  private static final InetSocketAddress NOWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

  private record Name(String host, int port) {}

  private final Map<Name, Supplier<InetSocketAddress>> targets = new ConcurrentHashMap<>();

  /** Binds a name to an address that is looked up anew for each connection. */
  public void put(String host, int port, Supplier<InetSocketAddress> target) {
    targets.put(new Name(host, port), Objects.requireNonNull(target, "target"));
  }

  public void put(String host, int port, InetSocketAddress target) {
    put(host, port, () -> target);
  }

  @Override
  public InetSocketAddress resolve(String host, int port) {
    return targets.getOrDefault(new Name(host, port), () -> NOWHERE).get();
  }
}
