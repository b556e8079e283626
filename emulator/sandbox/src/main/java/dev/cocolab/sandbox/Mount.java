package dev.cocolab.sandbox;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A file or directory of the host that a container sees. Always mounted nosuid and nodev.
 *
 * @param hostPath existing file or directory
 * @param containerPath absolute path inside the container; created when missing, links in it are
 *     resolved inside the container's root
 * @param readOnly whether writes are refused
 */
public record Mount(Path hostPath, String containerPath, boolean readOnly) {
  /** Checks that the container path is absolute and clean. */
  public Mount {
    Objects.requireNonNull(hostPath, "hostPath");
    Objects.requireNonNull(containerPath, "containerPath");
    if (!containerPath.startsWith("/") || containerPath.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not an absolute path: " + containerPath);
    }
  }
}
