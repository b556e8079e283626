package dev.cocolab.operators.workload;

import dev.cocolab.operators.control.Controller;
import dev.cocolab.operators.control.EventRecorder;
import dev.cocolab.operators.control.ObjectKey;
import dev.cocolab.operators.control.Owners;
import dev.cocolab.operators.control.Selector;
import dev.cocolab.operators.control.WorkQueue;
import dev.cocolab.operators.workload.ReplicaSetStatuses.Failure;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;

/** Keeps as many pods as a ReplicaSet asks for. */
public final class ReplicaSetController implements Controller {

  private final KubernetesClient client;
  private final SharedIndexInformer<ReplicaSet> sets;
  private final SharedIndexInformer<Pod> pods;
  private final Clock clock;
  private final EventRecorder events;
  private final Expectations expectations;
  private final WorkQueue queue;

  public ReplicaSetController(
      KubernetesClient client,
      SharedIndexInformer<ReplicaSet> sets,
      SharedIndexInformer<Pod> pods,
      ScheduledExecutorService executor,
      Clock clock) {
    this.client = client;
    this.sets = sets;
    this.pods = pods;
    this.clock = clock;
    this.events = new EventRecorder(client, "replicaset-controller", clock, executor);
    this.expectations = new Expectations(clock);
    this.queue = new WorkQueue("replicaset", executor, this);
  }

  /** To be told of every change of a ReplicaSet. */
  public void setChanged(Optional<ReplicaSet> before, Optional<ReplicaSet> after) {
    if (after.isEmpty()) {
      before.map(ObjectKey::of).ifPresent(expectations::forget);
    }
    after.or(() -> before).map(ObjectKey::of).ifPresent(queue::add);
  }

  /** To be told of every change of a pod. */
  public void podChanged(Optional<Pod> before, Optional<Pod> after) {
    Optional<ObjectKey> owner = after.flatMap(ReplicaSetController::owner);
    if (before.isEmpty()) {
      owner.ifPresent(expectations::creationSettled);
    }
    Optional<Pod> ended = after.isEmpty() ? before : after.filter(PodState::isTerminating);
    ended.ifPresent(
        pod ->
            owner(pod)
                .ifPresent(key -> expectations.deletionSettled(key, pod.getMetadata().getUid())));
    owner.ifPresent(queue::add);
    before
        .flatMap(ReplicaSetController::owner)
        .filter(k -> !Optional.of(k).equals(owner))
        .ifPresent(queue::add);
    after.filter(pod -> Owners.controllerOf(pod).isEmpty()).ifPresent(this::orphanSeen);
  }

  private void orphanSeen(Pod pod) {
    for (ReplicaSet set :
        sets.getIndexer().byIndex("namespace", pod.getMetadata().getNamespace())) {
      if (Selector.of(set.getSpec().getSelector()).matches(pod.getMetadata().getLabels())) {
        queue.add(ObjectKey.of(set));
      }
    }
  }

  private static Optional<ObjectKey> owner(Pod pod) {
    return Owners.controllerOf(pod)
        .filter(r -> "ReplicaSet".equals(r.getKind()))
        .map(r -> new ObjectKey(pod.getMetadata().getNamespace(), r.getName()));
  }

  @Override
  public Optional<Duration> reconcile(ObjectKey key) {
    ReplicaSet set = sets.getIndexer().getByKey(key.cacheKey());
    if (set == null) {
      return Optional.empty();
    }
    // Asked before pods are read: what is settled later may not be among them yet.
    boolean settled = expectations.settled(key);
    ReplicaSetPlan plan =
        ReplicaSetPlan.of(set, pods.getIndexer().byIndex("namespace", key.namespace()));
    Optional<Failure> failure = Optional.empty();
    if (settled && set.getMetadata().getDeletionTimestamp() == null) {
      plan.release().forEach(pod -> own(pod, set, false));
      plan.adopt().forEach(pod -> own(pod, set, true));
      failure =
          plan.create() > 0 ? create(key, set, plan.create()) : delete(key, set, plan.delete());
    }
    Instant now = clock.instant();
    ReplicaSetStatus status = ReplicaSetStatuses.of(set, plan.owned(), failure, now);
    if (!status.equals(set.getStatus())) {
      client.resource(new ReplicaSetBuilder(set).withStatus(status).build()).updateStatus();
    }
    if (failure.isPresent()) {
      throw new KubernetesClientException(failure.get().message());
    }
    int minReady = ReplicaSetStatuses.minReadySeconds(set);
    return plan.owned().stream()
        .flatMap(p -> PodState.untilAvailable(p, minReady, now).stream())
        .min(Duration::compareTo);
  }

  private void own(Pod pod, ReplicaSet set, boolean adopt) {
    List<OwnerReference> references = new ArrayList<>(Owners.references(pod));
    references.removeIf(r -> r.getUid().equals(set.getMetadata().getUid()));
    if (adopt) {
      references.add(Owners.controlledBy(set));
    }
    client
        .resource(
            new PodBuilder(pod)
                .editMetadata()
                .withOwnerReferences(references)
                .endMetadata()
                .build())
        .update();
  }

  private Optional<Failure> create(ObjectKey key, ReplicaSet set, int count) {
    expectations.expectCreations(key, count);
    for (int done = 0; done < count; done++) {
      try {
        Pod created = client.resource(podOf(set)).create();
        events.normal(set, "SuccessfulCreate", "Created pod: " + created.getMetadata().getName());
      } catch (KubernetesClientException e) {
        for (int i = done; i < count; i++) {
          expectations.creationSettled(key);
        }
        if (isNamespaceEnding(e)) {
          return Optional.empty();
        }
        events.warning(set, "FailedCreate", "Error creating: " + reasonOf(e));
        return Optional.of(new Failure("FailedCreate", reasonOf(e)));
      }
    }
    return Optional.empty();
  }

  private Optional<Failure> delete(ObjectKey key, ReplicaSet set, List<Pod> surplus) {
    if (surplus.isEmpty()) {
      return Optional.empty();
    }
    expectations.expectDeletions(
        key, surplus.stream().map(p -> p.getMetadata().getUid()).collect(Collectors.toSet()));
    Optional<Failure> failure = Optional.empty();
    for (Pod pod : surplus) {
      try {
        if (client.resource(pod).delete().isEmpty()) {
          // Gone already, and told of before it was expected.
          expectations.deletionSettled(key, pod.getMetadata().getUid());
          continue;
        }
        events.normal(set, "SuccessfulDelete", "Deleted pod: " + pod.getMetadata().getName());
      } catch (KubernetesClientException e) {
        expectations.deletionSettled(key, pod.getMetadata().getUid());
        events.warning(set, "FailedDelete", "Error deleting: " + reasonOf(e));
        failure = Optional.of(new Failure("FailedDelete", reasonOf(e)));
      }
    }
    return failure;
  }

  /** Nothing can be created in a namespace that is being deleted; the set goes with it. */
  static boolean isNamespaceEnding(KubernetesClientException e) {
    return e.getCode() == 403
        && e.getStatus() != null
        && e.getStatus().getDetails() != null
        && e.getStatus().getDetails().getCauses() != null
        && e.getStatus().getDetails().getCauses().stream()
            .anyMatch(c -> "NamespaceTerminating".equals(c.getReason()));
  }

  private static String reasonOf(KubernetesClientException e) {
    return e.getStatus() != null && e.getStatus().getMessage() != null
        ? e.getStatus().getMessage()
        : String.valueOf(e.getMessage());
  }

  static Pod podOf(ReplicaSet set) {
    ObjectMeta template = set.getSpec().getTemplate().getMetadata();
    return new PodBuilder()
        .withNewMetadata()
        .withGenerateName(set.getMetadata().getName() + "-")
        .withNamespace(set.getMetadata().getNamespace())
        .withLabels(template.getLabels())
        .withAnnotations(template.getAnnotations())
        .withFinalizers(template.getFinalizers())
        .withOwnerReferences(Owners.controlledBy(set))
        .endMetadata()
        .withSpec(set.getSpec().getTemplate().getSpec())
        .build();
  }

  @Override
  public void open() {
    queue.open();
  }

  @Override
  public void close() {
    queue.close();
  }
}
