package dev.cocolab.sandbox;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A tmpfs that the containers of one pod share and that ends with the pod.
 *
 * @param hostPath existing empty directory of the host, the mount point inside the pod's view; use
 *     it as the source of a {@link Mount}. The host itself never sees the contents.
 * @param sizeBytes upper limit in bytes, positive
 */
public record MemoryVolume(Path hostPath, long sizeBytes) {
  /** Checks the size. */
  public MemoryVolume {
    Objects.requireNonNull(hostPath, "hostPath");
    if (sizeBytes < 1) {
      throw new IllegalArgumentException("size must be positive: " + sizeBytes);
    }
  }
}
