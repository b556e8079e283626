package dev.cocolab.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.apiserver.json.Trees;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The owners of fields after each of a series of kubectl commands are those that a real API server
 * reported; {@code owners/recording.txt} says which one.
 */
class RecordedOwnersTest {
  private static final List<String> FILES =
      List.of("cm.yaml", "dep.yaml", "side.yaml", "svc.yaml", "crd.yaml", "w.yaml");
  private static final String RECORDED_WITH = "32";

  @TempDir private Path home;

  private static String resource(String name) throws IOException {
    try (InputStream in = RecordedOwnersTest.class.getResourceAsStream("/owners/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String run(String command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "sh", "-c", "k() { kubectl --cache-dir=\"$HOME/cache\" \"$@\"; }\n" + command);
    builder.directory(home.toFile()).redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().put("HOME", home.toString());
    builder.environment().put("KUBECONFIG", home.resolve("config").toString());
    Process process = builder.start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return output;
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void everyCommandLeavesTheSameOwners() throws IOException {
    for (String name : FILES) {
      Files.writeString(home.resolve(name), resource(name));
    }
    String version = run("kubectl version --client -o json");
    assumeTrue(version.startsWith("{"), "skipped: there is no kubectl on this machine");
    String minor = Trees.textOrEmpty(Trees.MAPPER.readTree(version), "clientVersion", "minor");
    assumeTrue(
        minor.replaceAll("\\D", "").equals(RECORDED_WITH),
        "skipped: recorded with kubectl 1." + RECORDED_WITH);
    List<String> different = new ArrayList<>();
    int compared = 0;
    try (RunningServer running = new RunningServer()) {
      Files.writeString(home.resolve("ca.pem"), running.authority.pem());
      Files.writeString(home.resolve("config"), kubeconfig(running));
      RawClient client = new RawClient(running);
      String command = "";
      for (String block : resource("recording.txt").split("\n(?=[$?])", -1)) {
        if (block.startsWith("$ ")) {
          command = block.substring(2);
          run(command);
        } else if (block.startsWith("? ")) {
          String[] parts = block.strip().split("\n", 2);
          String expected = parts.length > 1 ? parts[1] : "";
          String[] target = parts[0].substring(2).split(" ", -1);
          String actual = owners(client.get(path(target[0], target[1])).json());
          compared++;
          if (!actual.equals(expected)) {
            different.add(command + "\n  real: " + expected + "\n  here: " + actual);
          }
        }
      }
    }
    assertThat(different).isEmpty();
    assertThat(compared).isGreaterThan(40);
  }

  private String kubeconfig(RunningServer running) {
    return """
        apiVersion: v1
        kind: Config
        clusters: [{name: lab, cluster: {server: '%s', certificate-authority: '%s'}}]
        users: [{name: admin, user: {token: %s}}]
        contexts: [{name: lab, context: {cluster: lab, user: admin, namespace: default}}]
        current-context: lab
        """
        .formatted(running.server.url(), home.resolve("ca.pem"), RunningServer.TOKEN);
  }

  private static String path(String kind, String name) {
    String core = "/api/v1/namespaces/default/";
    String rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/";
    String collection =
        switch (kind) {
          case "cm" -> core + "configmaps";
          case "secret" -> core + "secrets";
          case "svc" -> core + "services";
          case "sa" -> core + "serviceaccounts";
          case "pod" -> core + "pods";
          case "ns" -> "/api/v1/namespaces";
          case "deploy" -> "/apis/apps/v1/namespaces/default/deployments";
          case "job" -> "/apis/batch/v1/namespaces/default/jobs";
          case "role" -> rbac + "roles";
          case "rolebinding" -> rbac + "rolebindings";
          case "crd" -> "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
          case "widget" -> "/apis/lab.example.org/v1/namespaces/default/widgets";
          default -> throw new IllegalArgumentException(kind);
        };
    return collection + "/" + name;
  }

  private static String owners(JsonNode object) {
    List<String> lines = new ArrayList<>();
    for (ObjectNode entry : Trees.objects(object, "metadata", "managedFields")) {
      String part = Trees.text(entry, "subresource").map(name -> "/" + name).orElse("");
      lines.add(
          Trees.textOrEmpty(entry, "manager")
              + " "
              + Trees.textOrEmpty(entry, "operation")
              + part
              + " "
              + Trees.textOrEmpty(entry, "apiVersion")
              + (entry.has("time") ? " time " : " - ")
              + entry.path("fieldsV1"));
    }
    return String.join("\n", lines.stream().sorted().toList())
        .replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID");
  }
}
