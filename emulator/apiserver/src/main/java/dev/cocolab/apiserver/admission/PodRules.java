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
    Set<String> volumes = VolumeRules.check(spec, path, causes);
    Set<String> names = new HashSet<>();
    if (Trees.objects(spec, "containers").isEmpty()) {
      causes.add(Cause.required(path + ".containers", ""));
    }
    for (String list : new String[] {"containers", "initContainers"}) {
      List<ObjectNode> all = Trees.objects(spec, list);
      for (int i = 0; i < all.size(); i++) {
        ContainerRules.check(all.get(i), path + "." + list + "[" + i + "]", names, volumes, causes);
      }
    }
    oneOf(spec, "restartPolicy", path, List.of("Always", "OnFailure", "Never"), causes);
    oneOf(
        spec,
        "dnsPolicy",
        path,
        List.of("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"),
        causes);
    ids(spec.path("securityContext"), path + ".securityContext", causes);
    tolerations(spec, path, causes);
  }

  private static void tolerations(JsonNode spec, String path, List<Cause> causes) {
    List<ObjectNode> tolerations = Trees.objects(spec, "tolerations");
    for (int i = 0; i < tolerations.size(); i++) {
      ObjectNode toleration = tolerations.get(i);
      String place = path + ".tolerations[" + i + "]";
      String operator = Trees.textOrEmpty(toleration, "operator");
      String value = Trees.textOrEmpty(toleration, "value");
      if (Trees.text(toleration, "key").isEmpty() && !operator.equals("Exists")) {
        causes.add(
            Cause.invalid(
                place + ".operator",
                operator,
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\""));
      }
      if (operator.equals("Exists")) {
        if (!value.isEmpty()) {
          causes.add(
              Cause.invalid(
                  place + ".operator", value, "value must be empty when `operator` is 'Exists'"));
        }
      } else if (operator.isEmpty() || operator.equals("Equal")) {
        Names.labelValue(value)
            .ifPresent(text -> causes.add(Cause.invalid(place + ".operator", value, text)));
      } else {
        causes.add(Cause.notSupported(place + ".operator", operator, List.of("Equal", "Exists")));
      }
    }
  }

  /** A number beyond the range would come out as another user or group where it is used. */
  static void ids(JsonNode context, String path, List<Cause> causes) {
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

  static void oneOf(
      JsonNode spec, String field, String path, List<String> values, List<Cause> causes) {
    Trees.text(spec, field)
        .filter(value -> !values.contains(value))
        .ifPresent(value -> causes.add(Cause.notSupported(path + "." + field, value, values)));
  }

  /** A pod that exists changes in few places only. */
  static void checkUpdate(JsonNode before, JsonNode after, List<Cause> causes) {
    ObjectNode allowed = ((ObjectNode) before).deepCopy();
    for (String list : new String[] {"initContainers", "containers"}) {
      List<ObjectNode> old = Trees.objects(allowed, list);
      List<ObjectNode> changed = Trees.objects(after, list);
      if (old.size() != changed.size()) {
        causes.add(Cause.forbidden("spec." + list, "pod updates may not add or remove containers"));
        return;
      }
      for (int i = 0; i < old.size(); i++) {
        copy(changed.get(i), old.get(i), "image");
        copy(changed.get(i), old.get(i), "imagePullPolicy");
      }
    }
    deadline(before, after, causes);
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

  private static void deadline(JsonNode before, JsonNode after, List<Cause> causes) {
    long old = Trees.number(before, "activeDeadlineSeconds").orElse(Long.MAX_VALUE);
    long changed = Trees.number(after, "activeDeadlineSeconds").orElse(old);
    if (changed > old) {
      causes.add(
          Cause.invalid(
              "spec.activeDeadlineSeconds",
              changed,
              "must be less than or equal to previous value"));
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
