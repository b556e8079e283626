package dev.cocolab.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.TestKubectl.Result;
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
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Drives the server with real kubectl: the command lines of {@code matrix.txt}, one after the
 * other.
 */
class KubectlTest {
  private static final List<String> FILES =
      List.of("pod.yaml", "deployment.yaml", "definition.yaml", "kbsconfig.yaml", "event.yaml");

  @TempDir static Path home;

  private static TestKubectl kubectl;
  private static RunningServer running;
  private static SharedIndexInformer<Deployment> controller;

  private record Line(int exit, String command, Pattern output) {}

  @BeforeAll
  static void start() throws IOException {
    for (String name : FILES) {
      Files.writeString(home.resolve(name), resource(name));
    }
    kubectl = TestKubectl.in(home);
    running = new RunningServer();
    kubectl.connect(running, Map.of());
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

    Result result = kubectl.merged("kubectl get pods -l 'app in (" + values + ")'");

    assertThat(result.out()).contains("No resources found");
    assertThat(result.exit()).isZero();
  }

  private static void check(Line line) throws IOException {
    Result result = kubectl.merged(line.command());
    String output = result.out().replaceAll("\\s*\n\\s*", " / ");
    assertThat(output).as(line.command()).matches(line.output());
    assertThat(result.exit()).as(line.command() + ": " + output).isEqualTo(line.exit());
  }
}
