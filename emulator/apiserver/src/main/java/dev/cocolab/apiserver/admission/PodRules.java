package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.Cause;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Rules of a pod specification. */
final class PodRules {
  private static final String UPDATE_TEXT =
      "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
          + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
          + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

  private PodRules() {}

  static void check(JsonNode spec, String path, List<Cause> causes) {
    Set<String> volumes = volumes(spec, path, causes);
    Set<String> names = new HashSet<>();
    List<ObjectNode> containers = Trees.objects(spec, "containers");
    if (containers.isEmpty()) {
      causes.add(Cause.required(path + ".containers", ""));
    }
    for (String list : new String[] {"initContainers", "containers"}) {
      List<ObjectNode> all = Trees.objects(spec, list);
      for (int i = 0; i < all.size(); i++) {
        container(all.get(i), path + "." + list + "[" + i + "]", names, volumes, causes);
      }
    }
    oneOf(spec, "restartPolicy", path, List.of("Always", "OnFailure", "Never"), causes);
    oneOf(
        spec,
        "dnsPolicy",
        path,
        List.of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
        causes);
    ids(spec.path("securityContext"), path + ".securityContext", causes);
    long grace = Trees.number(spec, "terminationGracePeriodSeconds").orElse(0);
    if (grace < 0) {
      causes.add(
          Cause.invalid(
              path + ".terminationGracePeriodSeconds",
              grace,
              "must be greater than or equal to 0"));
    }
  }

  /** A number beyond the range would come out as another user or group where it is used. */
  private static void ids(JsonNode context, String path, List<Cause> causes) {
    for (String field : new String[] {"runAsUser", "runAsGroup", "fsGroup"}) {
      id(context.path(field), path + "." + field, causes);
    }
    JsonNode groups = context.path("supplementalGroups");
    for (int i = 0; i < groups.size(); i++) {
      id(groups.path(i), path + ".supplementalGroups[" + i + "]", causes);
    }
  }

  private static void id(JsonNode id, String field, List<Cause> causes) {
    if (id.isIntegralNumber() && (!id.canConvertToInt() || id.intValue() < 0)) {
      causes.add(
          Cause.invalid(
              field, id.bigIntegerValue(), "must be between 0 and 2147483647, inclusive"));
    }
  }

  private static void oneOf(
      JsonNode spec, String field, String path, List<String> values, List<Cause> causes) {
    Trees.text(spec, field)
        .filter(value -> !values.contains(value))
        .ifPresent(value -> causes.add(Cause.notSupported(path + "." + field, value, values)));
  }

  private static Set<String> volumes(JsonNode spec, String path, List<Cause> causes) {
    Set<String> names = new HashSet<>();
    List<ObjectNode> volumes = Trees.objects(spec, "volumes");
    for (int i = 0; i < volumes.size(); i++) {
      String field = path + ".volumes[" + i + "]";
      String name = Trees.textOrEmpty(volumes.get(i), "name");
      if (name.isEmpty()) {
        causes.add(Cause.required(field + ".name", ""));
      } else {
        Names.label(name).ifPresent(text -> causes.add(Cause.invalid(field + ".name", name, text)));
        if (!names.add(name)) {
          causes.add(Cause.duplicate(field + ".name", name));
        }
      }
      if (volumes.get(i).size() > 2) {
        causes.add(Cause.forbidden(field, "may not specify more than 1 volume type"));
      }
    }
    return names;
  }

  private static void container(
      ObjectNode container,
      String field,
      Set<String> names,
      Set<String> volumes,
      List<Cause> causes) {
    String name = Trees.textOrEmpty(container, "name");
    if (name.isEmpty()) {
      causes.add(Cause.required(field + ".name", ""));
    } else {
      Names.label(name).ifPresent(text -> causes.add(Cause.invalid(field + ".name", name, text)));
      if (!names.add(name)) {
        causes.add(Cause.duplicate(field + ".name", name));
      }
    }
    String image = Trees.textOrEmpty(container, "image");
    if (image.isEmpty()) {
      causes.add(Cause.required(field + ".image", ""));
    } else if (!image.strip().equals(image)) {
      causes.add(
          Cause.invalid(field + ".image", image, "must not have leading or trailing whitespace"));
    }
    oneOf(container, "imagePullPolicy", field, List.of("Always", "IfNotPresent", "Never"), causes);
    ids(container.path("securityContext"), field + ".securityContext", causes);
    Set<String> paths = new HashSet<>();
    List<ObjectNode> mounts = Trees.objects(container, "volumeMounts");
    for (int i = 0; i < mounts.size(); i++) {
      String mount = field + ".volumeMounts[" + i + "]";
      String volume = Trees.textOrEmpty(mounts.get(i), "name");
      String target = Trees.textOrEmpty(mounts.get(i), "mountPath");
      if (volume.isEmpty()) {
        causes.add(Cause.required(mount + ".name", ""));
      } else if (!volumes.contains(volume)) {
        causes.add(Cause.notFound(mount + ".name", volume));
      }
      if (target.isEmpty()) {
        causes.add(Cause.required(mount + ".mountPath", ""));
      } else if (!paths.add(target)) {
        causes.add(Cause.invalid(mount + ".mountPath", target, "must be unique"));
      }
    }
    List<ObjectNode> ports = Trees.objects(container, "ports");
    for (int i = 0; i < ports.size(); i++) {
      long port = Trees.number(ports.get(i), "containerPort").orElse(0);
      String portField = field + ".ports[" + i + "].containerPort";
      if (port == 0) {
        causes.add(Cause.required(portField, ""));
      } else if (port < 1 || port > 65535) {
        causes.add(Cause.invalid(portField, port, "must be between 1 and 65535, inclusive"));
      }
    }
    List<ObjectNode> variables = Trees.objects(container, "env");
    for (int i = 0; i < variables.size(); i++) {
      if (Trees.text(variables.get(i), "name").isEmpty()) {
        causes.add(Cause.required(field + ".env[" + i + "].name", ""));
      }
    }
  }

  /** A pod that exists changes in few places only. */
  static void checkUpdate(JsonNode before, JsonNode after, List<Cause> causes) {
    ObjectNode allowed = ((ObjectNode) before).deepCopy();
    for (String list : new String[] {"initContainers", "containers"}) {
      List<ObjectNode> old = Trees.objects(allowed, list);
      List<ObjectNode> changed = Trees.objects(after, list);
      if (old.size() != changed.size()) {
        causes.add(Cause.forbidden("spec", "pod updates may not add or remove containers"));
        return;
      }
      for (int i = 0; i < old.size(); i++) {
        copy(changed.get(i), old.get(i), "image");
        copy(changed.get(i), old.get(i), "imagePullPolicy");
      }
    }
    copy(after, allowed, "activeDeadlineSeconds");
    if (Trees.number(before, "terminationGracePeriodSeconds").orElse(0) < 0) {
      copy(after, allowed, "terminationGracePeriodSeconds");
    }
    JsonNode oldTolerations = before.path("tolerations");
    boolean kept = true;
    for (JsonNode toleration : oldTolerations) {
      boolean found = false;
      for (JsonNode candidate : after.path("tolerations")) {
        found |= candidate.equals(toleration);
      }
      kept &= found;
    }
    if (kept) {
      copy(after, allowed, "tolerations");
    }
    if (!allowed.equals(after)) {
      causes.add(Cause.forbidden("spec", UPDATE_TEXT));
    }
  }

  private static void copy(JsonNode from, ObjectNode to, String field) {
    if (from.has(field)) {
      to.set(field, from.path(field));
    } else {
      to.remove(field);
    }
  }
}
