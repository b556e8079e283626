package dev.cocolab.node.volume;

import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A volume that lies ready.
 *
 * @param path directory on this machine
 * @param memoryBytes size, if it is a tmpfs that only the pod's containers see
 * @param readOnly whether containers may never write
 * @param sizeLimit of an emptyDir on disk, as the manifest writes it; empty for none
 */
public record PodVolume(
    String name,
    Path path,
    OptionalLong memoryBytes,
    boolean readOnly,
    Optional<Quantity> sizeLimit) {

  /** A volume without a limit. */
  public PodVolume(String name, Path path, OptionalLong memoryBytes, boolean readOnly) {
    this(name, path, memoryBytes, readOnly, Optional.empty());
  }
}
