package dev.cocolab.operators.workload;

import dev.cocolab.operators.control.Controller;
import dev.cocolab.operators.control.EventRecorder;
import dev.cocolab.operators.control.ObjectKey;
import dev.cocolab.operators.control.Owners;
import dev.cocolab.operators.control.Selector;
import dev.cocolab.operators.control.WorkQueue;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** Rolls Deployments out. */
public final class DeploymentController implements Controller {

  private final KubernetesClient client;
  private final SharedIndexInformer<Deployment> deployments;
  private final SharedIndexInformer<ReplicaSet> sets;
  private final SharedIndexInformer<Pod> pods;
  private final Clock clock;
  private final EventRecorder events;
  private final TemplateHash hash;
  private final WorkQueue queue;

  public DeploymentController(
      KubernetesClient client,
      SharedIndexInformer<Deployment> deployments,
      SharedIndexInformer<ReplicaSet> sets,
      SharedIndexInformer<Pod> pods,
      ScheduledExecutorService executor,
      Clock clock) {
    this.client = client;
    this.deployments = deployments;
    this.sets = sets;
    this.pods = pods;
    this.clock = clock;
    this.events = new EventRecorder(client, "deployment-controller", clock, executor);
    this.hash = new TemplateHash(client.getKubernetesSerialization());
    this.queue = new WorkQueue("deployment", executor, this);
  }

  /** To be told of every change of a Deployment. */
  public void deploymentChanged(Optional<Deployment> before, Optional<Deployment> after) {
    after.or(() -> before).map(ObjectKey::of).ifPresent(queue::add);
  }

  /** To be told of every change of a ReplicaSet. */
  public void setChanged(Optional<ReplicaSet> before, Optional<ReplicaSet> after) {
    before.flatMap(DeploymentController::owner).ifPresent(queue::add);
    after.flatMap(DeploymentController::owner).ifPresent(queue::add);
    after.filter(s -> Owners.controllerOf(s).isEmpty()).ifPresent(this::orphanSeen);
  }

  /** To be told of every change of a pod: a Recreate roll-out waits for the last old pod to go. */
  public void podChanged(Optional<Pod> before, Optional<Pod> after) {
    if (after.isEmpty()) {
      before
          .flatMap(Owners::controllerOf)
          .map(
              r ->
                  sets.getIndexer()
                      .getByKey(before.get().getMetadata().getNamespace() + "/" + r.getName()))
          .flatMap(DeploymentController::owner)
          .ifPresent(queue::add);
    }
  }

  private void orphanSeen(ReplicaSet set) {
    for (Deployment d :
        deployments.getIndexer().byIndex("namespace", set.getMetadata().getNamespace())) {
      if (Selector.of(d.getSpec().getSelector()).matches(set.getMetadata().getLabels())) {
        queue.add(ObjectKey.of(d));
      }
    }
  }

  private static Optional<ObjectKey> owner(ReplicaSet set) {
    return Owners.controllerOf(set)
        .filter(r -> "Deployment".equals(r.getKind()))
        .map(r -> new ObjectKey(set.getMetadata().getNamespace(), r.getName()));
  }

  @Override
  public Optional<Duration> reconcile(ObjectKey key) {
    Deployment d = deployments.getIndexer().getByKey(key.cacheKey());
    if (d == null) {
      return Optional.empty();
    }
    DeploymentPlan plan =
        DeploymentPlan.of(
            d,
            sets.getIndexer().byIndex("namespace", key.namespace()),
            pods.getIndexer().byIndex("namespace", key.namespace()),
            hash);
    Optional<String> created = Optional.empty();
    Optional<KubernetesClientException> failure = Optional.empty();
    for (DeploymentAction action : plan.actions()) {
      if (action instanceof DeploymentAction.Create create) {
        try {
          if (!create(d, create.set())) {
            return Optional.empty();
          }
          created = Optional.of(ReplicaSets.name(create.set()));
        } catch (KubernetesClientException e) {
          failure = Optional.of(e);
        }
      } else {
        carryOut(d, action);
      }
    }
    DeploymentStatuses statuses = new DeploymentStatuses(d, plan, clock.instant());
    DeploymentStatus status =
        statuses.compute(created, failure.map(KubernetesClientException::getMessage));
    write(annotate(d, plan), status);
    if (failure.isPresent()) {
      throw failure.get();
    }
    return statuses.untilDeadline(status);
  }

  private Deployment annotate(Deployment d, DeploymentPlan plan) {
    Optional<String> revision = plan.revision().map(r -> Long.toString(r));
    Map<String, String> annotations = d.getMetadata().getAnnotations();
    String before = annotations == null ? null : annotations.get(ReplicaSets.REVISION);
    if (revision.isEmpty() || revision.get().equals(before)) {
      return d;
    }
    return client
        .resource(
            new DeploymentBuilder(d)
                .editMetadata()
                .addToAnnotations(ReplicaSets.REVISION, revision.get())
                .endMetadata()
                .build())
        .update();
  }

  private void write(Deployment d, DeploymentStatus status) {
    if (!status.equals(d.getStatus())) {
      client.resource(new DeploymentBuilder(d).withStatus(status).build()).updateStatus();
    }
  }

  /**
   * Returns false if the name is taken by a set of another template: the next step uses another
   * name.
   */
  private boolean create(Deployment d, ReplicaSet set) {
    try {
      client.resource(set).create();
      if (ReplicaSetPlan.desired(set) > 0) {
        announce(d, set, 0, ReplicaSetPlan.desired(set));
      }
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() != 409) {
        throw e;
      }
    }
    ReplicaSet existing = client.resource(set).get();
    if (existing == null
        || (Owners.isControlledBy(existing, d)
            && hash.same(existing.getSpec().getTemplate(), set.getSpec().getTemplate()))) {
      // The watch is behind; its next event continues.
      return true;
    }
    int collisions =
        d.getStatus() == null || d.getStatus().getCollisionCount() == null
            ? 0
            : d.getStatus().getCollisionCount();
    client
        .resource(
            new DeploymentBuilder(d)
                .editOrNewStatus()
                .withCollisionCount(collisions + 1)
                .endStatus()
                .build())
        .updateStatus();
    return false;
  }

  private void carryOut(Deployment d, DeploymentAction action) {
    if (action instanceof DeploymentAction.Scale scale) {
      client
          .resource(
              new ReplicaSetBuilder(scale.set())
                  .editMetadata()
                  .addToAnnotations(scale.annotations())
                  .endMetadata()
                  .editSpec()
                  .withReplicas(scale.replicas())
                  .endSpec()
                  .build())
          .update();
      if (scale.announce()) {
        announce(d, scale.set(), ReplicaSetPlan.desired(scale.set()), scale.replicas());
      }
    } else if (action instanceof DeploymentAction.Annotate annotate) {
      client
          .resource(
              new ReplicaSetBuilder(annotate.set())
                  .editMetadata()
                  .addToAnnotations(annotate.annotations())
                  .endMetadata()
                  .build())
          .update();
    } else if (action instanceof DeploymentAction.Adopt adopt) {
      own(adopt.set(), d, true);
    } else if (action instanceof DeploymentAction.Release release) {
      own(release.set(), d, false);
    } else if (action instanceof DeploymentAction.Delete delete) {
      client.resource(delete.set()).delete();
    }
  }

  private void own(ReplicaSet set, Deployment d, boolean adopt) {
    List<OwnerReference> references = new ArrayList<>(Owners.references(set));
    references.removeIf(r -> r.getUid().equals(d.getMetadata().getUid()));
    if (adopt) {
      references.add(Owners.controlledBy(d));
    }
    client
        .resource(
            new ReplicaSetBuilder(set)
                .editMetadata()
                .withOwnerReferences(references)
                .endMetadata()
                .build())
        .update();
  }

  private void announce(Deployment d, ReplicaSet set, int from, int to) {
    String direction = to > from ? "up" : "down";
    events.normal(
        d,
        "ScalingReplicaSet",
        "Scaled %s replica set %s from %d to %d"
            .formatted(direction, ReplicaSets.name(set), from, to));
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
