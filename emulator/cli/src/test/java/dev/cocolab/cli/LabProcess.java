package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.lab.fitness.Check;
import dev.cocolab.lab.fitness.MachineChecks;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Labs of one name, each a process of its own, of which one runs at a time. */
final class LabProcess implements AutoCloseable {
  /** Kept between runs, since it holds images that take some seconds to build. */
  static final Path HOME = Path.of("../../target/test-home").toAbsolutePath().normalize();

  static final Map<String, String> ENVIRONMENT =
      Map.of("COCOLAB_HOME", HOME.toString(), "PATH", System.getenv("PATH"));

  private final String name;
  private final List<Process> started = new ArrayList<>();

  LabProcess(String name) {
    this.name = name;
  }

  /** Skips the test where no lab can run. */
  void assumeFit() throws IOException {
    Files.createDirectories(HOME);
    int path = LabDirectory.LONGEST_SOCKET_PATH - ("/labs/" + name + "/control.sock").length();
    assumeTrue(HOME.toString().length() <= path, "the path of this checkout is too long");
    List<String> unfit =
        new MachineChecks(HOME, ENVIRONMENT)
            .all().stream().filter(check -> check.unfit().isPresent()).map(Check::finding).toList();
    assumeTrue(unfit.isEmpty(), () -> "labs do not work here: " + unfit);
  }

  /** Starts a lab and waits for its last line. */
  Process up(String... options) throws IOException {
    Process process = begin(options);
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    assertThat(out.readLine()).startsWith("READY kubeconfig=");
    return process;
  }

  /** Starts a lab and does not wait. */
  Process begin(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(CocoLab.class.getName(), "up", "--lab", name));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(ENVIRONMENT);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    started.add(process);
    return process;
  }

  Path folder() {
    return HOME.resolve("labs").resolve(name);
  }

  /** A client of the cluster admin; to be closed. */
  KubernetesClient client() throws IOException {
    Config config = Config.fromKubeconfig(Files.readString(folder().resolve("kubeconfig")));
    config.setClientKeyAlgo("EC");
    // A write that is sent again could not tell whether the first had been acknowledged.
    config.setRequestRetryBackoffLimit(0);
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  /** Ends what a test left. */
  @Override
  public void close() {
    for (Process process : started) {
      process.destroyForcibly();
    }
    for (Process process : started) {
      process.onExit().join();
    }
  }
}
