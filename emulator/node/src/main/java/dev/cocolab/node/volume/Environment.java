package dev.cocolab.node.volume;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The environment of a container, by the kubelet's rules. */
public final class Environment {
  private final ClusterObjects objects;
  private final String hostIp;

  /** Reads references through this port. */
  public Environment(ClusterObjects objects, String hostIp) {
    this.objects = objects;
    this.hostIp = hostIp;
  }

  /**
   * Resolves all variables of a container; later ones may use earlier ones as {@code $(NAME)}.
   *
   * @throws VolumeException with the text of a CreateContainerConfigError
   */
  public Map<String, String> of(Pod pod, Container container, String podIp) {
    String namespace = pod.getMetadata().getNamespace();
    DownwardFields fields = new DownwardFields(pod, podIp, hostIp);
    Map<String, String> env = new LinkedHashMap<>();
    for (EnvFromSource source : container.getEnvFrom()) {
      addAll(namespace, source, env);
    }
    for (EnvVar variable : container.getEnv()) {
      if (variable.getValueFrom() == null) {
        String value = variable.getValue() == null ? "" : variable.getValue();
        env.put(variable.getName(), expand(value, env));
      } else {
        value(namespace, variable.getValueFrom(), fields)
            .ifPresent(value -> env.put(variable.getName(), value));
      }
    }
    return env;
  }

  private void addAll(String namespace, EnvFromSource source, Map<String, String> env) {
    Map<String, byte[]> contents = Map.of();
    if (source.getSecretRef() != null) {
      contents =
          required(
              References.secret(objects, namespace, source.getSecretRef().getName()),
              source.getSecretRef().getOptional(),
              "secret \"" + source.getSecretRef().getName() + "\" not found");
    } else if (source.getConfigMapRef() != null) {
      contents =
          required(
              References.configMap(objects, namespace, source.getConfigMapRef().getName()),
              source.getConfigMapRef().getOptional(),
              "configmap \"" + source.getConfigMapRef().getName() + "\" not found");
    }
    String prefix = source.getPrefix() == null ? "" : source.getPrefix();
    contents.forEach((key, bytes) -> env.put(prefix + key, text(bytes)));
  }

  private static Map<String, byte[]> required(
      Optional<Map<String, byte[]>> contents, Boolean optional, String message) {
    if (contents.isEmpty() && !Boolean.TRUE.equals(optional)) {
      throw new VolumeException(message);
    }
    return contents.orElse(Map.of());
  }

  private Optional<String> value(String namespace, EnvVarSource source, DownwardFields fields) {
    if (source.getSecretKeyRef() != null) {
      String name = source.getSecretKeyRef().getName();
      return key(
          References.secret(objects, namespace, name),
          source.getSecretKeyRef().getKey(),
          source.getSecretKeyRef().getOptional(),
          "secret \"" + name + "\" not found",
          "Secret " + namespace + "/" + name);
    }
    if (source.getConfigMapKeyRef() != null) {
      String name = source.getConfigMapKeyRef().getName();
      return key(
          References.configMap(objects, namespace, name),
          source.getConfigMapKeyRef().getKey(),
          source.getConfigMapKeyRef().getOptional(),
          "configmap \"" + name + "\" not found",
          "ConfigMap " + namespace + "/" + name);
    }
    String path = source.getFieldRef() == null ? "" : source.getFieldRef().getFieldPath();
    return Optional.of(
        fields
            .value(path)
            .orElseThrow(() -> new VolumeException("unsupported fieldPath: " + path)));
  }

  private static Optional<String> key(
      Optional<Map<String, byte[]>> contents,
      String key,
      Boolean optional,
      String missingObject,
      String owner) {
    boolean needed = !Boolean.TRUE.equals(optional);
    if (contents.isEmpty()) {
      if (needed) {
        throw new VolumeException(missingObject);
      }
      return Optional.empty();
    }
    byte[] bytes = contents.get().get(key);
    if (bytes == null && needed) {
      throw new VolumeException("couldn't find key " + key + " in " + owner);
    }
    return Optional.ofNullable(bytes).map(Environment::text);
  }

  /** Replaces {@code $(NAME)} where NAME is known; {@code $$} stands for a dollar sign. */
  public static String expand(String text, Map<String, String> env) {
    StringBuilder result = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != '$' || at + 1 == text.length()) {
        result.append(c);
        at++;
        continue;
      }
      char next = text.charAt(at + 1);
      int end = next == '(' ? text.indexOf(')', at) : -1;
      if (next == '$') {
        result.append('$');
        at += 2;
      } else if (end > 0) {
        String name = text.substring(at + 2, end);
        result.append(env.getOrDefault(name, text.substring(at, end + 1)));
        at = end + 1;
      } else {
        result.append(c);
        at++;
      }
    }
    return result.toString();
  }

  /** Expands each of several texts. */
  public static List<String> expand(List<String> texts, Map<String, String> env) {
    return texts.stream().map(text -> expand(text, env)).toList();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
