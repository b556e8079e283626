package dev.cocolab.node.container;

import dev.cocolab.node.pod.ContainerStartException;
import dev.cocolab.node.pod.ContainerStartException.Reason;
import dev.cocolab.node.vm.PodMachine;
import dev.cocolab.node.volume.FileTrees;
import dev.cocolab.node.volume.UnsealedView;
import dev.cocolab.protocol.SealedSecret;
import dev.cocolab.sandbox.Mount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pod VM's agent does with sealed secrets when it creates a container, after the image has
 * been pulled: first the variables, then the files of read-only volumes.
 */
final class Unsealing {
  private final PodMachine vm;

  Unsealing(PodMachine vm) {
    this.vm = vm;
  }

  Map<String, String> variables(Map<String, String> env) {
    Map<String, String> seen = new LinkedHashMap<>();
    env.forEach((name, value) -> seen.put(name, vm.unsealVariable(value)));
    return seen;
  }

  /**
   * The mounts with a view of their own in place of each volume that holds sealed files.
   *
   * @param directory the container's own folder, where the views are made anew
   */
  List<Mount> files(List<Mount> mounts, Path directory) {
    UnsealedView view =
        new UnsealedView(SealedSecret.PREFIX.getBytes(StandardCharsets.US_ASCII), vm::unsealFile);
    List<Mount> seen = new ArrayList<>();
    try {
      for (Mount mount : mounts) {
        if (mount.readOnly() && view.isNeededFor(mount.hostPath())) {
          Path own = directory.resolve("unsealed").resolve(Integer.toString(seen.size()));
          FileTrees.delete(own);
          view.make(mount.hostPath(), own);
          seen.add(new Mount(own, mount.containerPath(), true));
        } else {
          seen.add(mount);
        }
      }
      return seen;
    } catch (IOException e) {
      throw new ContainerStartException(
          Reason.CREATE, "cannot prepare a volume: " + e.getMessage(), e);
    }
  }
}
