package dev.cocolab.apiserver;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.apiserver.json.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** Real kubectl, with a home of its own that also holds its caches. */
final class TestKubectl {
  private static final int OLDEST_MINOR = 31;
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private final Path home;

  /** What a command line ended in, without the white space around. */
  record Result(int exit, String out, String err) {}

  private TestKubectl(Path home) {
    this.home = home;
  }

  /** Skips the test where there is no kubectl or one that is too old. */
  static TestKubectl in(Path home) throws IOException {
    TestKubectl kubectl = new TestKubectl(home);
    assumeTrue(
        kubectl.run("kubectl version --client").exit() == 0,
        "skipped: there is no kubectl on this machine");
    int minor = kubectl.minor();
    assumeTrue(
        minor >= OLDEST_MINOR, "skipped: kubectl 1." + minor + " is older than 1." + OLDEST_MINOR);
    return kubectl;
  }

  int minor() throws IOException {
    JsonNode version = Trees.MAPPER.readTree(run("kubectl version --client -o json").out());
    return Integer.parseInt(
        Trees.textOrEmpty(version, "clientVersion", "minor").replaceAll("\\D", ""));
  }

  /** Contexts {@code admin}, which is the current one, and one for each of the users. */
  void connect(RunningServer running, Map<String, String> tokens) throws IOException {
    Files.writeString(home.resolve("ca.pem"), running.authority.pem());
    StringBuilder users = new StringBuilder(user("admin", RunningServer.TOKEN));
    StringBuilder contexts = new StringBuilder(context("admin"));
    tokens.forEach(
        (name, token) -> {
          users.append(user(name, token));
          contexts.append(context(name));
        });
    Files.writeString(
        home.resolve("config"),
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: lab, cluster: {server: '%s', certificate-authority: '%s'}}]
        current-context: admin
        users:
        %scontexts:
        %s"""
            .formatted(running.server.url(), home.resolve("ca.pem"), users, contexts));
  }

  private static String user(String name, String token) {
    return "- {name: %s, user: {token: %s}}\n".formatted(name, token);
  }

  private static String context(String user) {
    return "- {name: %1$s, context: {cluster: lab, user: %1$s, namespace: default}}\n"
        .formatted(user);
  }

  /** Runs a shell command; {@code k} in it is kubectl. */
  Result run(String command) throws IOException {
    return run(command, LONGEST);
  }

  /** The same with more time. */
  Result run(String command, Duration longest) throws IOException {
    Path errors = home.resolve(".stderr");
    ProcessBuilder builder =
        new ProcessBuilder(
                "sh", "-c", "k() { kubectl --cache-dir=\"$HOME/cache\" \"$@\"; }\n" + command)
            .directory(home.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectError(errors.toFile());
    builder.environment().put("HOME", home.toString());
    builder.environment().put("KUBECONFIG", home.resolve("config").toString());
    Process process = builder.start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(longest.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      return new Result(process.exitValue(), output.strip(), Files.readString(errors).strip());
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** As {@link #run}, with both outputs in {@code out}, in the order they were written. */
  Result merged(String command) throws IOException {
    return run("exec 2>&1\n" + command);
  }
}
