package dev.cocolab.node.container;

import dev.cocolab.guest.CopiedFile;
import dev.cocolab.guest.GuestStorage;
import dev.cocolab.guest.OciContainer;
import dev.cocolab.node.volume.PodVolume;
import dev.cocolab.sandbox.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * What one container in a VM gets of the node's files. There is no shared file system: files,
 * directories and links of configuration volumes are copied before the container is asked for;
 * scratch volumes are made in the VM.
 */
final class SharedFiles {
  private static final String SHARED = "/run/kata-containers/shared/containers/";
  private static final int READABLE = CopiedFile.REGULAR | 0644;
  private static final int NAME_BYTES = 8;

  private final String containerId;
  private final RandomGenerator random;
  private final List<CopiedFile> copied = new ArrayList<>();
  private final List<OciContainer.Mount> mounts = new ArrayList<>();
  private final List<GuestStorage> storages = new ArrayList<>();

  SharedFiles(String containerId, RandomGenerator random) {
    this.containerId = containerId;
    this.random = random;
  }

  List<CopiedFile> copied() {
    return List.copyOf(copied);
  }

  List<OciContainer.Mount> mounts() {
    return List.copyOf(mounts);
  }

  List<GuestStorage> storages() {
    return List.copyOf(storages);
  }

  /** Resolver configuration and host name, as the sandbox's own container has them. */
  void addNames(NetworkFiles files) {
    add("/etc/resolv.conf", files.resolvConfSize(), READABLE, true);
    add("/etc/hostname", files.hostnameSize(), READABLE, true);
  }

  void addHosts(NetworkFiles files) {
    add("/etc/hosts", files.hostsSize(), READABLE, false);
  }

  /** The empty file for the container's last words. */
  void addTerminationLog(String destination) {
    add(destination, 0, CopiedFile.REGULAR | 0666, false);
  }

  private void add(String destination, long size, int mode, boolean readOnly) {
    String path = guestPath(destination);
    copied.add(new CopiedFile(path, mode, Optional.empty(), size, 0, 0));
    mounts.add(bind(destination, path, readOnly));
  }

  /**
   * A volume.
   *
   * @param group owner of its files
   */
  void addVolume(Mount mount, PodVolume volume, String sandboxId, int group) throws IOException {
    if (volume.readOnly()) {
      String path = guestPath(mount.containerPath());
      copy(mount.hostPath(), path, group);
      mounts.add(bind(mount.containerPath(), path, mount.readOnly()));
    } else if (volume.memoryBytes().isPresent()) {
      String path = "/run/kata-containers/sandbox/ephemeral/" + volume.name();
      storages.add(new GuestStorage("ephemeral", List.of(), "tmpfs", "tmpfs", List.of(), path));
      mounts.add(bind(mount.containerPath(), path, mount.readOnly()));
    } else {
      String path = SHARED + sandboxId + "/rootfs/local/" + volume.name();
      storages.add(
          new GuestStorage("local", List.of(), "local", "local", List.of("mode=0777"), path));
      mounts.add(
          new OciContainer.Mount(mount.containerPath(), path, "local", options(mount.readOnly())));
    }
  }

  private void copy(Path root, String target, int group) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(root)) {
      all = walk.sorted().toList();
    }
    for (Path path : all) {
      boolean regular = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
      boolean link = Files.isSymbolicLink(path);
      if (!regular && !link && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      String below = root.relativize(path).toString();
      copied.add(
          new CopiedFile(
              below.isEmpty() ? target : target + "/" + below,
              mode,
              link ? Optional.of(Files.readSymbolicLink(path).toString()) : Optional.empty(),
              regular ? Files.size(path) : 0,
              0,
              group));
    }
  }

  private String guestPath(String destination) {
    byte[] name = new byte[NAME_BYTES];
    random.nextBytes(name);
    return SHARED
        + containerId
        + "-"
        + HexFormat.of().formatHex(name)
        + "-"
        + Path.of(destination).getFileName();
  }

  private static OciContainer.Mount bind(String destination, String source, boolean readOnly) {
    return new OciContainer.Mount(destination, source, "bind", options(readOnly));
  }

  private static List<String> options(boolean readOnly) {
    return List.of("rbind", "rprivate", readOnly ? "ro" : "rw");
  }
}
