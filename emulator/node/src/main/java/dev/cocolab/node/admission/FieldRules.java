package dev.cocolab.node.admission;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which fields of a pod's spec this node honours. Paths use {@code []} for list elements and {@code
 * *} for map keys. Everything that is not listed is refused by name.
 */
final class FieldRules {
  private static final List<String> CONTAINER_FIELDS =
      List.of(
          "name",
          "image",
          "imagePullPolicy",
          "command[]",
          "args[]",
          "workingDir",
          "env[].name",
          "env[].value",
          "env[].valueFrom.secretKeyRef.name",
          "env[].valueFrom.secretKeyRef.key",
          "env[].valueFrom.secretKeyRef.optional",
          "env[].valueFrom.configMapKeyRef.name",
          "env[].valueFrom.configMapKeyRef.key",
          "env[].valueFrom.configMapKeyRef.optional",
          "env[].valueFrom.fieldRef.apiVersion",
          "env[].valueFrom.fieldRef.fieldPath",
          "envFrom[].prefix",
          "envFrom[].secretRef.name",
          "envFrom[].secretRef.optional",
          "envFrom[].configMapRef.name",
          "envFrom[].configMapRef.optional",
          "ports[].name",
          "ports[].containerPort",
          "ports[].protocol",
          "volumeMounts[].name",
          "volumeMounts[].mountPath",
          "volumeMounts[].subPath",
          "volumeMounts[].readOnly",
          "terminationMessagePath",
          // Limits and requests are shown, not enforced: there is one node and no control group.
          "resources.limits.*",
          "resources.requests.*",
          "securityContext.runAsUser",
          "securityContext.runAsGroup",
          "securityContext.runAsNonRoot",
          "securityContext.readOnlyRootFilesystem",
          // No container may gain privileges here, whatever the manifest says.
          "securityContext.allowPrivilegeEscalation",
          "securityContext.capabilities.add[]",
          "securityContext.capabilities.drop[]");
  private static final List<String> PROBES =
      List.of("readinessProbe", "livenessProbe", "startupProbe");
  private static final List<String> PROBE_FIELDS =
      List.of(
          "httpGet.path",
          "httpGet.port",
          "httpGet.httpHeaders[].name",
          "httpGet.httpHeaders[].value",
          "exec.command[]",
          "tcpSocket.port",
          "initialDelaySeconds",
          "timeoutSeconds",
          "periodSeconds",
          "successThreshold",
          "failureThreshold");
  private static final List<String> POD_FIELDS =
      List.of(
          "nodeName",
          "hostname",
          "subdomain",
          "serviceAccount",
          "serviceAccountName",
          "automountServiceAccountToken",
          "runtimeClassName",
          "terminationGracePeriodSeconds",
          "imagePullSecrets[].name",
          "hostAliases[].ip",
          "hostAliases[].hostnames[]",
          "nodeSelector.*",
          "enableServiceLinks",
          // There is one node without taints and no preemption, so these have nothing to change.
          "tolerations[].*",
          "priority",
          "priorityClassName",
          "overhead.*",
          "securityContext.runAsUser",
          "securityContext.runAsGroup",
          "securityContext.runAsNonRoot",
          "securityContext.fsGroup",
          "securityContext.supplementalGroups[]");
  private static final Map<String, Set<String>> POD_VALUES =
      Map.of(
          "restartPolicy", Set.of("Always", "OnFailure", "Never"),
          "dnsPolicy", Set.of("ClusterFirst", "Default"),
          "schedulerName", Set.of("default-scheduler"),
          "preemptionPolicy", Set.of("PreemptLowerPriority", "Never"),
          "os.name", Set.of("linux"),
          "securityContext.seccompProfile.type", Set.of("RuntimeDefault", "Unconfined"),
          "securityContext.fsGroupChangePolicy", Set.of("Always", "OnRootMismatch"));
  private static final Map<String, Set<String>> CONTAINER_VALUES =
      Map.of(
          "terminationMessagePolicy", Set.of("File", "FallbackToLogsOnError"),
          "securityContext.seccompProfile.type", Set.of("RuntimeDefault", "Unconfined"),
          "securityContext.procMount", Set.of("Default"),
          "volumeMounts[].mountPropagation", Set.of("None"));
  private static final List<String> VOLUME_FIELDS =
      List.of(
          "name",
          "emptyDir.sizeLimit",
          "secret.secretName",
          "secret.defaultMode",
          "secret.optional",
          "secret.items[].key",
          "secret.items[].path",
          "secret.items[].mode",
          "configMap.name",
          "configMap.defaultMode",
          "configMap.optional",
          "configMap.items[].key",
          "configMap.items[].path",
          "configMap.items[].mode",
          "downwardAPI.defaultMode",
          "downwardAPI.items[].path",
          "downwardAPI.items[].mode",
          "downwardAPI.items[].fieldRef.apiVersion",
          "downwardAPI.items[].fieldRef.fieldPath",
          "projected.defaultMode",
          "projected.sources[].secret.name",
          "projected.sources[].secret.optional",
          "projected.sources[].secret.items[].key",
          "projected.sources[].secret.items[].path",
          "projected.sources[].secret.items[].mode",
          "projected.sources[].configMap.name",
          "projected.sources[].configMap.optional",
          "projected.sources[].configMap.items[].key",
          "projected.sources[].configMap.items[].path",
          "projected.sources[].configMap.items[].mode",
          "projected.sources[].downwardAPI.items[].path",
          "projected.sources[].downwardAPI.items[].mode",
          "projected.sources[].downwardAPI.items[].fieldRef.apiVersion",
          "projected.sources[].downwardAPI.items[].fieldRef.fieldPath",
          "projected.sources[].serviceAccountToken.audience",
          "projected.sources[].serviceAccountToken.expirationSeconds",
          "projected.sources[].serviceAccountToken.path");

  private final Set<String> accepted = new HashSet<>();
  private final Map<String, Set<String>> values = new HashMap<>();
  private final Set<String> inner = new HashSet<>();

  FieldRules() {
    POD_FIELDS.forEach(this::accept);
    POD_VALUES.forEach(this::accept);
    for (String list : List.of("containers[].", "initContainers[].")) {
      CONTAINER_FIELDS.forEach(field -> accept(list + field));
      CONTAINER_VALUES.forEach((field, allowed) -> accept(list + field, allowed));
      for (String probe : PROBES) {
        PROBE_FIELDS.forEach(field -> accept(list + probe + "." + field));
        accept(list + probe + ".httpGet.scheme", Set.of("HTTP", "HTTPS"));
      }
    }
    VOLUME_FIELDS.forEach(field -> accept("volumes[]." + field));
    accept("volumes[].emptyDir.medium", Set.of("", "Memory"));
  }

  private void accept(String path) {
    accepted.add(path);
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '.' || c == '[') {
        inner.add(path.substring(0, i));
      }
      if (c == ']') {
        inner.add(path.substring(0, i + 1));
      }
    }
  }

  private void accept(String path, Set<String> allowed) {
    accept(path);
    values.put(path, allowed);
  }

  boolean accepts(String path) {
    return accepted.contains(path);
  }

  /** Values that a field may have; an empty set means any. */
  Set<String> valuesOf(String path) {
    return values.getOrDefault(path, Set.of());
  }

  boolean isInner(String path) {
    return inner.contains(path);
  }

  /** Whether the keys below are free, as in labels. */
  boolean isMap(String path) {
    return accepted.contains(path + ".*");
  }
}
