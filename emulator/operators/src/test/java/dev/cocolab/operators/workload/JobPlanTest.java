package dev.cocolab.operators.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class JobPlanTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  @Test
  void aNewJobStartsAsManyPodsAsItMayRunAtOnce() {
    JobPlan plan = plan(job(3, 2), List.of());

    assertThat(plan.create()).hasSize(2).containsOnly(OptionalInt.empty());
    assertThat(plan.status().getStartTime()).isEqualTo("2026-03-01T10:00:00Z");
    assertThat(plan.status().getActive()).isNull();
  }

  @Test
  void anIndexedJobStartsItsLowestIndexesThatAreNotDone() {
    Job job = edit(indexed(5, 2), s -> s.setCompletedIndexes("0,2"));

    assertThat(plan(job, List.of(index(running("a"), 1))).create())
        .containsExactly(OptionalInt.of(3));
  }

  @Test
  void aPodIsNamedThenLetGoThenCounted() {
    Job job = job(2, 1);
    Pod done = ended("a", "Succeeded");

    JobPlan named = plan(job, List.of(done));
    assertThat(named.status().getSucceeded()).isNull();
    assertThat(named.status().getUncountedTerminatedPods().getSucceeded()).containsExactly("uid-a");
    assertThat(named.release()).containsExactly(done);

    Job after = with(job, named.status());
    assertThat(plan(after, List.of(done)).status().getSucceeded()).isNull();
    JobStatus counted = plan(after, List.of(released(done))).status();
    assertThat(counted.getSucceeded()).isEqualTo(1);
    assertThat(counted.getUncountedTerminatedPods().getSucceeded()).isEmpty();

    Job later = with(job, counted);
    assertThat(plan(later, List.of(released(done))).status().getSucceeded()).isEqualTo(1);
    assertThat(plan(later, List.of()).status().getSucceeded()).isEqualTo(1);
  }

  @Test
  void anIndexThatSucceededTwiceCountsOnce() {
    Job job = edit(indexed(2, 2), s -> s.setCompletedIndexes("0"));

    JobStatus status = plan(job, List.of(index(ended("again", "Succeeded"), 0))).status();

    assertThat(status.getCompletedIndexes()).isEqualTo("0");
    assertThat(status.getSucceeded()).isEqualTo(1);
  }

  @Test
  void completionsReachedEndTheJobWhenNothingIsHeldAnyMore() {
    Job job = edit(job(1, 1), s -> s.setStartTime("2026-03-01T09:00:00Z"));

    JobPlan met = plan(job, List.of(ended("a", "Succeeded")));
    assertThat(types(met)).containsExactly("SuccessCriteriaMet");
    assertThat(met.create()).isEmpty();
    JobPlan complete = plan(with(job, met.status()), List.of(released(ended("a", "Succeeded"))));

    assertThat(types(complete)).containsExactly("SuccessCriteriaMet", "Complete");
    assertThat(complete.status().getCompletionTime()).isEqualTo("2026-03-01T10:00:00Z");
    assertThat(complete.status().getConditions())
        .extracting(c -> c.getReason() + ": " + c.getMessage())
        .containsOnly("CompletionsReached: Reached expected number of succeeded pods");
  }

  @Test
  void withoutCompletionsOneSuccessIsEnoughAndNothingNewStarts() {
    Job job = job(null, 3);

    JobPlan plan = plan(job, List.of(ended("a", "Succeeded"), running("b")));
    assertThat(plan.create()).isEmpty();
    assertThat(types(plan)).isEmpty();
    assertThat(types(plan(job, List.of(ended("a", "Succeeded")))))
        .containsExactly("SuccessCriteriaMet");
  }

  @Test
  void moreFailuresThanTheBackoffLimitEndTheJobAndItsPods() {
    Job job = job(2, 2);
    job.getSpec().setBackoffLimit(0);
    Pod other = running("b");

    JobPlan plan = plan(job, List.of(ended("a", "Failed"), other));

    assertThat(plan.status().getConditions())
        .extracting(c -> c.getType() + " " + c.getReason() + ": " + c.getMessage())
        .containsExactly(
            "FailureTarget BackoffLimitExceeded: Job has reached the specified backoff limit");
    assertThat(plan.end()).containsExactly(other);
    assertThat(plan.create()).isEmpty();
    JobPlan failed = plan(with(job, plan.status()), List.of(released(ended("a", "Failed"))));
    assertThat(types(failed)).containsExactly("FailureTarget", "Failed");
    assertThat(failed.status().getCompletionTime()).isNull();
    assertThat(failed.status().getFailed()).isEqualTo(1);
  }

  @Test
  void afterAFailureTheNextPodWaitsLongerEachTime() {
    Job job = job(1, 1);
    Pod first = endedAt(ended("a", "Failed"), NOW.minusSeconds(4));
    Pod second = endedAt(ended("b", "Failed"), NOW.minusSeconds(4));

    assertThat(plan(job, List.of(first)).lookAgain()).contains(Duration.ofSeconds(6));
    assertThat(plan(job, List.of(first)).create()).isEmpty();
    assertThat(plan(job, List.of(first, second)).lookAgain()).contains(Duration.ofSeconds(16));
    assertThat(plan(job, List.of(endedAt(first, NOW.minusSeconds(10)))).create()).hasSize(1);
    assertThat(
            plan(job(2, 1), List.of(first, endedAt(ended("c", "Succeeded"), NOW.minusSeconds(1))))
                .create())
        .as("a success in between")
        .hasSize(1);
  }

  @Test
  void aPodThatSomebodyDeletesCountsAsFailedAndIsReplaced() {
    Pod leaving = terminating(running("a"));

    JobPlan plan = plan(job(1, 1), List.of(leaving));

    assertThat(plan.status().getUncountedTerminatedPods().getFailed()).containsExactly("uid-a");
    assertThat(plan.status().getTerminating()).isEqualTo(1);
    assertThat(plan.create()).hasSize(1);
  }

  @Test
  void aDeadlineEndsTheJobAndIsWaitedFor() {
    Job job = edit(job(1, 1), s -> s.setStartTime("2026-03-01T09:59:00Z"));
    job.getSpec().setActiveDeadlineSeconds(90L);
    assertThat(plan(job, List.of(running("a"))).lookAgain()).contains(Duration.ofSeconds(30));

    job.getSpec().setActiveDeadlineSeconds(60L);
    JobPlan plan = plan(job, List.of(running("a")));
    assertThat(plan.status().getConditions())
        .extracting(JobCondition::getReason)
        .containsExactly("DeadlineExceeded");
    assertThat(plan.end()).hasSize(1);
  }

  @Test
  void restartsInPlaceReachTheBackoffLimitToo() {
    Job job = job(1, 1);
    job.getSpec().setBackoffLimit(2);
    job.getSpec().getTemplate().getSpec().setRestartPolicy("OnFailure");

    assertThat(types(plan(job, List.of(restarted(running("a"), 1))))).isEmpty();
    assertThat(types(plan(job, List.of(restarted(running("a"), 2)))))
        .containsExactly("FailureTarget");
  }

  @Test
  void suspendingSendsPodsAwayWithoutCountingThemAndResumingStartsTheClockAnew() {
    Job job = edit(job(1, 1), s -> s.setStartTime("2026-03-01T09:00:00Z"));
    job.getSpec().setSuspend(true);
    Pod pod = running("a");

    JobPlan suspended = plan(job, List.of(pod));
    assertThat(suspended.surplus()).containsExactly(pod);
    assertThat(suspended.status().getStartTime()).isNull();
    assertThat(suspended.status().getConditions())
        .extracting(c -> c.getType() + "=" + c.getStatus() + " " + c.getReason())
        .containsExactly("Suspended=True JobSuspended");

    Job resumed = with(job, suspended.status());
    resumed.getSpec().setSuspend(false);
    JobPlan again = plan(resumed, List.of());
    assertThat(again.create()).hasSize(1);
    assertThat(again.status().getStartTime()).isEqualTo("2026-03-01T10:00:00Z");
    assertThat(again.status().getConditions())
        .extracting(c -> c.getType() + "=" + c.getStatus() + " " + c.getReason())
        .containsExactly("Suspended=False JobResumed");
  }

  @Test
  void fewerPodsAtOnceSendTheLeastValuableAway() {
    Pod ready = ready(running("a"));
    Pod starting = running("b");

    assertThat(plan(job(3, 1), List.of(ready, starting)).surplus()).containsExactly(starting);
  }

  @Test
  void anIndexRunsOnceAndOneBeyondTheEndNotAtAll() {
    Pod one = index(running("a"), 1);
    Pod twin = index(running("b"), 1);
    Pod beyond = index(running("c"), 7);
    Pod nameless = running("d");

    JobPlan plan = plan(indexed(2, 2), List.of(one, twin, beyond, nameless));

    assertThat(plan.surplus()).containsExactlyInAnyOrder(twin, beyond, nameless);
    assertThat(plan.create()).containsExactly(OptionalInt.of(0));
  }

  @Test
  void aFinishedJobGoesWhenItsTimeToLiveIsOver() {
    Job job =
        edit(
            job(1, 1),
            s ->
                s.setConditions(
                    List.of(
                        new JobConditionBuilder()
                            .withType("Complete")
                            .withStatus("True")
                            .withLastTransitionTime("2026-03-01T09:59:30Z")
                            .build())));
    assertThat(plan(job, List.of()).remove()).isFalse();
    assertThat(plan(job, List.of()).lookAgain()).isEmpty();

    job.getSpec().setTtlSecondsAfterFinished(60);
    assertThat(plan(job, List.of()).lookAgain()).contains(Duration.ofSeconds(30));
    job.getSpec().setTtlSecondsAfterFinished(30);
    assertThat(plan(job, List.of()).remove()).isTrue();
  }

  @Test
  void aJobThatIsBeingDeletedStartsNothing() {
    Job job = job(1, 1);
    job.getMetadata().setDeletionTimestamp("2026-03-01T09:59:30Z");

    assertThat(plan(job, List.of()).create()).isEmpty();
  }

  @Test
  void aJobThatIsBeingDeletedHoldsNoPod() {
    Job job = job(2, 2);
    job.getMetadata().setDeletionTimestamp("2026-03-01T09:59:30Z");
    Pod still = running("a");
    Pod done = ended("b", "Succeeded");

    JobPlan plan = plan(job, List.of(still, done));

    assertThat(plan.release()).containsExactly(still, done);
    assertThat(plan.end()).isEmpty();
    assertThat(plan.surplus()).isEmpty();
  }

  private static JobPlan plan(Job job, List<Pod> pods) {
    return JobPlan.of(job, pods, NOW);
  }

  private static List<String> types(JobPlan plan) {
    return plan.status().getConditions().stream().map(JobCondition::getType).toList();
  }

  private static Job job(Integer completions, int parallelism) {
    return new JobBuilder()
        .withNewMetadata()
        .withName("sum")
        .withNamespace("default")
        .withUid("uid-sum")
        .endMetadata()
        .withNewSpec()
        .withCompletions(completions)
        .withParallelism(parallelism)
        .withBackoffLimit(6)
        .withCompletionMode("NonIndexed")
        .withNewTemplate()
        .withNewSpec()
        .withRestartPolicy("Never")
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static Job indexed(int completions, int parallelism) {
    Job job = job(completions, parallelism);
    job.getSpec().setCompletionMode("Indexed");
    return job;
  }

  private static Job with(Job job, JobStatus status) {
    return new JobBuilder(job).withStatus(status).build();
  }

  private static Job edit(Job job, Consumer<JobStatus> change) {
    JobStatus status = new JobStatus();
    change.accept(status);
    return with(job, status);
  }

  private static Pod running(String name) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withUid("uid-" + name)
        .withCreationTimestamp("2026-03-01T09:00:00Z")
        .withFinalizers(JobPods.FINALIZER)
        .endMetadata()
        .withNewSpec()
        .withNodeName("worker")
        .endSpec()
        .withNewStatus()
        .withPhase("Running")
        .endStatus()
        .build();
  }

  private static Pod ended(String name, String phase) {
    return new PodBuilder(running(name)).editStatus().withPhase(phase).endStatus().build();
  }

  private static Pod endedAt(Pod pod, Instant at) {
    return new PodBuilder(pod)
        .editStatus()
        .withContainerStatuses()
        .addNewContainerStatus()
        .withNewState()
        .withNewTerminated()
        .withFinishedAt(at.toString())
        .endTerminated()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }

  private static Pod released(Pod pod) {
    return new PodBuilder(pod)
        .editMetadata()
        .withFinalizers(new ArrayList<>())
        .endMetadata()
        .build();
  }

  private static Pod terminating(Pod pod) {
    return new PodBuilder(pod)
        .editMetadata()
        .withDeletionTimestamp("2026-03-01T09:59:59Z")
        .endMetadata()
        .build();
  }

  private static Pod restarted(Pod pod, int restarts) {
    return new PodBuilder(pod)
        .editStatus()
        .addNewContainerStatus()
        .withRestartCount(restarts)
        .endContainerStatus()
        .endStatus()
        .build();
  }

  private static Pod ready(Pod pod) {
    return new PodBuilder(pod)
        .editStatus()
        .addNewCondition()
        .withType("Ready")
        .withStatus("True")
        .withLastTransitionTime("2026-03-01T09:30:00Z")
        .endCondition()
        .endStatus()
        .build();
  }

  private static Pod index(Pod pod, int index) {
    return new PodBuilder(pod)
        .editMetadata()
        .addToAnnotations(JobPods.INDEX, Integer.toString(index))
        .endMetadata()
        .build();
  }
}
