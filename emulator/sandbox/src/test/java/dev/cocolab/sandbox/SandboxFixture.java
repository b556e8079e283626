package dev.cocolab.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A host with one small image layer, for tests that need real namespaces. */
final class SandboxFixture implements AutoCloseable {
  /** What a finished container said. */
  record Outcome(int code, String out, String err) {}

  private final AtomicInteger pods = new AtomicInteger();
  private final Path base;
  private final Path layer;
  private final SandboxHost host;

  private SandboxFixture(Path base, Path layer, SandboxHost host) {
    this.base = base;
    this.layer = layer;
    this.host = host;
  }

  static SandboxFixture open() throws IOException {
    Path base = Files.createTempDirectory("sbx");
    Optional<Unfit> unfit = SandboxHost.probe(ProbeFacts.gather(base));
    assumeTrue(unfit.isEmpty(), () -> unfit.orElseThrow().sentence());
    return in(base);
  }

  static SandboxFixture in(Path base) throws IOException {
    Path layer =
        HostRoot.create(
            base.resolve("layer"),
            List.of(
                "sh", "bash", "perl", "cat", "ls", "id", "sleep", "head", "touch", "mount", "env",
                "grep", "tty", "stty"));
    Files.writeString(layer.resolve("bin/no-program"), "text");
    return new SandboxFixture(
        base, layer, SandboxHost.open(base.resolve("state"), base.resolve("run")));
  }

  Path base() {
    return base;
  }

  Path layer() {
    return layer;
  }

  SandboxHost host() {
    return host;
  }

  PodSandbox pod(Forward... forwards) {
    return host.createPod(
        new PodSandboxSpec(
            "pod-" + pods.incrementAndGet(),
            "testhost",
            List.of(forwards),
            List.of("127.9.9.9\tsome.where")));
  }

  ContainerSpec shell(String script) {
    return ContainerSpec.of("c", List.of(layer), List.of("sh", "-c", script));
  }

  Outcome run(ContainerSpec spec) {
    try (PodSandbox pod = pod()) {
      return outcome(pod.start(spec));
    }
  }

  static Outcome outcome(SandboxContainer container) {
    CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> text(container.stdout()));
    CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(container.stderr()));
    int code = container.exited().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    return new Outcome(
        code,
        out.orTimeout(20, TimeUnit.SECONDS).join(),
        err.orTimeout(20, TimeUnit.SECONDS).join());
  }

  private static String text(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /** Reads one line without looking further. */
  static String line(InputStream stream) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = stream.read(); next >= 0 && next != '\n'; next = stream.read()) {
      line.append((char) next);
    }
    return line.toString();
  }

  @Override
  public void close() {
    host.close();
    assertThat(base.resolve("run")).isEmptyDirectory();
    Trees.delete(base);
  }
}
