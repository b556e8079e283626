package dev.cocolab.node.container;

import dev.cocolab.sandbox.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * The file tree of a resident program: a scratch directory with a link at each mount point. A mount
 * below another one is a link inside that volume, where a container runtime would make its mount
 * point; so a program that lists a directory finds in it what a process in a container would find.
 */
final class MountView {
  private MountView() {}

  /**
   * Links every mount into the tree, outer ones first.
   *
   * @param root existing directory that stands for {@code /}
   */
  static void assemble(Path root, List<Mount> mounts) throws IOException {
    List<Mount> outerFirst =
        mounts.stream()
            .sorted(Comparator.comparingInt(mount -> Path.of(mount.containerPath()).getNameCount()))
            .toList();
    for (Mount mount : outerFirst) {
      Path point = root.resolve(Path.of("/").relativize(Path.of(mount.containerPath())));
      if (!Files.isDirectory(point.getParent())) {
        Files.createDirectories(point.getParent());
      }
      link(point, mount.hostPath());
    }
  }

  /** Another container of the pod may have made the same mount point in a shared volume. */
  private static void link(Path point, Path target) throws IOException {
    if (Files.isSymbolicLink(point) && Files.readSymbolicLink(point).equals(target)) {
      return;
    }
    if (Files.exists(point, LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(point);
    }
    Files.createSymbolicLink(point, target);
  }
}
