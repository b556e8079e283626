package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.cli.CocoLab;
import dev.cocolab.cli.Terminal;
import dev.cocolab.lab.OtherCluster;
import dev.cocolab.steps.targets.Targets;
import dev.cocolab.steps.targets.emulator.JoinedProvider;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The target {@code joined}: scenarios on an API server that is not the lab's own. */
@Timeout(180)
class JoinedTargetIT {
  private static final Path HOME = Path.of("../target/test-home").toAbsolutePath().normalize();
  private static final String KEYS = "../features/init-container/dataset_key.feature";

  @TempDir private Path directory;

  private record Ended(int code, String stderr) {}

  private Ended run(Map<String, String> environment, String... arguments) throws Exception {
    Files.createDirectories(HOME);
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Map<String, String> all = new TreeMap<>(environment);
    all.put("COCOLAB_HOME", HOME.toString());
    List<String> line = new ArrayList<>(List.of("run", "--target", "joined"));
    line.addAll(List.of(arguments));
    int code =
        CocoLab.run(
            new Terminal(
                new PrintStream(new ByteArrayOutputStream(), true),
                new PrintStream(err, true),
                false,
                80),
            all,
            line);
    return new Ended(code, err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void scenariosRunUnchangedOneAfterTheOther() throws Exception {
    Files.createDirectories(HOME);
    List<String> said = new ArrayList<>();
    try (OtherCluster other = new OtherCluster(directory, true, true)) {
      CommandRun.Ended ended =
          CommandRun.on(
                  JoinedProvider.open(
                      new Targets.Place(HOME, said::add, Optional.of(other.kubeconfig()))),
                  HOME)
              .run(
                  at("../features/worker-node/pods.feature", "An image that does not exist"),
                  at(KEYS, "An attested pod fetches the key"),
                  at(KEYS, "A key that is in the cluster but not in Trustee's list"));

      assertThat(ended.code()).as(ended.stderr()).isZero();
      assertThat(ended.stdout().get(0)).matches("3 passed, 0 failed, 0 skipped");
      assertThat(ended.summary().path("target").asString()).isEqualTo("joined");
      assertThat(other.admin().nodes().list().getItems()).isEmpty();
      assertThat(other.admin().namespaces().withLabel("cocolab.dev/lab").list().getItems())
          .isEmpty();
    }
  }

  /** The line of a scenario whose name begins so. */
  private static String at(String feature, String name) throws Exception {
    List<String> lines = Files.readAllLines(Path.of(feature));
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().startsWith("Scenario: " + name)) {
        return feature + ":" + (i + 1);
      }
    }
    throw new IllegalStateException("no scenario \"" + name + "\" in " + feature);
  }

  @Test
  void withoutAKubeconfigItSaysHowToNameOne() throws Exception {
    Ended ended = run(Map.of(), KEYS);
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.stderr()).contains("--kubeconfig FILE or KUBECONFIG");
  }

  @Test
  void theEnvironmentNamesOneToo() throws Exception {
    Ended ended = run(Map.of("KUBECONFIG", "/nowhere/kubeconfig"), KEYS);
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.stderr())
        .contains("cannot use the kubeconfig /nowhere/kubeconfig: there is no such file");
  }

  @Test
  @Timeout(30)
  void anApiServerThatDoesNotAnswerIsUnreachable() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path dead;
    try (OtherCluster other = new OtherCluster(directory, false, false)) {
      dead =
          Files.writeString(
              directory.resolve("dead"),
              Files.readString(other.kubeconfig())
                  .replaceFirst(
                      "server: \"[^\"]*\"", "server: \"https://127.0.0.1:" + port + "\""));
    }
    Ended ended = run(Map.of(), "--kubeconfig", dead.toString(), KEYS);
    assertThat(ended.code()).isEqualTo(4);
    assertThat(ended.stderr()).contains("the API server https://127.0.0.1:" + port);
  }

  @Test
  void scenariosShareTheClusterSoNoTwoRunAtOnce() throws Exception {
    Ended ended = run(Map.of(), "--parallel", "2", KEYS);
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.stderr()).contains("on the target 'joined' one scenario runs at a time");
  }
}
