package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.schema.Quantity;
import dev.cocolab.apiserver.status.Cause;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Rules of one container of a pod, in the order in which kube-apiserver reports findings. */
final class ContainerRules {
  private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
  private static final Set<String> FIELD_PATHS =
      Set.of(
          "metadata.name",
          "metadata.namespace",
          "metadata.uid",
          "metadata.labels",
          "metadata.annotations",
          "spec.nodeName",
          "spec.restartPolicy",
          "spec.schedulerName",
          "spec.serviceAccountName",
          "status.phase",
          "status.hostIP",
          "status.hostIPs",
          "status.podIP",
          "status.podIPs");
  private static final Pattern KEYED = Pattern.compile("metadata\\.(labels|annotations)\\['.*']");

  private ContainerRules() {}

  static void check(
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
    }
    String image = Trees.textOrEmpty(container, "image");
    if (image.isEmpty()) {
      causes.add(Cause.required(field + ".image", ""));
    } else if (!image.strip().equals(image)) {
      causes.add(
          Cause.invalid(field + ".image", image, "must not have leading or trailing whitespace"));
    }
    ports(container, field, causes);
    variables(container, field, causes);
    VolumeRules.mounts(container, field, volumes, causes);
    PodRules.oneOf(
        container, "imagePullPolicy", field, List.of("Always", "IfNotPresent", "Never"), causes);
    resources(container.path("resources"), field + ".resources", causes);
    security(container.path("securityContext"), field + ".securityContext", causes);
    if (!name.isEmpty() && !names.add(name)) {
      causes.add(Cause.duplicate(field + ".name", name));
    }
    ProbeRules.check(container, field, causes);
  }

  private static void ports(ObjectNode container, String field, List<Cause> causes) {
    List<ObjectNode> ports = Trees.objects(container, "ports");
    for (int i = 0; i < ports.size(); i++) {
      String place = field + ".ports[" + i + "]";
      String name = Trees.textOrEmpty(ports.get(i), "name");
      if (!name.isEmpty()) {
        for (String text : Names.port(name)) {
          causes.add(Cause.invalid(place + ".name", name, text));
        }
      }
      long port = Trees.number(ports.get(i), "containerPort").orElse(0);
      if (port == 0) {
        causes.add(Cause.required(place + ".containerPort", ""));
      } else if (port < 1 || port > 65535) {
        causes.add(
            Cause.invalid(
                place + ".containerPort", port, "must be between 1 and 65535, inclusive"));
      }
      PodRules.oneOf(ports.get(i), "protocol", place, PROTOCOLS, causes);
    }
  }

  private static void variables(ObjectNode container, String field, List<Cause> causes) {
    List<ObjectNode> variables = Trees.objects(container, "env");
    for (int i = 0; i < variables.size(); i++) {
      String place = field + ".env[" + i + "]";
      if (Trees.text(variables.get(i), "name").isEmpty()) {
        causes.add(Cause.required(place + ".name", ""));
      }
      JsonNode from = variables.get(i).path("valueFrom");
      if (from.isObject()) {
        source(from, Trees.textOrEmpty(variables.get(i), "value"), place + ".valueFrom", causes);
      }
    }
  }

  private static void source(JsonNode from, String value, String place, List<Cause> causes) {
    int sources = 0;
    for (String name : List.of("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef")) {
      JsonNode reference = from.path(name);
      if (!reference.isObject()) {
        continue;
      }
      sources++;
      if (name.equals("fieldRef")) {
        fieldPath(Trees.textOrEmpty(reference, "fieldPath"), place + ".fieldRef.fieldPath", causes);
      } else if (name.endsWith("KeyRef")) {
        for (String part : List.of("name", "key")) {
          if (Trees.text(reference, part).isEmpty()) {
            causes.add(Cause.required(place + "." + name + "." + part, ""));
          }
        }
      }
    }
    if (sources == 0) {
      String text =
          "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`";
      causes.add(Cause.invalid(place, "", text));
    } else if (!value.isEmpty()) {
      causes.add(Cause.invalid(place, "", "may not be specified when `value` is not empty"));
    } else if (sources > 1) {
      causes.add(Cause.invalid(place, "", "may not have more than one field specified at a time"));
    }
  }

  private static void fieldPath(String path, String place, List<Cause> causes) {
    if (path.isEmpty()) {
      causes.add(Cause.required(place, ""));
    } else if (!FIELD_PATHS.contains(path) && !KEYED.matcher(path).matches()) {
      causes.add(
          Cause.invalid(
              place, path, "error converting fieldPath: field label not supported: " + path));
    }
  }

  private static void resources(JsonNode resources, String place, List<Cause> causes) {
    for (Map.Entry<String, JsonNode> request : resources.path("requests").properties()) {
      JsonNode limit = resources.path("limits").path(request.getKey());
      Optional<Quantity> wanted = Quantity.parse(request.getValue().asString(""));
      Optional<Quantity> most = Quantity.parse(limit.asString(""));
      if (wanted.isPresent()
          && most.isPresent()
          && wanted.get().value().compareTo(most.get().value()) > 0) {
        causes.add(
            Cause.invalid(
                place + ".requests",
                wanted.get(),
                "must be less than or equal to " + request.getKey() + " limit of " + most.get()));
      }
    }
  }

  private static void security(JsonNode context, String place, List<Cause> causes) {
    PodRules.ids(context, place, causes);
    JsonNode escalates = context.path("allowPrivilegeEscalation");
    if (context.path("privileged").booleanValue(false)
        && escalates.isBoolean()
        && !escalates.booleanValue()) {
      // kube-apiserver quotes the structure with addresses of its memory
      causes.add(
          Cause.invalid(
              place,
              context,
              "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"));
    }
  }
}
