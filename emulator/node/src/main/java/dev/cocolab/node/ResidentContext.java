package dev.cocolab.node;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What a resident program sees: exactly what a container sees. */
public interface ResidentContext {
  /** Command and arguments of the container. */
  List<String> args();

  /** The container's environment. */
  Map<String, String> env();

  /**
   * Where a path of the container lies on this machine: inside a mounted volume, or in a scratch
   * directory of this container.
   *
   * @param containerPath absolute and without {@code ..}
   */
  Path resolve(String containerPath);

  /** The pod's address, a loopback address of this machine; a program listens there. */
  InetAddress podAddress();

  /** Takes lines of standard output. */
  Consumer<String> stdout();

  /** Takes lines of standard error. */
  Consumer<String> stderr();
}
