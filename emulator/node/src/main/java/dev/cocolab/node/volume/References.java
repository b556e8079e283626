package dev.cocolab.node.volume;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Contents of secrets and config maps as bytes. */
final class References {
  private References() {}

  static Map<String, byte[]> contents(Secret secret) {
    Map<String, byte[]> contents = new TreeMap<>();
    if (secret.getData() != null) {
      secret
          .getData()
          .forEach((key, value) -> contents.put(key, Base64.getDecoder().decode(value)));
    }
    return contents;
  }

  static Map<String, byte[]> contents(ConfigMap map) {
    Map<String, byte[]> contents = new TreeMap<>();
    if (map.getData() != null) {
      map.getData()
          .forEach((key, value) -> contents.put(key, value.getBytes(StandardCharsets.UTF_8)));
    }
    if (map.getBinaryData() != null) {
      map.getBinaryData()
          .forEach((key, value) -> contents.put(key, Base64.getDecoder().decode(value)));
    }
    return contents;
  }

  static Optional<Map<String, byte[]>> secret(
      ClusterObjects objects, String namespace, String name) {
    return objects.secret(namespace, name).map(References::contents);
  }

  static Optional<Map<String, byte[]>> configMap(
      ClusterObjects objects, String namespace, String name) {
    return objects.configMap(namespace, name).map(References::contents);
  }
}
