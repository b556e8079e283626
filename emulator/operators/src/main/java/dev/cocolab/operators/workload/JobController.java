package dev.cocolab.operators.workload;

import dev.cocolab.operators.control.Controller;
import dev.cocolab.operators.control.EventRecorder;
import dev.cocolab.operators.control.ObjectKey;
import dev.cocolab.operators.control.Owners;
import dev.cocolab.operators.control.WorkQueue;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;

/** Runs the pods of Jobs until as many have succeeded as they ask for. */
public final class JobController implements Controller {

  private static final int NOT_FOUND = 404;
  private static final String OWN_NAME = "kubernetes.io/job-controller";

  private final KubernetesClient client;
  private final SharedIndexInformer<Job> jobs;
  private final SharedIndexInformer<Pod> pods;
  private final Clock clock;
  private final EventRecorder events;
  private final Expectations expectations;
  private final PodActions actions;
  private final WorkQueue queue;
  private final WorkQueue orphans;

  public JobController(
      KubernetesClient client,
      SharedIndexInformer<Job> jobs,
      SharedIndexInformer<Pod> pods,
      ScheduledExecutorService executor,
      Clock clock) {
    this.client = client;
    this.jobs = jobs;
    this.pods = pods;
    this.clock = clock;
    this.events = new EventRecorder(client, "job-controller", clock, executor);
    this.expectations = new Expectations(clock);
    this.actions = new PodActions(client, events, expectations);
    this.queue = new WorkQueue("job", executor, this);
    this.orphans = new WorkQueue("job-orphan", executor, this::releaseOrphan);
  }

  /** To be told of every change of a Job. */
  public void jobChanged(Optional<Job> before, Optional<Job> after) {
    if (after.isEmpty()) {
      before.map(ObjectKey::of).ifPresent(expectations::forget);
    }
    after.or(() -> before).map(ObjectKey::of).ifPresent(queue::add);
  }

  /** To be told of every change of a pod. */
  public void podChanged(Optional<Pod> before, Optional<Pod> after) {
    Optional<ObjectKey> owner = after.or(() -> before).flatMap(JobController::owner);
    if (before.isEmpty()) {
      owner.ifPresent(expectations::creationSettled);
    }
    Optional<Pod> ended = after.isEmpty() ? before : after.filter(PodState::isTerminating);
    ended.ifPresent(
        pod ->
            owner.ifPresent(key -> expectations.deletionSettled(key, pod.getMetadata().getUid())));
    owner.ifPresent(queue::add);
    // Who has lost a pod has to count again.
    before
        .flatMap(JobController::owner)
        .filter(old -> owner.filter(old::equals).isEmpty())
        .ifPresent(queue::add);
    after.filter(JobController::isOrphan).map(ObjectKey::of).ifPresent(orphans::add);
  }

  /** Its Job was deleted and left it behind: nobody will count it any more. */
  private static boolean isOrphan(Pod pod) {
    return JobPods.isTracked(pod) && Owners.controllerOf(pod).isEmpty();
  }

  private Optional<Duration> releaseOrphan(ObjectKey key) {
    Optional.ofNullable(pods.getIndexer().getByKey(key.cacheKey()))
        .filter(JobController::isOrphan)
        .ifPresent(this::release);
    return Optional.empty();
  }

  private static Optional<ObjectKey> owner(Pod pod) {
    return Owners.controllerOf(pod)
        .filter(r -> "Job".equals(r.getKind()))
        .map(r -> new ObjectKey(pod.getMetadata().getNamespace(), r.getName()));
  }

  @Override
  public Optional<Duration> reconcile(ObjectKey key) {
    // Asked before pods are read: what is settled later may not be among them yet.
    boolean settled = expectations.settled(key);
    List<Pod> named =
        pods.getIndexer().byIndex("namespace", key.namespace()).stream()
            .filter(pod -> owner(pod).filter(key::equals).isPresent())
            .toList();
    Job job = jobs.getIndexer().getByKey(key.cacheKey());
    List<Pod> owned =
        job == null
            ? List.of()
            : named.stream().filter(pod -> Owners.isControlledBy(pod, job)).toList();
    named.stream()
        .filter(pod -> !owned.contains(pod) && JobPods.isTracked(pod))
        .forEach(this::release);
    if (job == null || isSomebodyElses(job)) {
      return Optional.empty();
    }
    JobPlan plan = JobPlan.of(job, owned, clock.instant());
    if (plan.remove()) {
      client.resource(job).withPropagationPolicy(DeletionPropagation.BACKGROUND).delete();
      return Optional.empty();
    }
    if (!plan.status().equals(job.getStatus())) {
      client.resource(new JobBuilder(job).withStatus(plan.status()).build()).updateStatus();
      tell(job, plan.status().getConditions());
    }
    plan.release().forEach(this::release);
    if (settled) {
      plan.surplus().forEach(this::release);
      List<Pod> unwanted = Stream.concat(plan.surplus().stream(), plan.end().stream()).toList();
      List<Pod> missing = plan.create().stream().map(index -> JobPods.podOf(job, index)).toList();
      actions
          .delete(key, job, unwanted)
          .or(() -> actions.create(key, job, missing))
          .ifPresent(
              failure -> {
                throw new KubernetesClientException(failure.message());
              });
    }
    return plan.lookAgain();
  }

  /** Another controller's, by {@code managedBy}. */
  private static boolean isSomebodyElses(Job job) {
    String by = job.getSpec().getManagedBy();
    return by != null && !by.equals(OWN_NAME);
  }

  private void tell(Job job, List<JobCondition> conditions) {
    List<JobCondition> known =
        job.getStatus() == null ? List.of() : job.getStatus().getConditions();
    for (JobCondition condition : conditions) {
      if (known.contains(condition)) {
        continue;
      }
      switch (condition.getType()) {
        case JobConditions.COMPLETE -> events.normal(job, "Completed", "Job completed");
        case JobConditions.FAILED ->
            events.warning(job, condition.getReason(), condition.getMessage());
        case JobConditions.SUSPENDED ->
            events.normal(
                job,
                "True".equals(condition.getStatus()) ? "Suspended" : "Resumed",
                condition.getMessage());
        default -> {
          // said again when the job has ended
        }
      }
    }
  }

  private void release(Pod pod) {
    if (!JobPods.isTracked(pod)) {
      return;
    }
    try {
      client
          .resource(
              new PodBuilder(pod)
                  .editMetadata()
                  .removeFromFinalizers(JobPods.FINALIZER)
                  .endMetadata()
                  .build())
          .update();
    } catch (KubernetesClientException e) {
      if (e.getCode() != NOT_FOUND) {
        throw e;
      }
    }
  }

  @Override
  public void open() {
    queue.open();
    orphans.open();
  }

  @Override
  public void close() {
    queue.close();
    orphans.close();
  }
}
