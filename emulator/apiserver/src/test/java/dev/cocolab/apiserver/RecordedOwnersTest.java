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
import java.util.Map;
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
  private static final int RECORDED_WITH = 32;

  @TempDir private Path home;

  private static String resource(String name) throws IOException {
    try (InputStream in = RecordedOwnersTest.class.getResourceAsStream("/owners/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void everyCommandLeavesTheSameOwners() throws IOException {
    for (String name : FILES) {
      Files.writeString(home.resolve(name), resource(name));
    }
    TestKubectl kubectl = TestKubectl.in(home);
    assumeTrue(
        kubectl.minor() == RECORDED_WITH, "skipped: recorded with kubectl 1." + RECORDED_WITH);
    List<String> different = new ArrayList<>();
    int compared = 0;
    try (RunningServer running = new RunningServer()) {
      kubectl.connect(running, Map.of());
      RawClient client = new RawClient(running);
      String command = "";
      for (String block : resource("recording.txt").split("\n(?=[$?])", -1)) {
        if (block.startsWith("$ ")) {
          command = block.substring(2);
          kubectl.run(command);
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
