package dev.cocolab.operators.workload;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Names a pod template by its content: 32-bit FNV-1a over its JSON with sorted members, written in
 * the alphabet that Kubernetes uses for generated names. The value differs from the one
 * kube-controller-manager computes, which hashes a Go-specific dump.
 */
final class TemplateHash {

  static final String LABEL = "pod-template-hash";
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
  private static final int FNV_OFFSET = 0x811c9dc5;
  private static final int FNV_PRIME = 0x01000193;

  private final KubernetesSerialization serialization;

  TemplateHash(KubernetesSerialization serialization) {
    this.serialization = serialization;
  }

  /** Up to ten characters. */
  String of(PodTemplateSpec template, int collisionCount) {
    int hash = FNV_OFFSET;
    String text = canonical(template) + (collisionCount == 0 ? "" : "#" + collisionCount);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    StringBuilder encoded = new StringBuilder();
    for (char c : Integer.toUnsignedString(hash).toCharArray()) {
      encoded.append(ALPHABET.charAt(c % ALPHABET.length()));
    }
    return encoded.toString();
  }

  boolean same(PodTemplateSpec a, PodTemplateSpec b) {
    return canonical(a).equals(canonical(b));
  }

  private String canonical(PodTemplateSpec template) {
    Map<String, String> labels =
        new LinkedHashMap<>(
            template.getMetadata() == null || template.getMetadata().getLabels() == null
                ? Map.of()
                : template.getMetadata().getLabels());
    labels.remove(LABEL);
    PodTemplateSpec bare =
        new PodTemplateSpecBuilder(template)
            .editOrNewMetadata()
            .withLabels(labels)
            .endMetadata()
            .build();
    return String.valueOf(sorted(serialization.convertValue(bare, Map.class)));
  }

  private static Object sorted(Object value) {
    if (value instanceof Map<?, ?> map) {
      TreeMap<String, Object> result = new TreeMap<>();
      map.forEach(
          (k, v) -> {
            Object inner = sorted(v);
            if (!isEmpty(inner)) {
              result.put(String.valueOf(k), inner);
            }
          });
      return result;
    }
    if (value instanceof Iterable<?> items) {
      java.util.List<Object> result = new java.util.ArrayList<>();
      items.forEach(item -> result.add(sorted(item)));
      return result;
    }
    // Texts are quoted so that no text can pass for a structure.
    return value instanceof String text
        ? '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"'
        : value;
  }

  private static boolean isEmpty(Object value) {
    return value == null || (value instanceof Iterable<?> items && !items.iterator().hasNext());
  }
}
