package dev.cocolab.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.operators.GoldenLine.Outcome;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the command lines of the golden scripts against the embedded API server with its
 * controllers, and compares with what a real kube-apiserver answered. As for the recording there is
 * no scheduler and no kubelet: where a script needs a running pod, it writes the pod's status.
 */
class KubectlGoldensTest {
  private static final List<String> TOPICS =
      List.of(
          "workloads",
          "access",
          "apply",
          "change",
          "create",
          "custom",
          "delete",
          "discovery",
          "get",
          "refusals");
  private static final List<String> FILES =
      List.of(
          "definition.yaml",
          "event.yaml",
          "kata.yaml",
          "pod.yaml",
          "set.yaml",
          "web.yaml",
          "widget.yaml");

  private static final Map<String, CompletableFuture<Map<String, Outcome>>> ANSWERS =
      new LinkedHashMap<>();

  @TempDir static Path directory;

  private static TestCluster cluster;
  private static WorkloadControllers controllers;
  private static ExecutorService scripts;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/kubectl")),
        "skipped: there is no kubectl on this machine");
    cluster = new TestCluster(directory);
    controllers = WorkloadControllers.start(cluster.client());
    scripts = Executors.newFixedThreadPool(3);
    for (String topic : TOPICS) {
      ANSWERS.put(topic, CompletableFuture.supplyAsync(() -> run(script(topic)), scripts));
    }
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      scripts.shutdownNow();
      controllers.close();
      cluster.close();
    }
    ANSWERS.clear();
  }

  static Stream<GoldenScript> scripts() {
    return TOPICS.stream().map(KubectlGoldensTest::script);
  }

  static Stream<GoldenLine> lines() {
    return scripts().flatMap(script -> script.lines().stream());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lines")
  void endsAsWithARealServer(GoldenLine line) throws Exception {
    Outcome answer = ANSWERS.get(line.topic()).get(120, TimeUnit.SECONDS).get(line.id()).masked();
    Outcome golden = line.recorded().masked();
    if (line.differs().isPresent()) {
      assertThat(answer).as("no longer differs: " + line.command()).isNotEqualTo(golden);
      return;
    }
    assertThat(shown(answer)).as(line.command()).isEqualTo(shown(golden));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scripts")
  void saysWhereItsGoldensComeFrom(GoldenScript script) {
    assertThat(script.provenance())
        .containsOnlyKeys("server", "kubectl", "recorded", "controllers");
    assertThat(script.provenance().get("server")).matches("kube-apiserver v1\\.\\d+\\.\\d+");
    assertThat(script.provenance().get("kubectl")).matches("v1\\.\\d+\\.\\d+(-\\w+)?");
    assertThat(script.provenance().get("recorded")).matches("20\\d\\d-\\d\\d-\\d\\d");
    assertThat(script.provenance().get("controllers"))
        .matches("(kube-controller-manager v1\\.\\d+\\.\\d+|none), no scheduler, no kubelet");
    Set<String> ids = new HashSet<>();
    assertThat(script.lines()).isNotEmpty().allMatch(line -> ids.add(line.id()));
  }

  @Test
  void coverAtLeastAHundredAndTwentyLinesAndDifferInFew() {
    assertThat(lines().filter(line -> line.differs().isEmpty())).hasSizeGreaterThanOrEqualTo(120);
    assertThat(lines().filter(line -> line.differs().isPresent()).count() * 100)
        .isLessThanOrEqualTo(lines().count() * 3);
  }

  private static String shown(Outcome outcome) {
    return "exit " + outcome.exit() + "\n" + outcome.stdout() + "--\n" + outcome.stderr();
  }

  private static GoldenScript script(String topic) {
    return GoldenScript.parse(topic, resource(topic + ".txt"));
  }

  private static String resource(String name) {
    try (InputStream in = KubectlGoldensTest.class.getResourceAsStream("/goldens/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(name, e);
    }
  }

  private static Map<String, Outcome> run(GoldenScript script) {
    String namespace = "goldens-" + script.topic();
    cluster
        .client()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    try {
      Path home = Files.createDirectory(directory.resolve(script.topic()));
      for (String file : FILES) {
        Files.writeString(home.resolve(file), resource("files/" + file));
      }
      KubectlShell shell = new KubectlShell(home, cluster.kubeconfig(home, namespace));
      cluster
          .client()
          .serviceAccounts()
          .inNamespace(namespace)
          .withName("default")
          .waitUntilCondition(account -> account != null, 10, TimeUnit.SECONDS);
      Map<String, Outcome> answers = new LinkedHashMap<>();
      for (GoldenLine line : script.lines()) {
        answers.put(line.id(), shell.run(line));
      }
      return answers;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
