package dev.cocolab.node.vm;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Annotations that the runtime reads; unknown ones of the hypervisor are fatal, others are not
 * seen.
 */
final class HypervisorAnnotations {
  private static final String PREFIX = "io.katacontainers.config.hypervisor.";

  /** {@code enable_annotations} of the remote hypervisor's configuration. */
  private static final Set<String> ENABLED =
      Set.of(
          "machine_type",
          "default_memory",
          "default_vcpus",
          "image",
          "default_gpus",
          "gpu_model",
          "cc_init_data");

  private HypervisorAnnotations() {}

  static Map<String, String> of(Pod pod) {
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    return annotations == null ? Map.of() : new TreeMap<>(annotations);
  }

  /** The first annotation that is not enabled. */
  static Optional<String> notEnabled(Map<String, String> annotations) {
    return annotations.keySet().stream()
        .filter(key -> key.startsWith(PREFIX))
        .filter(key -> !ENABLED.contains(key.substring(PREFIX.length())))
        .findFirst();
  }

  static String value(Map<String, String> annotations, String name) {
    return annotations.getOrDefault(PREFIX + name, "");
  }
}
