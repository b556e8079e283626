package dev.cocolab.operators.workload;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a Job has to do about its pods, and what it says of itself. Of a Job's later fields {@code
 * backoffLimitPerIndex}, {@code podFailurePolicy}, {@code successPolicy} and {@code
 * podReplacementPolicy: Failed} are not looked at.
 *
 * @param status to be written before anything else is done
 * @param release finished pods that the status names and that need not be held any longer; of a Job
 *     that is being deleted all, as nobody will count them
 * @param surplus running pods that are too many; they do not count as failed
 * @param end running pods of a Job that has to end
 * @param create pods to be made, each with its index or without one
 * @param lookAgain how long until time alone changes something
 * @param remove whether its time to live is over
 */
record JobPlan(
    JobStatus status,
    List<Pod> release,
    List<Pod> surplus,
    List<Pod> end,
    List<OptionalInt> create,
    Optional<Duration> lookAgain,
    boolean remove) {

  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(10);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(10);
  private static final int LARGEST_SHIFT = 6;

  static JobPlan of(Job job, Collection<Pod> owned, Instant now) {
    return JobConditions.isFinished(job) ? finished(job, owned, now) : running(job, owned, now);
  }

  private static JobPlan finished(Job job, Collection<Pod> owned, Instant now) {
    Integer lifetime = job.getSpec().getTtlSecondsAfterFinished();
    Optional<Duration> left =
        lifetime == null
            ? Optional.empty()
            : JobConditions.finishedAt(job)
                .map(at -> Duration.between(now, at.plusSeconds(lifetime)));
    boolean over = left.filter(d -> d.isNegative() || d.isZero()).isPresent();
    return new JobPlan(
        job.getStatus(),
        owned.stream().filter(JobPods::isTracked).toList(),
        List.of(),
        owned.stream().filter(PodState::isActive).toList(),
        List.of(),
        over ? Optional.empty() : left,
        over);
  }

  private static JobPlan running(Job job, Collection<Pod> owned, Instant now) {
    JobSpec spec = job.getSpec();
    boolean suspended = Boolean.TRUE.equals(spec.getSuspend());
    JobCounts counts = JobCounts.of(job, owned);
    List<Pod> active = owned.stream().filter(PodState::isActive).toList();
    Optional<Instant> started = started(job, suspended, now);
    JobConditions conditions = JobConditions.of(job, now);
    conditions.judge(job, counts, active, started, now);
    long terminating =
        owned.stream()
            .filter(p -> PodState.isTerminating(p) && !JobPods.succeeded(p) && !JobPods.failed(p))
            .count();
    Optional<JobCondition> end = Optional.empty();
    if (!conditions.isEnding()) {
      conditions.suspend(suspended);
    } else if (active.isEmpty() && terminating == 0 && counts.isSettled()) {
      end = Optional.of(conditions.finish());
    }
    JobStatus status = status(job, counts, conditions, active, (int) terminating, started, end);
    boolean deleting = job.getMetadata().getDeletionTimestamp() != null;
    List<Pod> release =
        owned.stream().filter(p -> JobPods.isTracked(p) && (deleting || counts.names(p))).toList();
    if (conditions.isEnding() || deleting) {
      List<Pod> ended = conditions.isEnding() ? active : List.of();
      return new JobPlan(status, release, List.of(), ended, List.of(), Optional.empty(), false);
    }
    Demand demand = Demand.of(job, counts, active, suspended);
    Optional<Duration> backoff = demand.create().isEmpty() ? Optional.empty() : backoff(owned, now);
    Optional<Duration> deadline =
        JobConditions.deadline(spec, started).map(d -> Duration.between(now, d));
    return new JobPlan(
        status,
        release,
        demand.surplus(),
        List.of(),
        backoff.isPresent() ? List.of() : demand.create(),
        Stream.of(backoff, deadline).flatMap(Optional::stream).min(Duration::compareTo),
        false);
  }

  private static Optional<Instant> started(Job job, boolean suspended, Instant now) {
    if (suspended) {
      return Optional.empty();
    }
    String before = job.getStatus() == null ? null : job.getStatus().getStartTime();
    return Optional.of(
        before == null ? now.truncatedTo(ChronoUnit.SECONDS) : Instant.parse(before));
  }

  private static JobStatus status(
      Job job,
      JobCounts counts,
      JobConditions conditions,
      List<Pod> active,
      int terminating,
      Optional<Instant> started,
      Optional<JobCondition> end) {
    JobStatusBuilder out =
        new JobStatusBuilder(job.getStatus() == null ? new JobStatus() : job.getStatus())
            .withActive(active.isEmpty() ? null : active.size())
            .withReady((int) active.stream().filter(PodState::isReady).count())
            .withTerminating(terminating)
            .withSucceeded(counts.succeeded() == 0 ? null : counts.succeeded())
            .withFailed(counts.failed() == 0 ? null : counts.failed())
            .withConditions(conditions.all())
            .withStartTime(started.map(Instant::toString).orElse(null))
            .withNewUncountedTerminatedPods()
            .withSucceeded(List.copyOf(counts.newSucceeded()))
            .withFailed(List.copyOf(counts.newFailed()))
            .endUncountedTerminatedPods();
    if (JobCounts.isIndexed(job) && !counts.completed().isEmpty()) {
      out.withCompletedIndexes(CompletedIndexes.format(counts.completed()));
    }
    end.filter(c -> c.getType().equals(JobConditions.COMPLETE))
        .ifPresent(c -> out.withCompletionTime(c.getLastTransitionTime()));
    return out.build();
  }

  /** Ten seconds after a failure, doubled with each one since the last success. */
  private static Optional<Duration> backoff(Collection<Pod> owned, Instant now) {
    Optional<Instant> success =
        owned.stream()
            .filter(JobPods::succeeded)
            .flatMap(p -> JobPods.finishedAt(p).stream())
            .max(Instant::compareTo);
    List<Instant> failures =
        owned.stream()
            .filter(JobPods::failed)
            .flatMap(p -> JobPods.finishedAt(p).stream())
            .filter(at -> success.isEmpty() || at.isAfter(success.get()))
            .sorted()
            .toList();
    if (failures.isEmpty()) {
      return Optional.empty();
    }
    Duration pause = FIRST_BACKOFF.multipliedBy(1L << Math.min(failures.size() - 1, LARGEST_SHIFT));
    if (pause.compareTo(LONGEST_BACKOFF) > 0) {
      pause = LONGEST_BACKOFF;
    }
    Duration left = Duration.between(now, failures.get(failures.size() - 1).plus(pause));
    return left.isNegative() || left.isZero() ? Optional.empty() : Optional.of(left);
  }

  /** Pods that are missing, and pods that are too many. */
  private record Demand(List<OptionalInt> create, List<Pod> surplus) {

    static Demand of(Job job, JobCounts counts, List<Pod> active, boolean suspended) {
      int wanted = suspended ? 0 : wanted(job, counts, active.size());
      return JobCounts.isIndexed(job)
          ? indexed(job, counts, active, wanted)
          : new Demand(
              IntStream.range(active.size(), wanted).mapToObj(i -> OptionalInt.empty()).toList(),
              active.stream()
                  .sorted(ReplicaSetPlan.leastValuableFirst())
                  .limit(Math.max(0, active.size() - wanted))
                  .toList());
    }

    private static int wanted(Job job, JobCounts counts, int active) {
      int parallelism = job.getSpec().getParallelism() == null ? 1 : job.getSpec().getParallelism();
      Integer completions = job.getSpec().getCompletions();
      if (completions == null) {
        return counts.allSucceeded(job) > 0 ? Math.min(active, parallelism) : parallelism;
      }
      return Math.max(0, Math.min(parallelism, completions - counts.allSucceeded(job)));
    }

    private static Demand indexed(Job job, JobCounts counts, List<Pod> active, int wanted) {
      int completions = job.getSpec().getCompletions();
      Set<Integer> running = new HashSet<>();
      List<Pod> surplus = new ArrayList<>();
      List<Pod> byIndex =
          active.stream()
              .sorted(
                  Comparator.comparingInt((Pod p) -> JobPods.index(p).orElse(Integer.MAX_VALUE)))
              .toList();
      for (Pod pod : byIndex) {
        OptionalInt index = JobPods.index(pod);
        boolean useful =
            index.isPresent()
                && index.getAsInt() < completions
                && !counts.completed().contains(index.getAsInt())
                && running.size() < wanted;
        if (!useful || !running.add(index.getAsInt())) {
          surplus.add(pod);
        }
      }
      List<OptionalInt> create =
          IntStream.range(0, completions)
              .filter(i -> !counts.completed().contains(i) && !running.contains(i))
              .limit(Math.max(0, wanted - running.size()))
              .mapToObj(OptionalInt::of)
              .toList();
      return new Demand(create, surplus);
    }
  }
}
