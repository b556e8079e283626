package dev.cocolab.node.volume;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Fields of a pod that its containers may read (downward API). */
final class DownwardFields {
  private static final Pattern KEYED =
      Pattern.compile("metadata\\.(labels|annotations)\\['([^']+)'\\]");

  private final Pod pod;
  private final String podIp;
  private final String hostIp;

  DownwardFields(Pod pod, String podIp, String hostIp) {
    this.pod = pod;
    this.podIp = podIp;
    this.hostIp = hostIp;
  }

  /** The value of a field; empty if this node does not know the field. */
  Optional<String> value(String path) {
    ObjectMeta meta = pod.getMetadata();
    Matcher keyed = KEYED.matcher(path);
    if (keyed.matches()) {
      Map<String, String> map =
          keyed.group(1).equals("labels") ? meta.getLabels() : meta.getAnnotations();
      return Optional.of(map == null ? "" : map.getOrDefault(keyed.group(2), ""));
    }
    return switch (path) {
      case "metadata.name" -> Optional.of(meta.getName());
      case "metadata.namespace" -> Optional.of(meta.getNamespace());
      case "metadata.uid" -> Optional.of(meta.getUid());
      case "metadata.labels" -> Optional.of(lines(meta.getLabels()));
      case "metadata.annotations" -> Optional.of(lines(meta.getAnnotations()));
      case "spec.nodeName" -> Optional.of(orEmpty(pod.getSpec().getNodeName()));
      case "spec.serviceAccountName" -> Optional.of(orEmpty(pod.getSpec().getServiceAccountName()));
      case "status.podIP", "status.podIPs" -> Optional.of(podIp);
      case "status.hostIP", "status.hostIPs" -> Optional.of(hostIp);
      default -> Optional.empty();
    };
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  private static String lines(Map<String, String> map) {
    return map == null
        ? ""
        : new TreeMap<>(map)
            .entrySet().stream()
                .map(entry -> entry.getKey() + "=\"" + entry.getValue() + "\"")
                .collect(Collectors.joining("\n"));
  }
}
