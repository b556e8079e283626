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
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** Keeps as many pods as a ReplicaSet asks for. */
public final class ReplicaSetController implements Controller {

  private final KubernetesClient client;
  private final SharedIndexInformer<ReplicaSet> sets;
  private final SharedIndexInformer<Pod> pods;
  private final Clock clock;
  private final Expectations expectations;
  private final PodActions actions;
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
    EventRecorder events = new EventRecorder(client, "replicaset-controller", clock, executor);
    this.expectations = new Expectations(clock);
    this.actions = new PodActions(client, events, expectations);
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
          plan.create() > 0
              ? actions.create(key, set, Collections.nCopies(plan.create(), podOf(set)))
              : actions.delete(key, set, plan.delete());
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
