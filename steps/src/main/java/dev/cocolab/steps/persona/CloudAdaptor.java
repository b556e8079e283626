package dev.cocolab.steps.persona;

import dev.cocolab.steps.targets.Timeouts;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * {@code peer-pods-cm} and who reads it: the adaptor that makes pod VMs, {@code ds/osc-caa-ds},
 * does so only when it starts (workshop, section 4.10), so each change of the one rolls out the
 * other. A cluster whose pod VMs no adaptor makes, as the emulator, reads it for each pod.
 */
public final class CloudAdaptor {
  /** Name of the daemon set. */
  public static final String NAME = "osc-caa-ds";

  /** Name of the ConfigMap. */
  public static final String SETTINGS = "peer-pods-cm";

  /**
   * Annotation of the adaptor's pods: the version of {@code peer-pods-cm} that they have read. It
   * differs after each change, without asking a clock.
   */
  public static final String READ = "cocolab.dev/peer-pods-cm";

  private final KubernetesClient client;
  private final Timeouts timeouts;

  public CloudAdaptor(KubernetesClient client, Timeouts timeouts) {
    this.client = Objects.requireNonNull(client, "client");
    this.timeouts = Objects.requireNonNull(timeouts, "timeouts");
  }

  /** Whether the cluster has one. */
  public boolean isPresent() {
    return daemonSet().get() != null;
  }

  /** The content of {@code peer-pods-cm}, which must be there. */
  public Map<String, String> settings() {
    Map<String, String> data = map().require().getData();
    return data == null ? Map.of() : data;
  }

  /**
   * Changes {@code peer-pods-cm} and has the adaptor start again; returns before it has. Does
   * nothing when the content is as it should be.
   *
   * @return whether something changed
   */
  public boolean change(UnaryOperator<Map<String, String>> change) {
    String before = map().require().getMetadata().getResourceVersion();
    ConfigMap written =
        map()
            .edit(
                found -> {
                  Map<String, String> data = found.getData() == null ? Map.of() : found.getData();
                  found.setData(change.apply(Map.copyOf(data)));
                  return found;
                });
    String version = written.getMetadata().getResourceVersion();
    if (version.equals(before)) {
      return false;
    }
    if (isPresent()) {
      daemonSet()
          .edit(
              found ->
                  new DaemonSetBuilder(found)
                      .editSpec()
                      .editTemplate()
                      .editOrNewMetadata()
                      .addToAnnotations(READ, version)
                      .endMetadata()
                      .endTemplate()
                      .endSpec()
                      .build());
    }
    return true;
  }

  /**
   * Waits until every node runs the adaptor as it was changed last; at once where there is none.
   *
   * @throws AssertionError when it does not come back in time
   */
  public void awaitRollout() {
    if (isPresent()) {
      new Patience(timeouts.poll())
          .until(
              NAME + " to be rolled out",
              timeouts.rollout(),
              () -> Optional.ofNullable(daemonSet().get()).filter(CloudAdaptor::rolledOut),
              () -> "not every node has it");
    }
  }

  private Resource<ConfigMap> map() {
    return client.configMaps().inNamespace(Namespaces.SANDBOXED_CONTAINERS).withName(SETTINGS);
  }

  private Resource<DaemonSet> daemonSet() {
    return client.apps().daemonSets().inNamespace(Namespaces.SANDBOXED_CONTAINERS).withName(NAME);
  }

  /** The conditions that {@code kubectl rollout status} checks. */
  private static boolean rolledOut(DaemonSet set) {
    var status = set.getStatus();
    if (status == null || status.getDesiredNumberScheduled() == null) {
      return false;
    }
    int wanted = status.getDesiredNumberScheduled();
    return wanted > 0
        && number(status.getObservedGeneration()) >= number(set.getMetadata().getGeneration())
        && number(status.getUpdatedNumberScheduled()) == wanted
        && number(status.getNumberReady()) == wanted;
  }

  private static long number(Number count) {
    return count == null ? 0 : count.longValue();
  }
}
