package dev.cocolab.node;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Real kubectl of this machine, as the administrator of a test cluster. */
final class Kubectl {
  private static final int OLDEST_MINOR = 31;
  private static final Pattern MINOR = Pattern.compile("\"minor\":\\s*\"(\\d+)");
  private static final long SECONDS = 20;

  /** What a command that has ended left behind. */
  record Result(int exit, String out, String err) {}

  /** A command that runs, with the files into which it prints. */
  record Running(Process process, Path out, Path err) {
    String printed() throws IOException {
      return Files.readString(out, StandardCharsets.UTF_8);
    }

    String complaints() throws IOException {
      return Files.readString(err, StandardCharsets.UTF_8);
    }
  }

  private final TestCluster cluster;
  private final Path home;

  private Kubectl(TestCluster cluster, Path home) {
    this.cluster = cluster;
    this.home = home;
  }

  /**
   * The test is skipped where there is no kubectl that streams over WebSockets.
   *
   * @param home an empty directory
   */
  static Kubectl orSkip(TestCluster cluster, Path home) throws IOException, InterruptedException {
    Kubectl kubectl = new Kubectl(cluster, home);
    Result version;
    try {
      version = kubectl.result("", List.of("kubectl", "version", "--client", "-o", "json"));
    } catch (IOException e) {
      version = new Result(127, "", e.toString());
    }
    assumeTrue(version.exit() == 0, "skipped: there is no kubectl on this machine");
    var minor = MINOR.matcher(version.out());
    assumeTrue(
        minor.find() && Integer.parseInt(minor.group(1)) >= OLDEST_MINOR,
        "skipped: kubectl is older than 1." + OLDEST_MINOR);
    return kubectl;
  }

  Result run(String input, String... arguments) throws IOException, InterruptedException {
    return result(input, line(arguments));
  }

  Running start(String... arguments) throws IOException {
    return start("", line(arguments));
  }

  private List<String> line(String... arguments) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "kubectl",
                "--server=" + cluster.client.getConfiguration().getMasterUrl(),
                "--insecure-skip-tls-verify",
                "--token=" + TestCluster.TOKEN,
                "--namespace=default"));
    line.addAll(List.of(arguments));
    return line;
  }

  private Result result(String input, List<String> line) throws IOException, InterruptedException {
    Running running = start(input, line);
    if (!running.process().waitFor(SECONDS, TimeUnit.SECONDS)) {
      running.process().destroyForcibly();
      throw new AssertionError("hangs: " + line + " " + running.complaints());
    }
    return new Result(running.process().exitValue(), running.printed(), running.complaints());
  }

  private Running start(String input, List<String> line) throws IOException {
    Path files = Files.createTempDirectory(home, "run");
    Path in = Files.writeString(files.resolve("in"), input);
    Path out = files.resolve("out");
    Path err = files.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("HOME", home.toString());
    builder.environment().remove("KUBECONFIG");
    return new Running(builder.start(), out, err);
  }
}
