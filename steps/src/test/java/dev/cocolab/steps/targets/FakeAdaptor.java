package dev.cocolab.steps.targets;

import dev.cocolab.steps.persona.CloudAdaptor;
import dev.cocolab.steps.persona.Namespaces;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The adaptor's daemon set on a lab, where nothing acts on daemon sets: it is rolled out as its
 * controller does it on a cluster of one worker, and what the new pods read is kept.
 */
public final class FakeAdaptor implements AutoCloseable {
  private final KubernetesClient admin;
  private final List<Map<String, String>> read = new CopyOnWriteArrayList<>();
  private final Watch watch;

  public FakeAdaptor(KubernetesClient admin) {
    this.admin = admin;
    var sets = admin.apps().daemonSets().inNamespace(Namespaces.SANDBOXED_CONTAINERS);
    watch = sets.withName(CloudAdaptor.NAME).watch(new Controller());
    Map<String, String> labels = Map.of("app", CloudAdaptor.NAME);
    sets.resource(
            new DaemonSetBuilder()
                .withNewMetadata()
                .withName(CloudAdaptor.NAME)
                .withNamespace(Namespaces.SANDBOXED_CONTAINERS)
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .withMatchLabels(labels)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("caa")
                .withImage("registry.example/caa")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();
  }

  /** The content of {@code peer-pods-cm} at each restart. */
  public List<Map<String, String>> read() {
    return List.copyOf(read);
  }

  private void rollOut(DaemonSet set) {
    boolean restarted =
        Optional.ofNullable(set.getSpec().getTemplate().getMetadata().getAnnotations())
            .map(all -> all.containsKey(CloudAdaptor.READ))
            .orElse(false);
    if (restarted) {
      read.add(
          admin
              .configMaps()
              .inNamespace(Namespaces.SANDBOXED_CONTAINERS)
              .withName(CloudAdaptor.SETTINGS)
              .require()
              .getData());
    }
    admin
        .resource(set)
        .editStatus(
            now ->
                new DaemonSetBuilder(now)
                    .withNewStatus()
                    .withObservedGeneration(set.getMetadata().getGeneration())
                    .withDesiredNumberScheduled(1)
                    .withCurrentNumberScheduled(1)
                    .withUpdatedNumberScheduled(1)
                    .withNumberReady(1)
                    .withNumberAvailable(1)
                    .withNumberMisscheduled(0)
                    .endStatus()
                    .build());
  }

  private final class Controller implements Watcher<DaemonSet> {
    @Override
    public void eventReceived(Action action, DaemonSet set) {
      Long seen = set.getStatus() == null ? null : set.getStatus().getObservedGeneration();
      if (action != Action.DELETED && !set.getMetadata().getGeneration().equals(seen)) {
        rollOut(set);
      }
    }

    @Override
    public void onClose(WatcherException cause) {
      // The lab has ended.
    }
  }

  /** Takes the daemon set away, too. */
  @Override
  public void close() {
    watch.close();
    admin
        .apps()
        .daemonSets()
        .inNamespace(Namespaces.SANDBOXED_CONTAINERS)
        .withName(CloudAdaptor.NAME)
        .delete();
  }
}
