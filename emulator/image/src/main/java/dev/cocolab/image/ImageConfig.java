package dev.cocolab.image;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a container needs to know of an image (OCI image specification, "Image Configuration").
 * Absent members are empty.
 *
 * @param env {@code NAME=value}
 * @param user {@code uid}, {@code uid:gid} or names, as written
 * @param diffIds digests of the uncompressed layers, lowest first
 */
public record ImageConfig(
    List<String> env,
    List<String> entrypoint,
    List<String> cmd,
    String user,
    String workingDir,
    Map<String, String> labels,
    List<Digest> diffIds) {

  public ImageConfig {
    env = List.copyOf(env);
    entrypoint = List.copyOf(entrypoint);
    cmd = List.copyOf(cmd);
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(workingDir, "workingDir");
    labels = Map.copyOf(labels);
    diffIds = List.copyOf(diffIds);
  }
}
