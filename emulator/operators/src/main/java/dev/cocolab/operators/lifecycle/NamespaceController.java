package dev.cocolab.operators.lifecycle;

import dev.cocolab.operators.OperatorException;
import dev.cocolab.operators.OperatorException.Reason;
import dev.cocolab.operators.control.Controller;
import dev.cocolab.operators.control.ObjectKey;
import dev.cocolab.operators.control.WorkQueue;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.fabric8.kubernetes.api.model.NamespaceConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;

/**
 * Empties a namespace that is being deleted and then lets it go (its finalizer {@code kubernetes}).
 */
public final class NamespaceController implements Controller {

  private static final String FINALIZER = "kubernetes";

  private final KubernetesClient client;
  private final SharedIndexInformer<Namespace> namespaces;
  private final Clock clock;
  private final Catalogue catalogue;
  private final WorkQueue queue;

  public NamespaceController(
      KubernetesClient client,
      SharedIndexInformer<Namespace> namespaces,
      ScheduledExecutorService executor,
      Clock clock) {
    this.client = client;
    this.namespaces = namespaces;
    this.clock = clock;
    this.catalogue = new Catalogue(client);
    this.queue = new WorkQueue("namespace", executor, this);
  }

  /** To be told of every change of a namespace. */
  public void namespaceChanged(Optional<Namespace> after) {
    after.filter(NamespaceController::isTerminating).map(ObjectKey::of).ifPresent(queue::add);
  }

  /** To be told when an object is gone: its namespace may be empty now. */
  public void contentGone(HasMetadata object) {
    String namespace = object.getMetadata().getNamespace();
    if (namespace != null) {
      Namespace owner = namespaces.getIndexer().getByKey(namespace);
      if (owner != null && isTerminating(owner)) {
        queue.add(ObjectKey.of(owner));
      }
    }
  }

  static boolean isTerminating(Namespace namespace) {
    return namespace.getMetadata().getDeletionTimestamp() != null;
  }

  @Override
  public Optional<Duration> reconcile(ObjectKey key) {
    Namespace namespace = client.namespaces().withName(key.name()).get();
    if (namespace == null
        || !isTerminating(namespace)
        || !finalizers(namespace).contains(FINALIZER)) {
      return Optional.empty();
    }
    Namespace current = terminating(namespace);
    Map<String, List<GenericKubernetesResource>> remaining = empty(key.name());
    if (remaining.isEmpty()) {
      release(current);
      return Optional.empty();
    }
    report(current, remaining);
    throw new OperatorException(
        Reason.API,
        "namespace " + key.name() + " still holds " + String.join(", ", remaining.keySet()));
  }

  private static List<String> finalizers(Namespace namespace) {
    return namespace.getSpec() == null || namespace.getSpec().getFinalizers() == null
        ? List.of()
        : namespace.getSpec().getFinalizers();
  }

  private Namespace terminating(Namespace namespace) {
    if (namespace.getStatus() != null && "Terminating".equals(namespace.getStatus().getPhase())) {
      return namespace;
    }
    return client
        .resource(
            new NamespaceBuilder(namespace)
                .editOrNewStatus()
                .withPhase("Terminating")
                .endStatus()
                .build())
        .updateStatus();
  }

  /** Deletes everything and returns what is still there afterwards, by plural. */
  private Map<String, List<GenericKubernetesResource>> empty(String namespace) {
    Map<String, List<GenericKubernetesResource>> remaining = new TreeMap<>();
    for (ServedKind kind : catalogue.deletableInNamespaces()) {
      List<GenericKubernetesResource> present = list(kind, namespace);
      if (present.isEmpty()) {
        continue;
      }
      for (GenericKubernetesResource object : present) {
        if (object.getMetadata().getDeletionTimestamp() == null) {
          delete(kind, namespace, object);
        }
      }
      List<GenericKubernetesResource> left = list(kind, namespace);
      if (!left.isEmpty()) {
        remaining.put(kind.plural(), left);
      }
    }
    return remaining;
  }

  private List<GenericKubernetesResource> list(ServedKind kind, String namespace) {
    String json = client.raw(kind.collectionPath(namespace));
    if (json == null) {
      return List.of();
    }
    GenericKubernetesResourceList list =
        client.getKubernetesSerialization().unmarshal(json, GenericKubernetesResourceList.class);
    return list.getItems() == null ? List.of() : list.getItems();
  }

  private void delete(ServedKind kind, String namespace, GenericKubernetesResource object) {
    Map<String, Object> options =
        Map.of(
            "kind",
            "DeleteOptions",
            "apiVersion",
            "v1",
            "propagationPolicy",
            "Background",
            "preconditions",
            Map.of("uid", object.getMetadata().getUid()));
    try {
      client.raw(kind.path(namespace, object.getMetadata().getName()), "DELETE", options);
    } catch (KubernetesClientException e) {
      if (e.getCode() != 404 && e.getCode() != 409) {
        throw e;
      }
    }
  }

  private void release(Namespace namespace) {
    List<String> rest = new ArrayList<>(finalizers(namespace));
    rest.remove(FINALIZER);
    Namespace released =
        new NamespaceBuilder(namespace).editOrNewSpec().withFinalizers(rest).endSpec().build();
    try {
      client.raw(
          "/api/v1/namespaces/" + namespace.getMetadata().getName() + "/finalize", "PUT", released);
    } catch (KubernetesClientException e) {
      if (e.getCode() != 404) {
        throw e;
      }
    }
  }

  private void report(Namespace namespace, Map<String, List<GenericKubernetesResource>> remaining) {
    String content =
        remaining.entrySet().stream()
            .map(e -> e.getKey() + " has " + e.getValue().size() + " resource instances")
            .collect(Collectors.joining(", "));
    Map<String, Long> finalizers =
        remaining.values().stream()
            .flatMap(List::stream)
            .filter(o -> o.getMetadata().getFinalizers() != null)
            .flatMap(o -> o.getMetadata().getFinalizers().stream())
            .collect(Collectors.groupingBy(f -> f, TreeMap::new, Collectors.counting()));
    List<NamespaceCondition> conditions = new ArrayList<>();
    conditions.add(
        condition(
            "NamespaceContentRemaining",
            "SomeResourcesRemain",
            "Some resources are remaining: " + content));
    if (!finalizers.isEmpty()) {
      conditions.add(
          condition(
              "NamespaceFinalizersRemaining",
              "SomeFinalizersRemain",
              "Some content in the namespace has finalizers remaining: "
                  + finalizers.entrySet().stream()
                      .map(e -> e.getKey() + " in " + e.getValue() + " resource instances")
                      .collect(Collectors.joining(", "))));
    }
    List<String> before = summary(namespace.getStatus().getConditions());
    if (!before.equals(summary(conditions))) {
      client
          .resource(
              new NamespaceBuilder(namespace)
                  .editStatus()
                  .withConditions(conditions)
                  .endStatus()
                  .build())
          .updateStatus();
    }
  }

  private static List<String> summary(List<NamespaceCondition> conditions) {
    return conditions == null
        ? List.of()
        : conditions.stream().map(c -> c.getType() + ": " + c.getMessage()).toList();
  }

  private NamespaceCondition condition(String type, String reason, String message) {
    return new NamespaceConditionBuilder()
        .withType(type)
        .withStatus("True")
        .withReason(reason)
        .withMessage(message)
        .withLastTransitionTime(clock.instant().truncatedTo(ChronoUnit.SECONDS).toString())
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
