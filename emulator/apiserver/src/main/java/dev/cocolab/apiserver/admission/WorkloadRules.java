package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.Cause;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Rules of the kinds that make pods. */
final class WorkloadRules {
  static final Set<String> KINDS =
      Set.of("deployments.apps", "replicasets.apps", "daemonsets.apps", "statefulsets.apps");
  private static final Set<String> CHANGEABLE =
      Set.of(
          "replicas",
          "ordinals",
          "template",
          "updateStrategy",
          "persistentVolumeClaimRetentionPolicy",
          "minReadySeconds");
  private static final int SCHEDULE_FIELDS = 5;

  private WorkloadRules() {}

  static void check(String kind, ObjectNode object, List<Cause> causes) {
    JsonNode spec = object.path("spec");
    long replicas = Trees.number(spec, "replicas").orElse(0);
    if (replicas < 0 && !kind.equals("daemonsets.apps")) {
      causes.add(Cause.invalid("spec.replicas", replicas, "must be greater than or equal to 0"));
    }
    selector(kind, object, causes);
    JsonNode podSpec = Trees.at(spec, "template", "spec");
    PodRules.check(podSpec, "spec.template.spec", causes);
    Trees.text(podSpec, "restartPolicy")
        .filter(policy -> !policy.equals("Always"))
        .ifPresent(
            policy ->
                causes.add(
                    Cause.notSupported(
                        "spec.template.spec.restartPolicy", policy, List.of("Always"))));
    if (kind.equals("deployments.apps")) {
      strategy(spec.path("strategy"), causes);
    }
  }

  private static void selector(String kind, JsonNode object, List<Cause> causes) {
    JsonNode selector = Trees.at(object, "spec", "selector");
    boolean empty =
        selector.path("matchLabels").isEmpty() && selector.path("matchExpressions").isEmpty();
    if (!selector.isObject()) {
      causes.add(Cause.required("spec.selector", ""));
    } else if (empty) {
      String said =
          switch (kind) {
            case "daemonsets.apps" -> "daemonset";
            case "statefulsets.apps" -> "statefulset";
            default -> "deployment";
          };
      causes.add(
          new Cause(
              "FieldValueInvalid",
              "Invalid value: "
                  + GoText.labelSelector(selector)
                  + ": empty selector is invalid for "
                  + said,
              "spec.selector"));
    }
    JsonNode labels = Trees.at(object, "spec", "template", "metadata", "labels");
    // no selector selects nothing, so it does not match either
    boolean matches =
        selector.isObject()
            && selector.path("matchLabels").properties().stream()
                .allMatch(wanted -> wanted.getValue().equals(labels.path(wanted.getKey())));
    if (!matches) {
      causes.add(
          new Cause(
              "FieldValueInvalid",
              "Invalid value: "
                  + GoText.stringMap(labels)
                  + ": `selector` does not match template `labels`",
              "spec.template.metadata.labels"));
    }
  }

  private static void strategy(JsonNode strategy, List<Cause> causes) {
    String type = Trees.text(strategy, "type").orElse("RollingUpdate");
    JsonNode rolling = strategy.path("rollingUpdate");
    if (!type.equals("Recreate") && !type.equals("RollingUpdate")) {
      causes.add(
          new Cause(
              "FieldValueNotSupported",
              "Unsupported value: "
                  + GoText.deploymentStrategy(type)
                  + ": supported values: \"Recreate\", \"RollingUpdate\"",
              "spec.strategy"));
    } else if (type.equals("Recreate") && rolling.isObject()) {
      causes.add(
          Cause.forbidden(
              "spec.strategy.rollingUpdate",
              "may not be specified when strategy `type` is 'Recreate'"));
    } else if (zero(rolling.path("maxSurge")) && zero(rolling.path("maxUnavailable"))) {
      causes.add(
          new Cause(
              "FieldValueInvalid",
              "Invalid value: intstr.IntOrString{Type:0, IntVal:0, StrVal:\"\"}: may not be 0 when `maxSurge` is 0",
              "spec.strategy.rollingUpdate.maxUnavailable"));
    }
  }

  private static boolean zero(JsonNode number) {
    return number.isIntegralNumber() && number.longValue() == 0;
  }

  static void checkJob(JsonNode spec, List<Cause> causes) {
    PodRules.check(Trees.at(spec, "template", "spec"), "spec.template.spec", causes);
    String policy = Trees.textOrEmpty(spec, "template", "spec", "restartPolicy");
    if (policy.equals("Always")) {
      causes.add(
          new Cause(
              "FieldValueRequired",
              "Required value: valid values: \"OnFailure\", \"Never\"",
              "spec.template.spec.restartPolicy"));
    }
  }

  /** Only the number of fields is looked at, as nothing here runs by a schedule. */
  static void checkSchedule(String schedule, List<Cause> causes) {
    if (schedule.isEmpty()) {
      causes.add(Cause.required("spec.schedule", ""));
      return;
    }
    String[] fields = schedule.strip().split("\\s+", -1);
    if (!schedule.startsWith("@") && fields.length != SCHEDULE_FIELDS) {
      causes.add(
          Cause.invalid(
              "spec.schedule",
              schedule,
              "expected exactly 5 fields, found "
                  + fields.length
                  + ": ["
                  + String.join(" ", fields)
                  + "]"));
    }
  }

  static void checkStatefulSetUpdate(JsonNode before, JsonNode after, List<Cause> causes) {
    ObjectNode old = fixed(before);
    if (!old.equals(fixed(after))) {
      causes.add(
          Cause.forbidden(
              "spec",
              "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy',"
                  + " 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"));
    }
  }

  private static ObjectNode fixed(JsonNode spec) {
    ObjectNode fixed = spec.isObject() ? ((ObjectNode) spec).deepCopy() : Trees.object();
    fixed.remove(CHANGEABLE);
    return fixed;
  }
}
