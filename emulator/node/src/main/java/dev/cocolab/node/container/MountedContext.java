package dev.cocolab.node.container;

import dev.cocolab.node.ResidentContext;
import dev.cocolab.node.log.ContainerLog;
import dev.cocolab.sandbox.Mount;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a resident program sees: paths lead into mounts, everything else into a scratch directory.
 */
record MountedContext(
    List<String> args,
    Map<String, String> env,
    List<Mount> mounts,
    Path scratch,
    InetAddress podAddress,
    ContainerLog log)
    implements ResidentContext {

  MountedContext {
    args = List.copyOf(args);
    env = Map.copyOf(env);
    mounts = List.copyOf(mounts);
  }

  @Override
  public Path resolve(String containerPath) {
    Path path = Path.of(containerPath);
    if (!path.isAbsolute() || !path.normalize().equals(path)) {
      throw new IllegalArgumentException("not a plain absolute path: " + containerPath);
    }
    Optional<Mount> mount =
        mounts.stream()
            .filter(each -> path.startsWith(each.containerPath()))
            .max(Comparator.comparingInt(each -> Path.of(each.containerPath()).getNameCount()));
    if (mount.isEmpty()) {
      return scratch.resolve(Path.of("/").relativize(path).toString());
    }
    Path below = Path.of(mount.get().containerPath()).relativize(path);
    return below.toString().isEmpty()
        ? mount.get().hostPath()
        : mount.get().hostPath().resolve(below.toString());
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
