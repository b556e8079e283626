package dev.cocolab.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.apiserver.json.Trees;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Drives the server with real kubectl: the command lines of {@code matrix.txt}, one after the
 * other.
 */
class KubectlTest {
  private static final List<String> FILES =
      List.of("pod.yaml", "deployment.yaml", "definition.yaml", "kbsconfig.yaml", "event.yaml");
  private static final int OLDEST_MINOR = 31;

  @TempDir static Path home;

  private static RunningServer running;
  private static SharedIndexInformer<Deployment> controller;

  private record Line(int exit, String command, Pattern output) {}

  private record Result(int exit, String output) {
    String onOneLine() {
      return output.strip().replaceAll("\\s*\n\\s*", " / ");
    }
  }

  @BeforeAll
  static void start() throws IOException {
    for (String name : FILES) {
      Files.writeString(home.resolve(name), resource(name));
    }
    Result version = run("kubectl version --client -o json");
    assumeTrue(version.exit() == 0, "skipped: there is no kubectl on this machine");
    JsonNode client = Trees.MAPPER.readTree(version.output());
    int minor =
        Integer.parseInt(Trees.textOrEmpty(client, "clientVersion", "minor").replaceAll("\\D", ""));
    assumeTrue(
        minor >= OLDEST_MINOR, "skipped: kubectl 1." + minor + " is older than 1." + OLDEST_MINOR);
    running = new RunningServer();
    Files.writeString(home.resolve("ca.pem"), running.authority.pem());
    Files.writeString(home.resolve("config"), kubeconfig());
    controller =
        running.client.apps().deployments().inNamespace("default").inform(new PlayedController());
  }

  @AfterAll
  static void stop() {
    if (running != null) {
      controller.close();
      running.close();
    }
  }

  private static String kubeconfig() {
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

  /** Reports each deployment as rolled out, as a controller would in the end. */
  private static final class PlayedController implements ResourceEventHandler<Deployment> {
    @Override
    public void onAdd(Deployment deployment) {
      report(deployment);
    }

    @Override
    public void onUpdate(Deployment before, Deployment after) {
      report(after);
    }

    @Override
    public void onDelete(Deployment deployment, boolean unknown) {}

    private void report(Deployment deployment) {
      Long generation = deployment.getMetadata().getGeneration();
      if (deployment.getStatus() != null
          && generation.equals(deployment.getStatus().getObservedGeneration())) {
        return;
      }
      Integer replicas = deployment.getSpec().getReplicas();
      running
          .client
          .resource(
              new DeploymentBuilder(deployment)
                  .withNewStatus()
                  .withObservedGeneration(generation)
                  .withReplicas(replicas)
                  .withUpdatedReplicas(replicas)
                  .withReadyReplicas(replicas)
                  .withAvailableReplicas(replicas)
                  .addNewCondition()
                  .withType("Available")
                  .withStatus("True")
                  .endCondition()
                  .endStatus()
                  .build())
          .patchStatus();
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = KubectlTest.class.getResourceAsStream("/kubectl/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<Line> matrix() throws IOException {
    List<Line> lines = new ArrayList<>();
    for (String text : resource("matrix.txt").split("\n", -1)) {
      if (!text.isBlank() && !text.startsWith("#")) {
        String[] cells = text.split("(?<!\\\\)\\|", 3);
        lines.add(
            new Line(
                Integer.parseInt(cells[0].strip()),
                cells[1].strip().replace("\\|", "|"),
                // alternatives of a pattern stand in the third cell as they are
                Pattern.compile(cells[2].strip(), Pattern.DOTALL)));
      }
    }
    return lines;
  }

  private static Result run(String command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "sh", "-c", "k() { kubectl --cache-dir=\"$HOME/cache\" \"$@\"; }\n" + command);
    builder
        .directory(home.toFile())
        .redirectErrorStream(true)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().put("HOME", home.toString());
    builder.environment().put("KUBECONFIG", home.resolve("config").toString());
    Process process = builder.start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return new Result(process.exitValue(), output);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @TestFactory
  List<DynamicTest> everyLineEndsAsWithARealServer() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Line line : matrix()) {
      tests.add(DynamicTest.dynamicTest(line.command(), () -> check(line)));
    }
    return tests;
  }

  /** kubectl speaks HTTP/2, whose bound for headers is a setting of its own. */
  @Test
  void takesSelectorsOfManyValues() throws IOException {
    String values =
        IntStream.range(0, 600).mapToObj(i -> "some-pod-" + i).collect(Collectors.joining(","));

    Result result = run("kubectl get pods -l 'app in (" + values + ")'");

    assertThat(result.output()).contains("No resources found");
    assertThat(result.exit()).isZero();
  }

  private static void check(Line line) throws IOException {
    Result result = run(line.command());
    assertThat(result.onOneLine()).as(line.command()).matches(line.output());
    assertThat(result.exit()).as(line.command() + ": " + result.onOneLine()).isEqualTo(line.exit());
  }
}
