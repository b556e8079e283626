package dev.cocolab.cli.bench;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.load.LoadException;
import dev.cocolab.load.LoadPlan;
import dev.cocolab.load.LoadResult;
import dev.cocolab.load.WorkerProgram;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A load made by several workers, the pods of one indexed Job. All begin to measure at one moment;
 * their results come back through their logs and are put together. The Job is deleted in the end,
 * whatever happened.
 *
 * @param image of the workers; its program takes the arguments {@code bench worker}
 * @param namespace where the Job is made
 * @param workers how many
 * @param startWithin how long the workers have from now until they must be ready
 */
record ClusterLoad(
    KubernetesClient client,
    Clock clock,
    String image,
    String namespace,
    int workers,
    Duration startWithin) {
  private static final String LABEL = "batch.kubernetes.io/job-name";
  private static final String INDEX = "batch.kubernetes.io/job-completion-index";
  private static final Duration GRACE = Duration.ofSeconds(60);
  private static final int KEPT_SECONDS = 600;

  /** Reasons that speak of the broker. */
  private static final Set<LoadException.Reason> UNREACHABLE =
      Set.of(
          LoadException.Reason.UNREACHABLE,
          LoadException.Reason.UNTRUSTED,
          LoadException.Reason.NOT_A_KBS);

  ClusterLoad {
    Objects.requireNonNull(client, "client");
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(startWithin, "startWithin");
  }

  /**
   * Makes the load that each worker is told.
   *
   * @throws CliException UNFIT when workers did not run, UNREACHABLE when the API server or the
   *     broker does not answer
   */
  LoadResult run(LoadPlan plan, String name) {
    Instant begin = clock.instant().plus(startWithin);
    Duration longest = startWithin.plus(plan.length()).plus(plan.timeout()).plus(GRACE);
    try {
      client.resource(job(plan, name, begin, longest)).create();
      awaitEnd(name, longest);
      return results(name);
    } catch (KubernetesClientException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "the cluster did not run the Job %s in %s: %s: %s"
              .formatted(name, namespace, client.getMasterUrl(), words(e)),
          e);
    }
  }

  private Job job(LoadPlan plan, String name, Instant begin, Duration longest) {
    return new JobBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .addToLabels("app.kubernetes.io/name", "cocolab-load")
        .endMetadata()
        .withNewSpec()
        .withCompletionMode("Indexed")
        .withCompletions(workers)
        .withParallelism(workers)
        .withBackoffLimit(0)
        .withActiveDeadlineSeconds(longest.toSeconds())
        .withTtlSecondsAfterFinished(KEPT_SECONDS)
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app.kubernetes.io/name", "cocolab-load")
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("Never")
        .withAutomountServiceAccountToken(false)
        .addNewContainer()
        .withName("worker")
        .withImage(image)
        .withArgs("bench", "worker")
        .addNewEnv()
        .withName(WorkerProgram.VARIABLE)
        .withValue(WorkerProgram.variable(plan, begin))
        .endEnv()
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private void awaitEnd(String name, Duration longest) {
    if (hasEndedWithin(name, startWithin)) {
      return;
    }
    List<String> late =
        pods(name).stream()
            .filter(pod -> pod.getStatus() == null || "Pending".equals(pod.getStatus().getPhase()))
            .map(ClusterLoad::annotation)
            .toList();
    if (!late.isEmpty()) {
      throw new CliException(
          ExitCode.UNFIT,
          "%d of %d workers had not started after %d s%s"
              .formatted(late.size(), workers, startWithin.toSeconds(), waiting(name)));
    }
    if (!hasEndedWithin(name, longest.minus(startWithin))) {
      throw new CliException(
          ExitCode.UNFIT,
          "the workers did not end within %d s%s".formatted(longest.toSeconds(), waiting(name)));
    }
  }

  private boolean hasEndedWithin(String name, Duration time) {
    try {
      client
          .batch()
          .v1()
          .jobs()
          .inNamespace(namespace)
          .withName(name)
          .waitUntilCondition(ClusterLoad::hasEnded, time.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (KubernetesClientTimeoutException e) {
      return false;
    }
  }

  private List<Pod> pods(String name) {
    return client.pods().inNamespace(namespace).withLabel(LABEL, name).list().getItems();
  }

  private static boolean hasEnded(Job job) {
    return job != null
        && job.getStatus() != null
        && job.getStatus().getConditions().stream()
            .anyMatch(
                c ->
                    "True".equals(c.getStatus())
                        && List.of("Complete", "Failed", "FailureTarget").contains(c.getType()));
  }

  private LoadResult results(String name) {
    List<Pod> pods = client.pods().inNamespace(namespace).withLabel(LABEL, name).list().getItems();
    List<String> missing = new ArrayList<>();
    Set<String> reasons = new TreeSet<>();
    Optional<LoadResult> sum = Optional.empty();
    for (int worker = 0; worker < workers; worker++) {
      String index = Integer.toString(worker);
      Optional<JsonNode> said =
          pods.stream()
              .filter(pod -> index.equals(annotation(pod)))
              .findFirst()
              .flatMap(this::said);
      if (said.filter(line -> line.has("result")).isPresent()) {
        LoadResult result = LoadResult.parse(said.get().path("result"));
        sum = Optional.of(sum.map(before -> before.and(result)).orElse(result));
      } else if (said.isPresent()) {
        missing.add(
            "worker %d: %s".formatted(worker, said.get().path("refused").asString("no word")));
        reasons.add(said.get().path("reason").asString(""));
      } else {
        missing.add("worker %d said nothing before the Job ended".formatted(worker));
      }
    }
    if (!missing.isEmpty()) {
      throw refused(name, missing, reasons);
    }
    return sum.orElseThrow();
  }

  private CliException refused(String name, List<String> missing, Set<String> reasons) {
    boolean unreachable = UNREACHABLE.stream().map(Enum::name).anyMatch(reasons::contains);
    return new CliException(
        unreachable ? ExitCode.UNREACHABLE : ExitCode.UNFIT,
        "not every worker made its load (%s)%s%s"
            .formatted(
                String.join("; ", missing),
                waiting(name),
                reasons.contains(WorkerProgram.LATE) ? "; give --start-within more time" : ""));
  }

  private static String annotation(Pod pod) {
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault(INDEX, "");
  }

  private Optional<JsonNode> said(Pod pod) {
    try {
      return client
          .pods()
          .inNamespace(namespace)
          .withName(pod.getMetadata().getName())
          .getLog()
          .lines()
          .filter(line -> line.startsWith(WorkerProgram.MARK))
          .reduce((first, last) -> last)
          .map(line -> JsonMapper.shared().readTree(line.substring(WorkerProgram.MARK.length())));
    } catch (KubernetesClientException | JacksonException e) {
      return Optional.empty();
    }
  }

  /** What containers wait for, such as an image that cannot be pulled. */
  private String waiting(String name) {
    return pods(name).stream()
        .filter(pod -> pod.getStatus() != null)
        .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
        .map(ContainerStatus::getState)
        .filter(state -> state != null && state.getWaiting() != null)
        .map(state -> state.getWaiting().getReason() + ": " + state.getWaiting().getMessage())
        .findFirst()
        .map(why -> "; the image %s: %s".formatted(image, why))
        .orElse("");
  }

  /** Deletes the Job with its pods; one that is not there is as good. */
  void delete(String name) {
    client
        .batch()
        .v1()
        .jobs()
        .inNamespace(namespace)
        .withName(name)
        .withPropagationPolicy(DeletionPropagation.BACKGROUND)
        .delete();
  }

  private static String words(KubernetesClientException e) {
    return e.getStatus() != null && e.getStatus().getMessage() != null
        ? e.getStatus().getMessage()
        : String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
