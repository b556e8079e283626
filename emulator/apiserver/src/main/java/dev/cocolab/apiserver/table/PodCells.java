package dev.cocolab.apiserver.table;

import dev.cocolab.apiserver.json.Trees;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Cells of pods: the status word, readiness and restarts are worked out from the containers. */
final class PodCells {
  private static final Set<String> UNINTERESTING = Set.of("", "PodInitializing");

  private PodCells() {}

  static String ready(ObjectNode pod) {
    int total = Trees.at(pod, "spec", "containers").size() + sidecars(pod).size();
    long ready =
        Trees.objects(pod, "status", "containerStatuses").stream()
                .filter(status -> status.path("ready").booleanValue(false))
                .count()
            + Trees.objects(pod, "status", "initContainerStatuses").stream()
                .filter(status -> sidecars(pod).contains(Trees.textOrEmpty(status, "name")))
                .filter(status -> status.path("ready").booleanValue(false))
                .count();
    return ready + "/" + total;
  }

  /** Init containers that stay. */
  private static List<String> sidecars(ObjectNode pod) {
    return Trees.objects(pod, "spec", "initContainers").stream()
        .filter(container -> Trees.textOrEmpty(container, "restartPolicy").equals("Always"))
        .map(container -> Trees.textOrEmpty(container, "name"))
        .toList();
  }

  static String status(ObjectNode pod) {
    String word =
        Trees.text(pod, "status", "reason").orElse(Trees.textOrEmpty(pod, "status", "phase"));
    for (ObjectNode condition : Trees.objects(pod, "status", "conditions")) {
      if (Trees.textOrEmpty(condition, "type").equals("PodScheduled")
          && Trees.textOrEmpty(condition, "reason").equals("SchedulingGated")) {
        word = "SchedulingGated";
      }
    }
    String initialising = initStatus(pod);
    boolean starting = !initialising.isEmpty();
    if (starting) {
      word = initialising;
    } else {
      word = containerStatus(pod, word);
    }
    if (pod.path("metadata").has("deletionTimestamp")) {
      boolean lost = Trees.textOrEmpty(pod, "status", "reason").equals("NodeLost");
      boolean ended =
          Set.of("Succeeded", "Failed").contains(Trees.textOrEmpty(pod, "status", "phase"));
      return lost ? "Unknown" : ended ? word : "Terminating";
    }
    return word;
  }

  /** {@code Init:1/2} and the like, empty when all init containers are done. */
  private static String initStatus(ObjectNode pod) {
    List<ObjectNode> statuses = Trees.objects(pod, "status", "initContainerStatuses");
    int total = Trees.at(pod, "spec", "initContainers").size();
    for (int i = 0; i < statuses.size(); i++) {
      JsonNode state = statuses.get(i).path("state");
      JsonNode terminated = state.path("terminated");
      boolean sidecar = sidecars(pod).contains(Trees.textOrEmpty(statuses.get(i), "name"));
      if (terminated.isObject() && terminated.path("exitCode").intValue(-1) == 0) {
        continue;
      }
      if (sidecar && statuses.get(i).path("started").booleanValue(false)) {
        continue;
      }
      if (terminated.isObject()) {
        return "Init:" + Trees.text(terminated, "reason").orElse(exit(terminated));
      }
      String waiting = Trees.textOrEmpty(state, "waiting", "reason");
      return UNINTERESTING.contains(waiting) ? "Init:" + i + "/" + total : "Init:" + waiting;
    }
    return "";
  }

  private static String exit(JsonNode terminated) {
    int signal = terminated.path("signal").intValue(0);
    return signal != 0 ? "Signal:" + signal : "ExitCode:" + terminated.path("exitCode").intValue(0);
  }

  private static String containerStatus(ObjectNode pod, String phase) {
    String word = phase;
    boolean running = false;
    List<ObjectNode> statuses = Trees.objects(pod, "status", "containerStatuses");
    for (int i = statuses.size() - 1; i >= 0; i--) {
      JsonNode state = statuses.get(i).path("state");
      JsonNode terminated = state.path("terminated");
      if (Trees.text(state, "waiting", "reason").isPresent()) {
        word = Trees.textOrEmpty(state, "waiting", "reason");
      } else if (terminated.isObject()) {
        word = Trees.text(terminated, "reason").orElse(exit(terminated));
      } else if (state.path("running").isObject()
          && statuses.get(i).path("ready").booleanValue(false)) {
        running = true;
      }
    }
    if (word.equals("Completed") && running) {
      boolean ready =
          Trees.objects(pod, "status", "conditions").stream()
              .anyMatch(
                  condition ->
                      Trees.textOrEmpty(condition, "type").equals("Ready")
                          && Trees.textOrEmpty(condition, "status").equals("True"));
      return ready ? "Running" : "NotReady";
    }
    return word;
  }

  /**
   * {@code 3} or {@code 3 (5m ago)}: of init containers until they are done, then of the others.
   */
  static String restarts(ObjectNode pod, Clock clock) {
    long count = 0;
    String last = "";
    boolean done =
        Trees.objects(pod, "status", "initContainerStatuses").stream()
            .allMatch(
                status -> Trees.number(status, "state", "terminated", "exitCode").orElse(1) == 0);
    String list =
        done || isTrue(pod, "Initialized") ? "containerStatuses" : "initContainerStatuses";
    for (ObjectNode status : Trees.objects(pod, "status", list)) {
      count += Trees.number(status, "restartCount").orElse(0);
      String finished = Trees.textOrEmpty(status, "lastState", "terminated", "finishedAt");
      last = finished.compareTo(last) > 0 ? finished : last;
    }
    return count == 0 || last.isEmpty()
        ? Long.toString(count)
        : count + " (" + HumanDuration.since(last, clock) + " ago)";
  }

  static String readinessGates(ObjectNode pod) {
    List<ObjectNode> gates = Trees.objects(pod, "spec", "readinessGates");
    if (gates.isEmpty()) {
      return "<none>";
    }
    long met =
        gates.stream()
            .filter(gate -> isTrue(pod, Trees.textOrEmpty(gate, "conditionType")))
            .count();
    return met + "/" + gates.size();
  }

  private static boolean isTrue(ObjectNode pod, String condition) {
    return Trees.objects(pod, "status", "conditions").stream()
        .anyMatch(
            c ->
                Trees.textOrEmpty(c, "type").equals(condition)
                    && Trees.textOrEmpty(c, "status").equals("True"));
  }
}
