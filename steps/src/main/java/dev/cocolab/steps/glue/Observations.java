package dev.cocolab.steps.glue;

import dev.cocolab.steps.World;
import dev.cocolab.steps.record.Kind;
import dev.cocolab.steps.record.Recorder;
import dev.cocolab.steps.record.Recording;
import dev.cocolab.steps.record.Secrets;
import io.cucumber.java.Scenario;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a scenario saw of its target, written down for a comparison with other targets. */
final class Observations {
  /** A private key or a bearer token of a kubeconfig in YAML. */
  private static final Pattern CREDENTIAL =
      Pattern.compile("(?m)^[ -]*(?:client-key-data|token): *\"?([^\\s\"]+)");

  private final World world;
  private final Scenario scenario;

  Observations(World world, Scenario scenario) {
    this.world = world;
    this.scenario = scenario;
  }

  void write(Recorder recorder) {
    Recording recording = new Recording(feature(), scenario.getName());
    world
        .appliedPod()
        .ifPresent(
            pod -> {
              world.developer().events(pod).stream()
                  .map(event -> Evidence.line(event).replaceAll(" +", " "))
                  .forEach(line -> recording.see(Kind.EVENT, line));
              world.trusteeLog().text().lines().forEach(l -> recording.see(Kind.TRUSTEE_LOG, l));
            });
    world.refusals().forEach(message -> recording.see(Kind.STATUS, message));
    List<String> claims = world.target().trustee().claims();
    if (!claims.isEmpty()) {
      recording.seeClaims(claims.get(claims.size() - 1));
    }
    recorder.write(recording, versions(), secrets());
  }

  /** Below the folder of the features, wherever that is. */
  private String feature() {
    String path = scenario.getUri().getSchemeSpecificPart();
    return path.substring(path.lastIndexOf("/", path.lastIndexOf('/') - 1) + 1);
  }

  private Map<String, String> versions() {
    return Map.of("Kubernetes", world.developer().serverVersion());
  }

  private Secrets secrets() {
    Secrets secrets =
        new Secrets().add(world.datasetKey()).add(world.target().registry().pullSecret());
    Matcher credentials = CREDENTIAL.matcher(world.target().clients().kubeconfig());
    while (credentials.find()) {
      secrets.add(credentials.group(1));
    }
    return secrets;
  }
}
