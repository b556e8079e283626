package dev.cocolab.steps.targets.aro;

import dev.cocolab.azure.RunTags;
import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.steps.persona.CloudAdaptor;
import dev.cocolab.steps.persona.Namespaces;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** A run's tags and sizes in {@code peer-pods-cm}, for as long as the run lasts. */
final class PeerPods {
  private static final String TAGS = "TAGS";

  private final CloudAdaptor adaptor;
  private Optional<Map<String, String>> before = Optional.empty();

  PeerPods(CloudAdaptor adaptor) {
    this.adaptor = Objects.requireNonNull(adaptor, "adaptor");
  }

  /**
   * Writes them and waits until the adaptor has them.
   *
   * @param sizes the first is taken for pods that ask for none
   * @throws CliException UNFIT when there is no adaptor or it does not come back
   */
  void use(RunTags tags, List<String> sizes) {
    if (!adaptor.isPresent()) {
      throw new CliException(
          ExitCode.UNFIT,
          "the cluster lacks the daemon set %s in %s; the workshop's set-up chapters make it"
              .formatted(CloudAdaptor.NAME, Namespaces.SANDBOXED_CONTAINERS));
    }
    Map<String, String> found = adaptor.settings();
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
    adaptor.change(any -> wanted);
    awaitAdaptor();
  }

  /** Puts the old content back; does nothing when nothing was written. */
  void giveBack() {
    before.ifPresent(old -> adaptor.change(any -> old));
  }

  private void awaitAdaptor() {
    try {
      adaptor.awaitRollout();
    } catch (AssertionError e) {
      throw new CliException(
          ExitCode.UNFIT, "the cluster's adaptor for pod VMs does not restart: " + e.getMessage());
    }
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
