package dev.cocolab.sandbox;

import java.util.List;
import java.util.Objects;

/**
 * What a pod is made from.
 *
 * @param id unique within the host, {@code [a-z0-9-]{1,64}}; part of file names
 * @param hostname host name inside the pod, at most 64 bytes
 * @param forwards listeners inside the pod
 * @param hostsLines lines added to {@code /etc/hosts} after those for localhost
 * @param resolvConf full content of {@code /etc/resolv.conf}
 * @param memoryVolumes tmpfs volumes of the pod
 */
public record PodSandboxSpec(
    String id,
    String hostname,
    List<Forward> forwards,
    List<String> hostsLines,
    String resolvConf,
    List<MemoryVolume> memoryVolumes) {

  /** Copies the lists and checks the names. */
  public PodSandboxSpec {
    if (!Objects.requireNonNull(id, "id").matches("[a-z0-9-]{1,64}")) {
      throw new IllegalArgumentException("not a pod id: " + id);
    }
    if (!Objects.requireNonNull(hostname, "hostname").matches("[A-Za-z0-9.-]{1,64}")) {
      throw new IllegalArgumentException("not a host name: " + hostname);
    }
    forwards = List.copyOf(forwards);
    hostsLines = List.copyOf(hostsLines);
    Objects.requireNonNull(resolvConf, "resolvConf");
    memoryVolumes = List.copyOf(memoryVolumes);
  }

  /** A pod without DNS and memory volumes. */
  public PodSandboxSpec(
      String id, String hostname, List<Forward> forwards, List<String> hostsLines) {
    this(id, hostname, forwards, hostsLines, "", List.of());
  }
}
