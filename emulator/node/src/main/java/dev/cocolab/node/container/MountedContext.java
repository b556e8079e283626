package dev.cocolab.node.container;

import dev.cocolab.node.ResidentContext;
import dev.cocolab.node.log.ContainerLog;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a resident program sees.
 *
 * @param root file tree that {@link MountView} assembled
 */
record MountedContext(
    List<String> args, Map<String, String> env, Path root, InetAddress podAddress, ContainerLog log)
    implements ResidentContext {

  MountedContext {
    args = List.copyOf(args);
    env = Map.copyOf(env);
  }

  @Override
  public Path resolve(String containerPath) {
    Path path = Path.of(containerPath);
    if (!path.isAbsolute() || !path.normalize().equals(path)) {
      throw new IllegalArgumentException("not a plain absolute path: " + containerPath);
    }
    return root.resolve(Path.of("/").relativize(path).toString());
  }

  @Override
  public Consumer<String> stdout() {
    return line -> log.add("stdout", line, true);
  }

  @Override
  public Consumer<String> stderr() {
    return line -> log.add("stderr", line, true);
  }
}
