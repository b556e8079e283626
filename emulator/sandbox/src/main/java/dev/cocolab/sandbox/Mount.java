package dev.cocolab.sandbox;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A file or directory of the host that a container sees. Always mounted nosuid and nodev.
 *
 * @param hostPath file or directory
 * @param containerPath absolute path inside the container; created when missing, links in it are
 *     resolved inside the container's root
 * @param readOnly whether writes are refused
 * @param volume directory that the host path lies in, which other containers write to: a link on
 *     the way from it to the host path keeps the container from starting
 * @param makeMissing whether directories that are missing in the volume are made, without following
 *     a link; else the host path must exist
 */
public record Mount(
    Path hostPath,
    String containerPath,
    boolean readOnly,
    Optional<Path> volume,
    boolean makeMissing) {
  /** Checks that the container path is absolute and clean, and the host path in the volume. */
  public Mount {
    Objects.requireNonNull(hostPath, "hostPath");
    Objects.requireNonNull(containerPath, "containerPath");
    if (!containerPath.startsWith("/") || containerPath.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not an absolute path: " + containerPath);
    }
    if (volume.isPresent() && !hostPath.normalize().startsWith(volume.get().normalize())) {
      throw new IllegalArgumentException(hostPath + " is not in " + volume.get());
    }
    if (makeMissing && volume.isEmpty()) {
      throw new IllegalArgumentException("directories are made in volumes only: " + hostPath);
    }
  }

  /** An existing file or directory that nobody exchanges. */
  public Mount(Path hostPath, String containerPath, boolean readOnly) {
    this(hostPath, containerPath, readOnly, Optional.empty(), false);
  }

  /** An existing file or directory of a volume. */
  public Mount(Path hostPath, String containerPath, boolean readOnly, Optional<Path> volume) {
    this(hostPath, containerPath, readOnly, volume, false);
  }
}
