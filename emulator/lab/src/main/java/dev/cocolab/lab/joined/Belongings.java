package dev.cocolab.lab.joined;

import dev.cocolab.lab.LabException;
import dev.cocolab.lab.LabException.Reason;
import dev.cocolab.lab.setup.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What on a joined cluster belongs to the lab: what carries the {@link Marker}, and while it lives
 * everything in namespaces that carry it, with the namespace {@code default}, which must have been
 * empty before and carries the marker meanwhile, since the workshop works there. Of a lab that was
 * killed only what it is shown to have made is deleted in them, as {@link Remains} judges. Nothing
 * else is ever changed or deleted.
 */
public final class Belongings {
  private static final String DEFAULT = "default";
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int NAMED = 3;

  /** In the order in which they go: what gives rights goes late. */
  private static final List<Class<? extends HasMetadata>> CLUSTER_KINDS =
      List.of(
          RuntimeClass.class,
          CertificateSigningRequest.class,
          ClusterRoleBinding.class,
          ClusterRole.class);

  private final KubernetesClient client;
  private final NamespaceContents contents;

  /** Works with an administrator's client. */
  public Belongings(KubernetesClient client) {
    this.client = client;
    this.contents = new NamespaceContents(client);
  }

  /**
   * Looks whether the lab's names are free, or taken by an earlier lab.
   *
   * @throws LabException CLUSTER_FOREIGN, naming what somebody else made
   */
  public void refuseForeign() {
    for (Node node : client.nodes().list().getItems()) {
      if (!Marker.isOn(node)) {
        throw foreign(
            "it has a node %s, and a lab's own node must be the only one"
                .formatted(node.getMetadata().getName()));
      }
    }
    for (String name : Names.NAMESPACES) {
      Namespace namespace = client.namespaces().withName(name).get();
      if (namespace != null && !Marker.isOn(namespace)) {
        throw foreign("it has a namespace %s that no lab made".formatted(name));
      }
    }
    for (RuntimeClass known : client.resources(RuntimeClass.class).list().getItems()) {
      if (known.getMetadata().getName().startsWith("kata") && !Marker.isOn(known)) {
        throw foreign(
            "it has a runtime class %s that no lab made".formatted(known.getMetadata().getName()));
      }
    }
    for (CustomResourceDefinition known :
        client.apiextensions().v1().customResourceDefinitions().list().getItems()) {
      if (known.getSpec().getGroup().equals("confidentialcontainers.org") && !Marker.isOn(known)) {
        throw foreign(
            "it has a definition %s that no lab made".formatted(known.getMetadata().getName()));
      }
    }
    if (!Marker.isOn(client.namespaces().withName(DEFAULT).require())) {
      List<NamespaceContents.Item> present = contents.of(Set.of(DEFAULT));
      if (!present.isEmpty()) {
        throw foreign(
            "its namespace default, where the workshop works, is not empty (%s)"
                .formatted(named(present)));
      }
    }
  }

  private LabException foreign(String why) {
    return new LabException(
        Reason.CLUSTER_FOREIGN,
        "cannot join %s: %s; join a cluster that is there for it"
            .formatted(client.getMasterUrl(), why));
  }

  private static String named(List<NamespaceContents.Item> items) {
    String some =
        items.stream()
            .limit(NAMED)
            .map(NamespaceContents.Item::toString)
            .collect(Collectors.joining(", "));
    return items.size() > NAMED ? some + " and " + (items.size() - NAMED) + " more" : some;
  }

  /** Takes the namespace {@code default} for the lab. */
  public void claimDefault() {
    mark("\"" + Marker.VALUE + "\"");
  }

  private void mark(String value) {
    client
        .namespaces()
        .withName(DEFAULT)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"labels\":{\"" + Marker.LABEL + "\":" + value + "}}}");
  }

  private List<Namespace> marked() {
    return client.namespaces().withLabel(Marker.LABEL, Marker.VALUE).list().getItems();
  }

  private Set<String> namespaces() {
    return marked().stream()
        .map(namespace -> namespace.getMetadata().getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Empties the namespaces for the next lab.
   *
   * @throws LabException NOT_READY when something stays for a minute, naming it
   */
  public void empty() {
    requireNone(contents.wipe(namespaces(), LIMIT));
  }

  private static void requireNone(List<NamespaceContents.Item> left) {
    if (!left.isEmpty()) {
      throw new LabException(
          Reason.NOT_READY,
          "the cluster did not delete %s within %d s".formatted(named(left), LIMIT.toSeconds()));
    }
  }

  /**
   * Deletes what a dead lab is shown to have left in its namespaces, and nothing else there.
   *
   * @param lease which the dead lab had before
   * @throws LabException CLUSTER_FOREIGN, naming what may be somebody else's; it stays, and its
   *     namespace with it. NOT_READY when something of the lab stays for a minute
   */
  public void clearRemains(JoinLease lease) {
    Remains remains = new Remains(lease.before());
    requireNone(contents.wipe(namespaces(), LIMIT, remains::among));
    List<NamespaceContents.Item> doubtful = contents.of(namespaces());
    if (doubtful.isEmpty()) {
      return;
    }
    removeNamespaces(
        doubtful.stream().map(NamespaceContents.Item::namespace).collect(Collectors.toSet()));
    throw new LabException(
        Reason.CLUSTER_FOREIGN,
        "cannot join %s: a lab was killed there, and nothing shows that it made %s, which therefore stays; move or delete that, and join again"
            .formatted(client.getMasterUrl(), named(doubtful)));
  }

  /** Forgets the events of a lab that has ended. */
  public void forgetEvents() {
    contents.forgetEvents(namespaces());
  }

  /** Waits until namespaces that an earlier lab has begun to delete are gone. */
  public void awaitDying() {
    if (!Patience.until(LIMIT, () -> dying().isEmpty())) {
      throw new LabException(
          Reason.NOT_READY,
          "the cluster did not end the namespaces %s within %d s"
              .formatted(String.join(", ", dying()), LIMIT.toSeconds()));
    }
  }

  private List<String> dying() {
    return marked().stream()
        .filter(namespace -> namespace.getMetadata().getDeletionTimestamp() != null)
        .map(namespace -> namespace.getMetadata().getName())
        .toList();
  }

  /**
   * Ends the namespaces; needs controllers that finish them.
   *
   * @throws LabException NOT_READY when one is still there after a minute
   */
  public void removeNamespaces() {
    removeNamespaces(Set.of());
  }

  private void removeNamespaces(Set<String> staying) {
    marked().stream()
        .filter(namespace -> !namespace.getMetadata().getName().equals(DEFAULT))
        .filter(namespace -> !staying.contains(namespace.getMetadata().getName()))
        .forEach(namespace -> client.resource(namespace).delete());
    awaitDying();
  }

  /** The objects of a definition go with it, and those that are left are of others. */
  private boolean isUnused(CustomResourceDefinition definition) {
    return client
        .genericKubernetesResources(CustomResourceDefinitionContext.fromCrd(definition))
        .inAnyNamespace()
        .list()
        .getItems()
        .isEmpty();
  }

  /**
   * Takes back everything else, but no definition of which there are objects; the lab's namespaces
   * must be gone.
   */
  public void removeOthers() {
    client
        .nodes()
        .withLabel(Marker.LABEL, Marker.VALUE)
        .list()
        .getItems()
        .forEach(
            node -> {
              client.resource(node).delete();
              client
                  .leases()
                  .inNamespace("kube-node-lease")
                  .withName(node.getMetadata().getName())
                  .delete();
            });
    client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withLabel(Marker.LABEL, Marker.VALUE)
        .list()
        .getItems()
        .stream()
        .filter(this::isUnused)
        .forEach(definition -> client.resource(definition).delete());
    for (Class<? extends HasMetadata> kind : CLUSTER_KINDS) {
      client.resources(kind).withLabel(Marker.LABEL, Marker.VALUE).delete();
    }
    for (Class<? extends HasMetadata> kind : List.of(RoleBinding.class, Role.class)) {
      client
          .resources(kind)
          .inAnyNamespace()
          .withLabel(Marker.LABEL, Marker.VALUE)
          .list()
          .getItems()
          .forEach(object -> client.resource(object).delete());
    }
    mark("null");
  }
}
