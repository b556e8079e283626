package dev.cocolab.operators.workload;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a Job's conditions say, and when they come about; texts as Kubernetes 1.32 has them. */
final class JobConditions {
  static final String COMPLETE = "Complete";
  static final String FAILED = "Failed";
  static final String SUCCESS_CRITERIA_MET = "SuccessCriteriaMet";
  static final String FAILURE_TARGET = "FailureTarget";
  static final String SUSPENDED = "Suspended";

  private static final int DEFAULT_BACKOFF_LIMIT = 6;

  private final List<JobCondition> conditions;
  private final String now;

  private JobConditions(List<JobCondition> conditions, Instant now) {
    this.conditions = conditions;
    this.now = now.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static JobConditions of(Job job, Instant now) {
    return new JobConditions(
        new ArrayList<>(job.getStatus() == null ? List.of() : job.getStatus().getConditions()),
        now);
  }

  /** Complete or failed, for good. */
  static boolean isFinished(Job job) {
    JobConditions conditions = of(job, Instant.EPOCH);
    return conditions.holds(COMPLETE) || conditions.holds(FAILED);
  }

  static Optional<Instant> finishedAt(Job job) {
    return of(job, Instant.EPOCH).conditions.stream()
        .filter(c -> c.getType().equals(COMPLETE) || c.getType().equals(FAILED))
        .map(c -> Instant.parse(c.getLastTransitionTime()))
        .findFirst();
  }

  boolean holds(String type) {
    return find(type).filter(c -> "True".equals(c.getStatus())).isPresent();
  }

  private Optional<JobCondition> find(String type) {
    return conditions.stream().filter(c -> c.getType().equals(type)).findFirst();
  }

  /** Sets whether the Job is suspended; returns whether that has changed. */
  boolean suspend(boolean suspended) {
    if (holds(SUSPENDED) == suspended) {
      return false;
    }
    conditions.removeIf(c -> c.getType().equals(SUSPENDED));
    conditions.add(
        suspended
            ? condition(SUSPENDED, "True", "JobSuspended", "Job suspended")
            : condition(SUSPENDED, "False", "JobResumed", "Job resumed"));
    return true;
  }

  /** Says why the Job has to end, unless it already says so. */
  void judge(Job job, JobCounts counts, List<Pod> active, Optional<Instant> started, Instant at) {
    if (holds(FAILURE_TARGET) || holds(SUCCESS_CRITERIA_MET)) {
      return;
    }
    JobSpec spec = job.getSpec();
    if (counts.allFailed() > backoffLimit(spec) || restartedTooOften(spec, active)) {
      conditions.add(
          condition(
              FAILURE_TARGET,
              "True",
              "BackoffLimitExceeded",
              "Job has reached the specified backoff limit"));
    } else if (deadline(spec, started).filter(d -> !d.isAfter(at)).isPresent()) {
      conditions.add(
          condition(
              FAILURE_TARGET,
              "True",
              "DeadlineExceeded",
              "Job was active longer than specified deadline"));
    } else if (isComplete(job, counts, active)) {
      conditions.add(
          condition(
              SUCCESS_CRITERIA_MET,
              "True",
              "CompletionsReached",
              "Reached expected number of succeeded pods"));
    }
  }

  private static boolean isComplete(Job job, JobCounts counts, List<Pod> active) {
    Integer completions = job.getSpec().getCompletions();
    return completions == null
        ? counts.allSucceeded(job) > 0 && active.isEmpty()
        : counts.allSucceeded(job) >= completions;
  }

  private static boolean restartedTooOften(JobSpec spec, List<Pod> active) {
    if (!"OnFailure".equals(spec.getTemplate().getSpec().getRestartPolicy())) {
      return false;
    }
    int restarts = active.stream().mapToInt(JobPods::restarts).sum();
    return backoffLimit(spec) == 0 ? restarts > 0 : restarts >= backoffLimit(spec);
  }

  static Optional<Instant> deadline(JobSpec spec, Optional<Instant> started) {
    return spec.getActiveDeadlineSeconds() == null
        ? Optional.empty()
        : started.map(s -> s.plus(Duration.ofSeconds(spec.getActiveDeadlineSeconds())));
  }

  private static int backoffLimit(JobSpec spec) {
    return spec.getBackoffLimit() == null ? DEFAULT_BACKOFF_LIMIT : spec.getBackoffLimit();
  }

  boolean isEnding() {
    return holds(FAILURE_TARGET) || holds(SUCCESS_CRITERIA_MET);
  }

  /** Turns the reason to end into the end; returns it. */
  JobCondition finish() {
    boolean failed = holds(FAILURE_TARGET);
    JobCondition reason = find(failed ? FAILURE_TARGET : SUCCESS_CRITERIA_MET).orElseThrow();
    JobCondition end =
        condition(failed ? FAILED : COMPLETE, "True", reason.getReason(), reason.getMessage());
    conditions.add(end);
    return end;
  }

  List<JobCondition> all() {
    return List.copyOf(conditions);
  }

  private JobCondition condition(String type, String status, String reason, String message) {
    return new JobConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withMessage(message)
        .withLastProbeTime(now)
        .withLastTransitionTime(now)
        .build();
  }
}
