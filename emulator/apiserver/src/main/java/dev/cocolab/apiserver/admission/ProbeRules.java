package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.Cause;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Rules of the probes of a container. */
final class ProbeRules {
  private static final List<String> HANDLERS = List.of("exec", "httpGet", "tcpSocket", "grpc");
  private static final List<String> NUMBERS =
      List.of(
          "initialDelaySeconds",
          "timeoutSeconds",
          "periodSeconds",
          "successThreshold",
          "failureThreshold");

  private ProbeRules() {}

  static void check(ObjectNode container, String field, List<Cause> causes) {
    for (String name : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
      JsonNode probe = container.path(name);
      if (probe.isObject()) {
        String place = field + "." + name;
        handler(probe, place, causes);
        for (String number : NUMBERS) {
          long value = Trees.number(probe, number).orElse(0);
          if (value < 0) {
            causes.add(
                Cause.invalid(place + "." + number, value, "must be greater than or equal to 0"));
          }
        }
        long successes = Trees.number(probe, "successThreshold").orElse(1);
        if (!name.equals("readinessProbe") && successes != 1) {
          causes.add(Cause.invalid(place + ".successThreshold", successes, "must be 1"));
        }
      }
    }
  }

  private static void handler(JsonNode probe, String place, List<Cause> causes) {
    boolean found = false;
    for (String name : HANDLERS) {
      if (!probe.path(name).isObject()) {
        continue;
      }
      if (found) {
        causes.add(Cause.forbidden(place + "." + name, "may not specify more than 1 handler type"));
      } else if (name.equals("exec") && probe.path(name).path("command").isEmpty()) {
        causes.add(Cause.required(place + ".exec.command", ""));
      } else if (name.equals("httpGet") || name.equals("tcpSocket")) {
        port(probe.path(name).path("port"), place + "." + name + ".port", causes);
      }
      found = true;
    }
    if (!found) {
      causes.add(Cause.required(place, "must specify a handler type"));
    }
  }

  private static void port(JsonNode port, String place, List<Cause> causes) {
    if (port.isString()) {
      for (String text : Names.port(port.stringValue())) {
        causes.add(Cause.invalid(place, port.stringValue(), text));
      }
    } else if (port.longValue(0) < 1 || port.longValue(0) > 65535) {
      causes.add(Cause.invalid(place, port.longValue(0), "must be between 1 and 65535, inclusive"));
    }
  }
}
