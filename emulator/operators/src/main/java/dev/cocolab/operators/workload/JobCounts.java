package dev.cocolab.operators.workload;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.UncountedTerminatedPods;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How many pods of a Job have ended, so that each counts once although it may be deleted at any
 * time: a finished pod is first named in the status, then let go, and counted when it is seen
 * without the finalizer.
 *
 * @param succeeded pods that are counted, for an indexed Job its completed indexes
 * @param failed pods that are counted
 * @param newSucceeded uids of pods that are named and still held
 * @param newFailed likewise
 * @param completed the completed indexes of an indexed Job
 */
record JobCounts(
    int succeeded,
    int failed,
    Set<String> newSucceeded,
    Set<String> newFailed,
    NavigableSet<Integer> completed) {

  /** Source: batch/v1 JobStatus, {@code uncountedTerminatedPods}. */
  static JobCounts of(Job job, Collection<Pod> owned) {
    JobStatus status = job.getStatus() == null ? new JobStatus() : job.getStatus();
    boolean indexed = isIndexed(job);
    int completions = indexed ? job.getSpec().getCompletions() : 0;
    NavigableSet<Integer> completed =
        CompletedIndexes.parse(status.getCompletedIndexes(), completions);
    Map<String, Pod> held =
        owned.stream()
            .filter(JobPods::isTracked)
            .collect(Collectors.toMap(p -> p.getMetadata().getUid(), Function.identity()));
    UncountedTerminatedPods named = status.getUncountedTerminatedPods();
    Set<String> newSucceeded =
        new LinkedHashSet<>(named == null ? List.of() : named.getSucceeded());
    Set<String> newFailed = new LinkedHashSet<>(named == null ? List.of() : named.getFailed());
    int succeeded = orZero(status.getSucceeded()) + letGo(newSucceeded, held);
    int failed = orZero(status.getFailed()) + letGo(newFailed, held);
    for (Pod pod : held.values()) {
      String uid = pod.getMetadata().getUid();
      if (newSucceeded.contains(uid) || newFailed.contains(uid)) {
        continue;
      }
      if (JobPods.succeeded(pod)) {
        newSucceeded.add(uid);
        JobPods.index(pod).stream().filter(i -> i < completions).forEach(completed::add);
      } else if (JobPods.failed(pod) || PodState.isTerminating(pod)) {
        newFailed.add(uid);
      }
    }
    return new JobCounts(
        indexed ? completed.size() : succeeded, failed, newSucceeded, newFailed, completed);
  }

  /** Removes those that are held no more, and tells how many. */
  private static int letGo(Set<String> uids, Map<String, Pod> held) {
    int before = uids.size();
    uids.removeIf(uid -> !held.containsKey(uid));
    return before - uids.size();
  }

  static boolean isIndexed(Job job) {
    return "Indexed".equals(job.getSpec().getCompletionMode())
        && job.getSpec().getCompletions() != null;
  }

  private static int orZero(Integer value) {
    return value == null ? 0 : value;
  }

  /** The completed indexes of an indexed Job already hold those that are only named. */
  int allSucceeded(Job job) {
    return isIndexed(job) ? completed.size() : succeeded + newSucceeded.size();
  }

  int allFailed() {
    return failed + newFailed.size();
  }

  boolean isSettled() {
    return newSucceeded.isEmpty() && newFailed.isEmpty();
  }

  boolean names(Pod pod) {
    String uid = pod.getMetadata().getUid();
    return newSucceeded.contains(uid) || newFailed.contains(uid);
  }
}
