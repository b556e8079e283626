package dev.cocolab.lab.joined;

import dev.cocolab.operators.lifecycle.Catalogue;
import dev.cocolab.operators.lifecycle.ServedKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * What lies in namespaces beside what a cluster puts into each: the ServiceAccount {@code default},
 * the ConfigMap {@code kube-root-ca.crt}, the API server's own Service, and events.
 */
final class NamespaceContents {
  private static final Set<Integer> GONE = Set.of(404, 405, 409);
  private static final Set<String> OWN =
      Set.of(
          "ServiceAccount/default",
          "ConfigMap/kube-root-ca.crt",
          "Service/kubernetes",
          "Endpoints/kubernetes",
          "EndpointSlice/kubernetes");

  /** One object. */
  record Item(ServedKind kind, GenericKubernetesResource object) {
    String namespace() {
      return object.getMetadata().getNamespace();
    }

    String name() {
      return object.getMetadata().getName();
    }

    boolean isRight() {
      return kind.apiVersion().startsWith("rbac.authorization.k8s.io/");
    }

    @Override
    public String toString() {
      return kind.kind() + " " + namespace() + "/" + name();
    }
  }

  private final KubernetesClient client;

  NamespaceContents(KubernetesClient client) {
    this.client = client;
  }

  List<Item> of(Set<String> namespaces) {
    List<Item> found = new ArrayList<>();
    for (ServedKind kind : new Catalogue(client).deletableInNamespaces()) {
      if (!kind.kind().equals("Event")) {
        list(kind).stream()
            .filter(item -> namespaces.contains(item.namespace()))
            .filter(item -> !OWN.contains(kind.kind() + "/" + item.name()))
            .forEach(found::add);
      }
    }
    return found;
  }

  private List<Item> list(ServedKind kind) {
    try {
      String json = client.raw(kind.everywhere());
      return json == null
          ? List.of()
          : client
              .getKubernetesSerialization()
              .unmarshal(json, GenericKubernetesResourceList.class)
              .getItems()
              .stream()
              .map(object -> new Item(kind, object))
              .toList();
    } catch (KubernetesClientException e) {
      if (GONE.contains(e.getCode())) {
        return List.of();
      }
      throw e;
    }
  }

  /**
   * Deletes everything and waits until it is gone; pods end without a grace.
   *
   * @return what is still there when the time is up
   */
  List<Item> wipe(Set<String> namespaces, Duration limit) {
    return wipe(namespaces, limit, all -> all);
  }

  /** As the other one; only what is chosen of all that is there. */
  List<Item> wipe(Set<String> namespaces, Duration limit, UnaryOperator<List<Item>> choice) {
    AtomicReference<List<Item>> left = new AtomicReference<>(List.of());
    Patience.until(
        limit,
        () -> {
          List<Item> present = choice.apply(of(namespaces));
          left.set(present);
          // operators need their rights until what they look after is gone
          boolean rightsOnly = present.stream().allMatch(Item::isRight);
          present.stream().filter(item -> rightsOnly || !item.isRight()).forEach(this::delete);
          return present.isEmpty();
        });
    return left.get();
  }

  private void delete(Item item) {
    try {
      boolean dying = item.object().getMetadata().getDeletionTimestamp() != null;
      if (dying && !item.object().getMetadata().getFinalizers().isEmpty()) {
        withoutFinalizers(item);
      }
      client.raw(
          item.kind().path(item.namespace(), item.name()),
          "DELETE",
          Map.of(
              "kind",
              "DeleteOptions",
              "apiVersion",
              "v1",
              "gracePeriodSeconds",
              0,
              "propagationPolicy",
              "Background",
              "preconditions",
              Map.of("uid", item.object().getMetadata().getUid())));
    } catch (KubernetesClientException e) {
      if (!GONE.contains(e.getCode())) {
        throw e;
      }
    }
  }

  /** The operators that would do so may be gone already. */
  private void withoutFinalizers(Item item) {
    String[] version = item.kind().apiVersion().split("/", -1);
    client
        .genericKubernetesResources(
            new ResourceDefinitionContext.Builder()
                .withGroup(version.length == 1 ? "" : version[0])
                .withVersion(version[version.length - 1])
                .withKind(item.kind().kind())
                .withPlural(item.kind().plural())
                .withNamespaced(true)
                .build())
        .inNamespace(item.namespace())
        .withName(item.name())
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");
  }

  /** Deletes the events about what was in namespaces. */
  void forgetEvents(Set<String> namespaces) {
    for (String namespace : namespaces) {
      try {
        client.raw(
            "/api/v1/namespaces/%s/events?fieldSelector=involvedObject.namespace%%3D%s"
                .formatted(namespace, namespace),
            "DELETE",
            Map.of("kind", "DeleteOptions", "apiVersion", "v1"));
      } catch (KubernetesClientException e) {
        if (!GONE.contains(e.getCode())) {
          throw e;
        }
      }
    }
  }
}
