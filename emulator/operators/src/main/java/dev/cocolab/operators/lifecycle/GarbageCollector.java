package dev.cocolab.operators.lifecycle;

import dev.cocolab.operators.OperatorException;
import dev.cocolab.operators.OperatorException.Reason;
import dev.cocolab.operators.control.Controller;
import dev.cocolab.operators.control.ObjectKey;
import dev.cocolab.operators.control.WorkQueue;
import dev.cocolab.operators.lifecycle.OwnerGraph.Node;
import dev.cocolab.operators.lifecycle.Verdict.Standing;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Deletes objects whose owners are gone and carries out deletion in the foreground and with orphans
 * (Kubernetes documentation, "Garbage Collection"). It sees the kinds whose changes it is told.
 */
public final class GarbageCollector implements Controller {

  private final KubernetesClient client;
  private final OwnerGraph graph = new OwnerGraph();
  private final Catalogue catalogue;
  private final WorkQueue queue;

  public GarbageCollector(KubernetesClient client, ScheduledExecutorService executor) {
    this.client = client;
    this.catalogue = new Catalogue(client);
    this.queue = new WorkQueue("garbage", executor, this);
  }

  /** To be told of every change of every watched object. */
  public void changed(
      Optional<? extends HasMetadata> before, Optional<? extends HasMetadata> after) {
    if (after.isPresent()) {
      Node node = Node.of(after.get());
      Optional<Node> known = graph.find(node.uid());
      if (known.filter(node::equals).isPresent()) {
        return;
      }
      graph.put(node);
      if (!node.owners().isEmpty() || node.deleting()) {
        enqueue(node.uid());
      }
      if (node.deleting() && known.filter(Node::deleting).isEmpty()) {
        graph.dependentsOf(node.uid()).forEach(n -> enqueue(n.uid()));
      }
    } else {
      before.map(o -> o.getMetadata().getUid()).ifPresent(this::gone);
    }
  }

  /** A kind is no longer served: its objects are gone. */
  public void kindGone(String apiVersion, String kind) {
    graph.ofKind(apiVersion, kind).forEach(n -> gone(n.uid()));
  }

  private void gone(String uid) {
    Optional<Node> node = graph.find(uid);
    graph.remove(uid);
    graph.dependentsOf(uid).forEach(n -> enqueue(n.uid()));
    node.ifPresent(n -> n.owners().forEach(o -> enqueue(o.getUid())));
  }

  private void enqueue(String uid) {
    queue.add(new ObjectKey("", uid));
  }

  @Override
  public Optional<Duration> reconcile(ObjectKey key) {
    Optional<Node> found = graph.find(key.name());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Node node = found.get();
    Verdict verdict = Verdict.on(node, graph, owner -> standing(node, owner));
    if (verdict instanceof Verdict.Delete delete) {
      delete(node, delete.policy());
    } else if (verdict instanceof Verdict.Disown disown) {
      disown(node, disown.ownerUids());
    } else if (verdict instanceof Verdict.Finish finish) {
      finish(node, finish.finalizer());
    } else if (verdict instanceof Verdict.Await await) {
      await.dependents().forEach(n -> enqueue(n.uid()));
    } else if (verdict instanceof Verdict.Orphan orphan) {
      orphan.dependents().forEach(n -> disown(n, Set.of(node.uid())));
      finish(node, OwnerGraph.ORPHAN);
    }
    return Optional.empty();
  }

  /**
   * The graph is asked first; an owner it does not know may be of a kind it does not see, so the
   * API server has the last word.
   */
  private Standing standing(Node node, OwnerReference owner) {
    Optional<Node> known = graph.find(owner.getUid()).filter(node::canBeOwnedBy);
    if (known.isPresent()) {
      return known.get().waitsForDependents() ? Standing.WAITING : Standing.PRESENT;
    }
    Optional<ServedKind> kind = catalogue.find(owner.getApiVersion(), owner.getKind());
    if (kind.isEmpty()) {
      throw new OperatorException(
          Reason.KIND_NOT_SERVED,
          node.kind()
              + " "
              + node.name()
              + " is owned by a "
              + owner.getKind()
              + " ("
              + owner.getApiVersion()
              + "), a kind that is not served; it stays until that kind is known");
    }
    if (kind.get().namespaced() && node.namespace().isEmpty()) {
      return Standing.ABSENT;
    }
    Optional<GenericKubernetesResource> live =
        read(kind.get().path(node.namespace(), owner.getName()));
    if (live.isEmpty() || !owner.getUid().equals(live.get().getMetadata().getUid())) {
      return Standing.ABSENT;
    }
    return Node.of(live.get()).waitsForDependents() ? Standing.WAITING : Standing.PRESENT;
  }

  private void delete(Node node, String policy) {
    Map<String, Object> options = new HashMap<>();
    options.put("kind", "DeleteOptions");
    options.put("apiVersion", "v1");
    options.put("propagationPolicy", policy);
    options.put("preconditions", Map.of("uid", node.uid()));
    try {
      client.raw(path(node), "DELETE", options);
    } catch (KubernetesClientException e) {
      // Already gone, or replaced by a new object of the same name.
      if (e.getCode() != 404 && e.getCode() != 409) {
        throw e;
      }
    }
  }

  private void disown(Node node, Set<String> ownerUids) {
    edit(
        node,
        object -> {
          List<OwnerReference> rest = new ArrayList<>(object.getMetadata().getOwnerReferences());
          rest.removeIf(o -> ownerUids.contains(o.getUid()));
          object.getMetadata().setOwnerReferences(rest);
        });
  }

  private void finish(Node node, String finalizer) {
    edit(
        node,
        object -> {
          List<String> rest = new ArrayList<>(object.getMetadata().getFinalizers());
          rest.remove(finalizer);
          object.getMetadata().setFinalizers(rest);
        });
  }

  private void edit(Node node, java.util.function.Consumer<GenericKubernetesResource> change) {
    Optional<GenericKubernetesResource> live = read(path(node));
    if (live.isEmpty() || !node.uid().equals(live.get().getMetadata().getUid())) {
      return;
    }
    change.accept(live.get());
    try {
      client.raw(path(node), "PUT", live.get());
    } catch (KubernetesClientException e) {
      if (e.getCode() != 404) {
        throw e;
      }
    }
  }

  private Optional<GenericKubernetesResource> read(String path) {
    return Optional.ofNullable(client.raw(path))
        .map(
            json ->
                client
                    .getKubernetesSerialization()
                    .unmarshal(json, GenericKubernetesResource.class));
  }

  private String path(Node node) {
    ServedKind kind =
        catalogue
            .find(node.apiVersion(), node.kind())
            .orElseThrow(
                () ->
                    new OperatorException(
                        Reason.KIND_NOT_SERVED,
                        node.kind() + " (" + node.apiVersion() + ") is not served"));
    return kind.path(node.namespace(), node.name());
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
