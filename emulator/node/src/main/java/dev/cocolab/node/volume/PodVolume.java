package dev.cocolab.node.volume;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * A volume that lies ready.
 *
 * @param path directory on this machine
 * @param memoryBytes size, if it is a tmpfs that only the pod's containers see
 * @param readOnly whether containers may never write
 */
public record PodVolume(String name, Path path, OptionalLong memoryBytes, boolean readOnly) {}
