package dev.cocolab.operators.workload;

import dev.cocolab.operators.control.Owners;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The pods of a Job: how they are made, and what they say about themselves. */
final class JobPods {

  /** Keeps a finished pod until it is counted. */
  static final String FINALIZER = "batch.kubernetes.io/job-tracking";

  /** Label and annotation of a pod of an indexed Job. */
  static final String INDEX = "batch.kubernetes.io/job-completion-index";

  private static final String INDEX_VARIABLE = "JOB_COMPLETION_INDEX";
  private static final int NAME_LENGTH = 63;
  private static final int SUFFIX_LENGTH = 5;

  private JobPods() {}

  static Pod podOf(Job job, OptionalInt index) {
    ObjectMeta template = job.getSpec().getTemplate().getMetadata();
    String name = job.getMetadata().getName();
    Map<String, String> labels = copy(template == null ? null : template.getLabels());
    Map<String, String> annotations = copy(template == null ? null : template.getAnnotations());
    List<String> finalizers = new ArrayList<>();
    if (template != null && template.getFinalizers() != null) {
      finalizers.addAll(template.getFinalizers());
    }
    finalizers.add(FINALIZER);
    PodSpec spec = job.getSpec().getTemplate().getSpec();
    String prefix = name + "-";
    if (index.isPresent()) {
      String number = Integer.toString(index.getAsInt());
      labels.put(INDEX, number);
      annotations.put(INDEX, number);
      spec = indexed(spec, name + "-" + number);
      prefix = name + "-" + number + "-";
    }
    return new PodBuilder()
        .withNewMetadata()
        .withGenerateName(shortened(prefix))
        .withNamespace(job.getMetadata().getNamespace())
        .withLabels(labels)
        .withAnnotations(annotations)
        .withFinalizers(finalizers)
        .withOwnerReferences(Owners.controlledBy(job))
        .endMetadata()
        .withSpec(spec)
        .build();
  }

  private static String shortened(String prefix) {
    int room = NAME_LENGTH - SUFFIX_LENGTH;
    return prefix.length() <= room ? prefix : prefix.substring(0, room);
  }

  private static PodSpec indexed(PodSpec template, String hostname) {
    PodSpec out = template.toBuilder().build();
    if (out.getHostname() == null) {
      out.setHostname(
          hostname.length() <= NAME_LENGTH ? hostname : hostname.substring(0, NAME_LENGTH));
    }
    out.setContainers(withIndex(out.getContainers()));
    out.setInitContainers(withIndex(out.getInitContainers()));
    return out;
  }

  private static List<Container> withIndex(List<Container> containers) {
    return containers.stream()
        .map(
            c ->
                c.getEnv().stream().anyMatch(e -> INDEX_VARIABLE.equals(e.getName()))
                    ? c
                    : new ContainerBuilder(c)
                        .addToEnv(
                            new EnvVarBuilder()
                                .withName(INDEX_VARIABLE)
                                .withNewValueFrom()
                                .withNewFieldRef()
                                .withApiVersion("v1")
                                .withFieldPath("metadata.labels['" + INDEX + "']")
                                .endFieldRef()
                                .endValueFrom()
                                .build())
                        .build())
        .toList();
  }

  private static Map<String, String> copy(Map<String, String> map) {
    return map == null ? new LinkedHashMap<>() : new LinkedHashMap<>(map);
  }

  static boolean isTracked(Pod pod) {
    return pod.getMetadata().getFinalizers() != null
        && pod.getMetadata().getFinalizers().contains(FINALIZER);
  }

  static boolean succeeded(Pod pod) {
    return PodState.phase(pod).equals("Succeeded");
  }

  static boolean failed(Pod pod) {
    return PodState.phase(pod).equals("Failed");
  }

  /** The index in the annotation; empty for none or one that is no number. */
  static OptionalInt index(Pod pod) {
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    String text = annotations == null ? null : annotations.get(INDEX);
    return text == null || !text.matches("\\d{1,9}")
        ? OptionalInt.empty()
        : OptionalInt.of(Integer.parseInt(text));
  }

  /** When the last of its containers ended; empty while one has not, or none says when. */
  static Optional<Instant> finishedAt(Pod pod) {
    List<ContainerStatus> statuses =
        pod.getStatus() == null ? List.of() : pod.getStatus().getContainerStatuses();
    return statuses.stream()
        .map(s -> s.getState() == null ? null : s.getState().getTerminated())
        .filter(t -> t != null && t.getFinishedAt() != null)
        .map(t -> Instant.parse(t.getFinishedAt()))
        .max(Instant::compareTo);
  }

  /** Restarts of all containers, init containers among them. */
  static int restarts(Pod pod) {
    if (pod.getStatus() == null) {
      return 0;
    }
    int out = 0;
    for (List<ContainerStatus> statuses :
        List.of(
            pod.getStatus().getContainerStatuses(), pod.getStatus().getInitContainerStatuses())) {
      for (ContainerStatus status : statuses) {
        out += status.getRestartCount() == null ? 0 : status.getRestartCount();
      }
    }
    return out;
  }
}
