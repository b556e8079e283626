package dev.cocolab.steps.targets.aro;

import dev.cocolab.azure.RunTags;
import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.steps.persona.Namespaces;
import dev.cocolab.steps.persona.Patience;
import dev.cocolab.steps.targets.Timeouts;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A run's tags and sizes in {@code peer-pods-cm}, for as long as the run lasts. The adaptor reads
 * them when it starts, so {@code ds/osc-caa-ds} is restarted after each change.
 */
final class PeerPods {
  private static final String MAP = "peer-pods-cm";
  private static final String ADAPTOR = "osc-caa-ds";
  private static final String TAGS = "TAGS";
  private static final String RESTARTED = "kubectl.kubernetes.io/restartedAt";

  private final KubernetesClient client;
  private final Timeouts timeouts;
  private final Clock clock;
  private Optional<Map<String, String>> before = Optional.empty();

  PeerPods(KubernetesClient client, Timeouts timeouts, Clock clock) {
    this.client = Objects.requireNonNull(client, "client");
    this.timeouts = Objects.requireNonNull(timeouts, "timeouts");
    this.clock = Objects.requireNonNull(clock, "clock");
  }

  /**
   * Writes them and waits until the adaptor has them.
   *
   * @param sizes the first is taken for pods that ask for none
   * @throws CliException UNFIT when there is no adaptor or it does not come back
   */
  void use(RunTags tags, List<String> sizes) {
    if (adaptor().get() == null) {
      throw new CliException(
          ExitCode.UNFIT,
          "the cluster lacks the daemon set %s in %s; the workshop's set-up chapters make it"
              .formatted(ADAPTOR, Namespaces.SANDBOXED_CONTAINERS));
    }
    Map<String, String> found = data();
    // A run that was killed has left its tags; they are nobody's content.
    Map<String, String> others = new LinkedHashMap<>(pairs(found.getOrDefault(TAGS, "")));
    tags.asMap().keySet().forEach(others::remove);
    Map<String, String> old = new LinkedHashMap<>(found);
    if (found.containsKey(TAGS)) {
      old.put(TAGS, text(others));
    }
    before = Optional.of(old);
    others.putAll(tags.asMap());
    Map<String, String> wanted = new LinkedHashMap<>(found);
    wanted.put(TAGS, text(others));
    wanted.put("AZURE_INSTANCE_SIZE", sizes.get(0));
    wanted.put("AZURE_INSTANCE_SIZES", String.join(",", sizes));
    write(wanted);
    restart();
    awaitAdaptor();
  }

  /** Puts the old content back; does nothing when nothing was written. */
  void giveBack() {
    if (before.isPresent()) {
      write(before.get());
      restart();
    }
  }

  private Resource<ConfigMap> map() {
    return client.configMaps().inNamespace(Namespaces.SANDBOXED_CONTAINERS).withName(MAP);
  }

  private Resource<DaemonSet> adaptor() {
    return client
        .apps()
        .daemonSets()
        .inNamespace(Namespaces.SANDBOXED_CONTAINERS)
        .withName(ADAPTOR);
  }

  private Map<String, String> data() {
    Map<String, String> data = map().require().getData();
    return data == null ? Map.of() : data;
  }

  private void write(Map<String, String> data) {
    map().edit(found -> new ConfigMapBuilder(found).withData(data).build());
  }

  /** As {@code kubectl rollout restart} does it. */
  private void restart() {
    adaptor()
        .edit(
            found ->
                new DaemonSetBuilder(found)
                    .editSpec()
                    .editTemplate()
                    .editOrNewMetadata()
                    .addToAnnotations(RESTARTED, clock.instant().toString())
                    .endMetadata()
                    .endTemplate()
                    .endSpec()
                    .build());
  }

  private void awaitAdaptor() {
    try {
      new Patience(timeouts.poll())
          .until(
              ADAPTOR + " to be rolled out",
              timeouts.rollout(),
              () -> Optional.ofNullable(adaptor().get()).filter(PeerPods::rolledOut),
              () -> "not every node has it");
    } catch (AssertionError e) {
      throw new CliException(
          ExitCode.UNFIT, "the cluster's adaptor for pod VMs does not restart: " + e.getMessage());
    }
  }

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

  private static Map<String, String> pairs(String text) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : List.of(text.split(",", -1))) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        pairs.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
      }
    }
    return pairs;
  }

  private static String text(Map<String, String> pairs) {
    return pairs.entrySet().stream()
        .map(pair -> pair.getKey() + "=" + pair.getValue())
        .collect(Collectors.joining(","));
  }
}
