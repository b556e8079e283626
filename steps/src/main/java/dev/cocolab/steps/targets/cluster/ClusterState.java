package dev.cocolab.steps.targets.cluster;

import dev.cocolab.steps.persona.CloudAdaptor;
import dev.cocolab.steps.persona.Namespaces;
import dev.cocolab.steps.persona.OpSec;
import dev.cocolab.steps.persona.Patience;
import dev.cocolab.steps.targets.Timeouts;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * What scenarios change of a cluster that they share: pods and Secrets of the workload, Trustee's
 * Secrets, its list of them, its reference values, and the cluster's initdata. Taken before a
 * scenario and put back after it. What was there before, or was made by somebody else since, is not
 * deleted.
 */
final class ClusterState {
  private static final List<String> TRUSTEE_MAPS =
      List.of("trusteeconfig-rvps-reference-values", "trusteeconfig-resource-policy");

  private final ClusterClients clients;
  private final Timeouts timeouts;
  private final Set<String> pods;
  private final Set<String> secrets;
  private final Set<String> trusteeSecrets;
  private final List<String> served;
  private final Map<String, Map<String, String>> trusteeMaps;
  private final Optional<Map<String, String>> peerPods;

  private ClusterState(ClusterClients clients, Timeouts timeouts) {
    this.clients = clients;
    this.timeouts = timeouts;
    this.pods =
        names(clients.developer().pods().inNamespace(Namespaces.WORKLOAD).list().getItems());
    this.secrets =
        names(clients.developer().secrets().inNamespace(Namespaces.WORKLOAD).list().getItems());
    this.trusteeSecrets =
        names(clients.opSec().secrets().inNamespace(Namespaces.TRUSTEE).list().getItems());
    this.served = opSec().secretResources();
    this.trusteeMaps = new LinkedHashMap<>();
    TRUSTEE_MAPS.forEach(
        name ->
            data(clients.opSec(), Namespaces.TRUSTEE, name)
                .ifPresent(held -> trusteeMaps.put(name, held)));
    this.peerPods =
        data(clients.clusterAdmin(), Namespaces.SANDBOXED_CONTAINERS, CloudAdaptor.SETTINGS);
  }

  static ClusterState take(ClusterClients clients, Timeouts timeouts) {
    return new ClusterState(clients, timeouts);
  }

  private OpSec opSec() {
    return new OpSec(clients.opSec(), timeouts);
  }

  private CloudAdaptor adaptor() {
    return new CloudAdaptor(clients.clusterAdmin(), timeouts);
  }

  /**
   * Deletes what came since, undoes what was changed, and waits until it is so; each whatever
   * becomes of the others.
   *
   * @throws AssertionError with a sentence for each that failed
   */
  void restore() {
    List<String> failures = new ArrayList<>();
    AtomicBoolean trusteeChanged = new AtomicBoolean();
    AtomicBoolean adaptorChanged = new AtomicBoolean();
    attempt(failures, "delete the pods of the scenario", this::deleteNewPods);
    attempt(
        failures,
        "delete the Secrets of the scenario",
        () -> deleteNew(clients.developer(), Namespaces.WORKLOAD, secrets));
    peerPods.ifPresent(
        data ->
            attempt(
                failures,
                "give " + CloudAdaptor.SETTINGS + " back",
                () -> adaptorChanged.set(adaptor().change(any -> data))));
    trusteeMaps.forEach(
        (name, data) ->
            attempt(
                failures,
                "give " + name + " back",
                () -> {
                  if (restoreMap(clients.opSec(), Namespaces.TRUSTEE, name, data)) {
                    trusteeChanged.set(true);
                  }
                }));
    attempt(
        failures,
        "give Trustee's list of Secrets back",
        () -> {
          if (!opSec().secretResources().equals(served)) {
            opSec().serve(served);
            trusteeChanged.set(true);
          }
        });
    attempt(
        failures,
        "delete the scenario's Secrets of Trustee",
        () -> {
          if (deleteNew(clients.opSec(), Namespaces.TRUSTEE, trusteeSecrets) > 0) {
            trusteeChanged.set(true);
          }
        });
    if (trusteeChanged.get()) {
      attempt(failures, "restart Trustee", () -> opSec().restartTrustee());
    }
    if (adaptorChanged.get()) {
      attempt(failures, "restart " + CloudAdaptor.NAME, () -> adaptor().awaitRollout());
    }
    if (!failures.isEmpty()) {
      throw new AssertionError(
          "the cluster is not as it was before the scenario: " + String.join("; ", failures));
    }
  }

  private static void attempt(List<String> failures, String what, Runnable step) {
    try {
      step.run();
    } catch (KubernetesClientException | AssertionError e) {
      failures.add("could not %s: %s".formatted(what, e.getMessage()));
    }
  }

  private void deleteNewPods() {
    KubernetesClient client = clients.developer();
    List<String> made = new ArrayList<>();
    client.pods().inNamespace(Namespaces.WORKLOAD).list().getItems().stream()
        .filter(pod -> !pods.contains(pod.getMetadata().getName()))
        .filter(clients::made)
        .forEach(
            pod -> {
              made.add(pod.getMetadata().getName());
              client.resource(pod).delete();
            });
    if (!made.isEmpty()) {
      new Patience(timeouts.poll())
          .until(
              "the pods " + made + " to be gone",
              timeouts.podRunning(),
              () ->
                  Optional.of(
                          names(client.pods().inNamespace(Namespaces.WORKLOAD).list().getItems()))
                      .filter(left -> made.stream().noneMatch(left::contains)),
              () -> "pods that are left");
    }
  }

  private int deleteNew(KubernetesClient client, String namespace, Set<String> kept) {
    int deleted = 0;
    for (var secret : client.secrets().inNamespace(namespace).list().getItems()) {
      if (!kept.contains(secret.getMetadata().getName()) && clients.made(secret)) {
        client.resource(secret).delete();
        deleted++;
      }
    }
    return deleted;
  }

  private static boolean restoreMap(
      KubernetesClient client, String namespace, String name, Map<String, String> wanted) {
    if (data(client, namespace, name).filter(wanted::equals).isPresent()) {
      return false;
    }
    client
        .configMaps()
        .inNamespace(namespace)
        .withName(name)
        .edit(map -> new ConfigMapBuilder(map).withData(wanted).build());
    return true;
  }

  private static Optional<Map<String, String>> data(
      KubernetesClient client, String namespace, String name) {
    return Optional.ofNullable(client.configMaps().inNamespace(namespace).withName(name).get())
        .map(map -> map.getData() == null ? Map.of() : Map.copyOf(map.getData()));
  }

  private static Set<String> names(List<? extends HasMetadata> objects) {
    return objects.stream()
        .map(object -> Objects.requireNonNull(object.getMetadata().getName()))
        .collect(Collectors.toSet());
  }
}
