package dev.cocolab.steps.glue;

import dev.cocolab.steps.World;
import dev.cocolab.steps.targets.Denial;
import io.cucumber.java.Scenario;
import io.fabric8.kubernetes.api.model.Event;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** Attaches to a scenario what a reader needs to believe it: no secret is among it. */
final class Evidence {
  private static final String TEXT = "text/plain";
  private static final String YAML = "application/yaml";
  private static final String JSON = "application/json";
  private static final String EXPLANATION = "application/vnd.cocolab.explanation+json";

  private final World world;
  private final Scenario scenario;

  Evidence(World world, Scenario scenario) {
    this.world = world;
    this.scenario = scenario;
  }

  void attachAll() {
    List<Denial> denials = world.target().trustee().denials();
    denials.subList(Math.min(world.denialMark(), denials.size()), denials.size()).stream()
        .map(Denial::json)
        .distinct()
        .forEach(json -> attach(json, EXPLANATION, "Why Trustee refused"));
    world.manifests().forEach(manifest -> attach(manifest, YAML, "Manifest as applied"));
    world.appliedPod().ifPresent(this::attachPod);
    attach(world.opSec().trusteeLog().text(), TEXT, "Trustee's log");
    List<String> claims = world.target().trustee().claims();
    if (!claims.isEmpty()) {
      attach(claims.get(claims.size() - 1), JSON, "Claims of the last verified evidence");
    }
  }

  private void attachPod(String pod) {
    var developer = world.developer();
    attach(
        developer.events(pod).stream().map(Evidence::line).collect(Collectors.joining("\n")),
        TEXT,
        "Pod events");
    if (!developer.exists(pod)) {
      return;
    }
    attach(developer.yaml(pod), YAML, "Pod as the cluster has it");
    var spec = developer.pod(pod).getSpec();
    spec.getInitContainers()
        .forEach(
            one -> attach(developer.log(pod, one.getName()), TEXT, "Log of init " + one.getName()));
    spec.getContainers()
        .forEach(one -> attach(developer.log(pod, one.getName()), TEXT, "Log of " + one.getName()));
  }

  static String line(Event event) {
    return "%-8s %-12s %s".formatted(event.getType(), event.getReason(), event.getMessage());
  }

  private void attach(String text, String mediaType, String name) {
    if (!text.isBlank()) {
      scenario.attach(text.getBytes(StandardCharsets.UTF_8), mediaType, name);
    }
  }
}
