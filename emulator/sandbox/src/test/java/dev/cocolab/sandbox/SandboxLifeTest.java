package dev.cocolab.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Emulators as processes of their own: killed, run by another user, run on a noexec file system.
 */
class SandboxLifeTest {
  private Path base;

  @BeforeEach
  void prepare() throws IOException {
    base = Files.createTempDirectory("sbl");
    assumeTrue(SandboxHost.probe(ProbeFacts.gather(base)).isEmpty(), "sandboxes do not work here");
  }

  @AfterEach
  void clean() throws IOException {
    if (base != null) {
      Trees.delete(base);
      Files.deleteIfExists(Path.of(base + ".report"));
    }
  }

  @Test
  void leavesNoProcessAfterKillAndNoFileAfterTheNextStart() throws Exception {
    Process emulator = java(List.of(), base.toString(), "hold", "3");
    Path holding = base.resolve("holding");
    await(() -> Files.exists(holding) || !emulator.isAlive());
    assertThat(holding).exists();
    assertThat(processesOf(base)).hasSizeGreaterThan(9);

    emulator.destroyForcibly().waitFor();

    await(() -> processesOf(base).isEmpty());
    assertThat(base.resolve("state/sandbox")).isNotEmptyDirectory();
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(base.toString());
    SandboxHost next = SandboxHost.open(base.resolve("state"), base.resolve("run"));
    assertThat(names(base.resolve("state/sandbox"))).hasSize(1);
    next.close();
    assertThat(base.resolve("state/sandbox")).isEmptyDirectory();
    assertThat(base.resolve("run")).isEmptyDirectory();
  }

  @Test
  void leavesTheFilesOfALivingEmulatorAlone() throws Exception {
    Process emulator = java(List.of(), base.toString(), "hold", "1");
    Path holding = base.resolve("holding");
    await(() -> Files.exists(holding) || !emulator.isAlive());
    try (SandboxHost second = SandboxHost.open(base.resolve("state"), base.resolve("run"));
        SandboxHost third = SandboxHost.open(base.resolve("state"), base.resolve("run"))) {
      assertThat(second.directory()).isNotEqualTo(third.directory());
      assertThat(names(base.resolve("state/sandbox"))).hasSize(3);
      assertThat(names(base.resolve("run"))).hasSize(3);
    } finally {
      emulator.destroyForcibly().waitFor();
      await(() -> processesOf(base).isEmpty());
    }
  }

  @Test
  void worksForAnOrdinaryUser() throws Exception {
    assumeTrue(ProbeFacts.mode() == Mode.ROOT, "needs root to become another user");
    Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path own = base.resolve("own");
    Process emulator =
        java(
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"),
            own.toString(),
            "check");

    assertThat(emulator.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Path.of(own + ".report"))
        .content(StandardCharsets.UTF_8)
        .isEqualTo("0\ntotal 0\n1001\nkey\nend\n");
  }

  @Test
  void worksOnANoexecFileSystem() throws Exception {
    assumeTrue(ProbeFacts.mode() == Mode.ROOT, "needs root to mount a file system");
    Path own = Files.createDirectory(base.resolve("noexec"));
    Process emulator =
        java(
            List.of(
                "unshare",
                "-m",
                "sh",
                "-c",
                "mount -t tmpfs -o noexec,nosuid,nodev tmpfs " + own + " && exec \"$@\"",
                "sh"),
            own.toString(),
            "check");

    assertThat(emulator.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Path.of(own + ".report"))
        .content(StandardCharsets.UTF_8)
        .isEqualTo("0\ntotal 0\n1001\nkey\nend\n");
  }

  private Process java(List<String> prefix, String... args) throws IOException {
    Path classes = base.resolve("classes");
    List<String> parts = new ArrayList<>();
    // The class path of the build may lie where another user cannot look.
    for (String entry : System.getProperty("java.class.path").split(":", -1)) {
      Path source = Path.of(entry);
      Path target = classes.resolve(parts.size() + "-" + source.getFileName());
      copy(source, target);
      parts.add(target.toString());
    }
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", String.join(":", parts)));
    command.add(SandboxLife.class.getName());
    command.addAll(List.of(args));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(Redirect.appendTo(base.resolve("log").toFile()))
        .start();
  }

  private static void copy(Path source, Path target) throws IOException {
    if (!Files.exists(source)) {
      return;
    }
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Path copy = target.resolve(source.relativize(file).toString());
        Files.createDirectories(Files.isDirectory(file) ? copy : copy.getParent());
        if (Files.isRegularFile(file)) {
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  /**
   * Processes whose command line or root mount names the directory, or that sleep in a pod of it.
   */
  private static List<String> processesOf(Path directory) {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(path -> path.getFileName().toString().matches("\\d+"))
          .filter(path -> !path.getFileName().toString().equals("" + ProcessHandle.current().pid()))
          .filter(path -> mentions(path, directory))
          .map(Path::toString)
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean mentions(Path process, Path directory) {
    try {
      return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
              .contains(directory.toString())
          || Files.readString(process.resolve("mountinfo"), StandardCharsets.ISO_8859_1)
              .contains(directory.toString());
    } catch (IOException e) {
      // It ended while we looked.
      return false;
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(path -> path.getFileName().toString()).toList();
    }
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(condition);
  }
}
