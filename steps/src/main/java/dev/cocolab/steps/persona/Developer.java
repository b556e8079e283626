package dev.cocolab.steps.persona;

import dev.cocolab.cli.PodStarts;
import dev.cocolab.steps.targets.Timeouts;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The application developer: writes manifests, starts workloads, reads their logs. */
public final class Developer {
  private final KubernetesClient client;
  private final Timeouts timeouts;
  private final Patience patience;
  private final RemoteCommand remote;

  public Developer(KubernetesClient client, Timeouts timeouts) {
    this.client = Objects.requireNonNull(client, "client");
    this.timeouts = Objects.requireNonNull(timeouts, "timeouts");
    this.patience = new Patience(timeouts.poll());
    this.remote = new RemoteCommand(client, timeouts.output());
  }

  /** Runs a command in a pod, as {@code kubectl exec} does. */
  public CommandOutcome run(String pod, String... command) {
    return remote.run(Namespaces.WORKLOAD, pod, command);
  }

  /** Creates the pod of a manifest and returns it as the server has it. */
  public Pod apply(Pod manifest) {
    return client.pods().inNamespace(Namespaces.WORKLOAD).resource(manifest).create();
  }

  /** Creates a Secret beside the workload. */
  public void keepSecret(String name, String key, String value) {
    keepSecret(name, key, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Creates a Secret beside the workload. */
  public void keepSecret(String name, String key, byte[] value) {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(Namespaces.WORKLOAD)
                .endMetadata()
                .addToData(key, Base64.getEncoder().encodeToString(value))
                .build())
        .create();
  }

  /**
   * Starts so many pods like this one, one after the other, and deletes them; before them one that
   * does not count, since the first of all finds everything cold.
   *
   * @param names begin of their names, which no pod had before
   * @return of each when it came to each stage
   */
  public List<Map<String, Duration>> startTimes(Pod manifest, String names, int count) {
    PodStarts starts = new PodStarts(client, timeouts.podRunning());
    starts.measure(manifest, names + "-first", 1);
    return starts.measure(manifest, names, count);
  }

  public Pod awaitRunning(String pod) {
    return patience.until(
        "pod " + pod + " to be Running and ready",
        timeouts.podRunning(),
        () -> Optional.of(pod(pod)).filter(Developer::isReady),
        () -> describe(pod));
  }

  /** The first event of type Warning that this test accepts. */
  public Event awaitWarning(String pod, String what, Predicate<Event> accepted) {
    return patience.until(
        "a warning of pod " + pod + " that " + what,
        timeouts.podRunning(),
        () -> warning(pod, accepted),
        () -> describe(pod));
  }

  /**
   * The first such event of a pod that must not start.
   *
   * @throws AssertionError at once when the pod is Running and ready
   */
  public Event awaitRefusal(String pod, String what, Predicate<Event> accepted) {
    return patience.until(
        "a warning of pod " + pod + " that " + what,
        timeouts.podRunning(),
        () -> {
          Optional<Event> found = warning(pod, accepted);
          if (found.isEmpty() && isReady(pod(pod))) {
            throw new AssertionError("pod %s is Running: %s".formatted(pod, describe(pod)));
          }
          return found;
        },
        () -> describe(pod));
  }

  private Optional<Event> warning(String pod, Predicate<Event> accepted) {
    return events(pod).stream()
        .filter(event -> "Warning".equals(event.getType()))
        .filter(accepted)
        .findFirst();
  }

  /** Waits until a container waits or has ended for one of these reasons. */
  public String awaitReason(String pod, List<String> reasons) {
    return patience.until(
        "a container of pod " + pod + " with reason " + String.join(" or ", reasons),
        timeouts.podRunning(),
        () -> reasons(pod).stream().filter(reasons::contains).findFirst(),
        () -> describe(pod));
  }

  /** Waits until the log of a container, or of its previous run, has this line's text. */
  public String awaitLog(String pod, String container, String text) {
    return patience.until(
        "\"" + text + "\" in the log of " + pod + "/" + container,
        timeouts.output(),
        () -> Optional.of(log(pod, container)).filter(log -> log.contains(text)),
        () -> describe(pod) + ", log: " + log(pod, container));
  }

  /** Waits until a container has ended, and returns its whole log. */
  public String awaitWholeLog(String pod, String container) {
    patience.until(
        "the end of " + pod + "/" + container,
        timeouts.output(),
        () ->
            statuses(pod(pod)).stream()
                .filter(status -> status.getName().equals(container))
                .filter(status -> status.getState() != null)
                .filter(status -> status.getState().getTerminated() != null)
                .findFirst(),
        () -> describe(pod) + ", log: " + log(pod, container));
    return log(pod, container);
  }

  /** The log of a container's present or last run; empty before it starts. */
  public String log(String pod, String container) {
    ContainerStatus status =
        statuses(pod(pod)).stream()
            .filter(one -> one.getName().equals(container))
            .findFirst()
            .orElse(null);
    boolean hasRun =
        status != null
            && status.getState() != null
            && (status.getState().getWaiting() == null
                || (status.getLastState() != null
                    && status.getLastState().getTerminated() != null));
    return hasRun
        ? client
            .pods()
            .inNamespace(Namespaces.WORKLOAD)
            .withName(pod)
            .inContainer(container)
            .getLog()
        : "";
  }

  public List<Event> events(String pod) {
    return client
        .v1()
        .events()
        .inNamespace(Namespaces.WORKLOAD)
        .withField("involvedObject.name", pod)
        .list()
        .getItems();
  }

  /** The API server's version, as {@code kubectl version} shows it. */
  public String serverVersion() {
    return client.getKubernetesVersion().getGitVersion();
  }

  public Pod pod(String name) {
    return client.pods().inNamespace(Namespaces.WORKLOAD).withName(name).require();
  }

  public String yaml(String pod) {
    return Serialization.asYaml(pod(pod));
  }

  public void delete(String pod) {
    client.pods().inNamespace(Namespaces.WORKLOAD).withName(pod).delete();
  }

  /** Waits until a pod, and whatever else the scenario counts, is gone. */
  public void awaitGone(String pod, Supplier<List<String>> others) {
    patience.until(
        "pod " + pod + " and what belongs to it to be gone",
        timeouts.podRunning(),
        () -> Optional.of(others.get()).filter(List::isEmpty).filter(none -> !exists(pod)),
        () -> "pod " + (exists(pod) ? "there" : "gone") + ", beside it: " + others.get());
  }

  /** False when the pod has been deleted, or never was. */
  public boolean exists(String pod) {
    return client.pods().inNamespace(Namespaces.WORKLOAD).withName(pod).get() != null;
  }

  private List<String> reasons(String pod) {
    return statuses(pod(pod)).stream()
        .flatMap(status -> Optional.ofNullable(status.getState()).stream())
        .flatMap(
            state ->
                state.getWaiting() != null
                    ? Optional.ofNullable(state.getWaiting().getReason()).stream()
                    : state.getTerminated() != null
                        ? Optional.ofNullable(state.getTerminated().getReason()).stream()
                        : Optional.<String>empty().stream())
        .toList();
  }

  private static List<ContainerStatus> statuses(Pod pod) {
    if (pod.getStatus() == null) {
      return List.of();
    }
    List<ContainerStatus> all = new java.util.ArrayList<>();
    all.addAll(pod.getStatus().getInitContainerStatuses());
    all.addAll(pod.getStatus().getContainerStatuses());
    return all;
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && "Running".equals(pod.getStatus().getPhase())
        && pod.getStatus().getConditions().stream()
            .anyMatch(
                condition ->
                    "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
  }

  private String describe(String pod) {
    return "phase %s, containers %s, events: %s"
        .formatted(
            pod(pod).getStatus() == null ? "none" : pod(pod).getStatus().getPhase(),
            reasons(pod),
            events(pod).stream()
                .map(event -> event.getReason() + ": " + event.getMessage())
                .collect(Collectors.joining(" | ")));
  }
}
