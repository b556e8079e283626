package dev.cocolab.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

class ControlPlaneTest {
  @TempDir private Path folder;

  private static void program(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  /** Programs of this machine that were started with that text among their arguments. */
  private static List<ProcessHandle> running(String text) {
    return ProcessHandle.allProcesses()
        .filter(ProcessHandle::isAlive)
        .filter(handle -> handle.info().commandLine().orElse("").contains(text))
        .toList();
  }

  @Test
  void aStoreThatEndsIsAFailedStartWithItsLastWords() throws IOException {
    program(folder.resolve("etcd"), "echo the disk is on fire >&2; exit 7");

    assertThatThrownBy(() -> ControlPlane.start(new KubeAssets(folder), folder))
        .isInstanceOfSatisfying(
            PeerException.class, e -> assertThat(e.reason()).isEqualTo(PeerException.Reason.ENDED))
        .hasMessage("etcd ended with code 7: the disk is on fire");
  }

  @Test
  void aServerThatEndsTakesItsStoreWithIt() throws Exception {
    // answers GET /health as etcd does, for as long as it is not ended
    program(
        folder.resolve("etcd"),
        "for a in \"$@\"; do case $a in --listen-client-urls=*) port=${a##*:};; esac; done\n"
            + "exec perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalAddr =>"
            + " \"127.0.0.1\", LocalPort => $ARGV[0], Listen => 5, ReuseAddr => 1) or die;"
            + " while ($c = $s->accept) { while (<$c>) { last if /^\\r/ } print $c"
            + " \"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n\";"
            + " close $c }' $port "
            + folder);
    program(folder.resolve("kube-apiserver"), "echo no, thank you >&2; exit 3");

    assertThatThrownBy(() -> ControlPlane.start(new KubeAssets(folder), folder))
        .hasMessage("kube-apiserver ended with code 3: no, thank you");
    assertThat(running(folder.toString())).isEmpty();
  }

  @Test
  void aProgramThatIgnoresItsEndIsEndedByForce() throws Exception {
    Path stubborn = folder.resolve("stubborn");
    program(stubborn, "trap '' TERM; echo ready; while :; do sleep 1 & wait $!; done");
    Program program =
        Program.start(
            List.of(stubborn.toString()), folder.resolve("stubborn.log"), Duration.ofMillis(300));
    program.await(() -> program.logTail().equals("ready"), Duration.ofSeconds(10));

    program.close();

    assertThat(running(stubborn.toString())).isEmpty();
  }

  @Test
  void aProgramThatIsNeverReadyIsNotWaitedForForEver() throws Exception {
    Path slow = folder.resolve("slow");
    program(slow, "exec sleep 60");
    try (Program program = Program.start(List.of(slow.toString()), folder.resolve("slow.log"))) {
      assertThatThrownBy(() -> program.await(() -> false, Duration.ofSeconds(1)))
          .isInstanceOfSatisfying(
              PeerException.class,
              e -> assertThat(e.reason()).isEqualTo(PeerException.Reason.NOT_READY))
          .hasMessageStartingWith("slow was not ready after 1 seconds");
    }
    assertThat(running(slow.toString())).isEmpty();
  }

  /** A program does not outlive the JVM that started it, even one that was killed. */
  @Test
  void aProgramEndsWithItsJvm() throws Exception {
    Path idle = folder.resolve("idle");
    program(idle, "exec sleep 60");
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Starter.class.getName(),
                idle.toString(),
                folder.resolve("idle.log").toString())
            .redirectErrorStream(true)
            .start();
    assertThat(jvm.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("started");
    ProcessHandle program =
        jvm.descendants()
            .filter(handle -> handle.info().commandLine().orElse("").contains("sleep 60"))
            .findFirst()
            .orElseThrow();

    jvm.destroyForcibly().waitFor();

    assertThat(program.onExit().get(10, TimeUnit.SECONDS).isAlive()).isFalse();
  }

  /** Starts a program and waits to be killed. */
  static final class Starter {
    private Starter() {}

    public static void main(String[] arguments) throws Exception {
      Program program = Program.start(List.of(arguments[0]), Path.of(arguments[1]));
      System.out.println(program.runs() ? "started" : "ended");
      program.await(() -> false, Duration.ofMinutes(1));
    }
  }

  @Test
  @EnabledIfEnvironmentVariable(
      named = KubeAssets.VARIABLE,
      matches = ".+",
      disabledReason = KubeAssets.ABSENT)
  void aRealControlPlaneStartsWithItsControllersAndEnds() throws Exception {
    Optional<KubeAssets> assets = KubeAssets.find(System.getenv());

    try (ControlPlane plane = ControlPlane.startWithControllers(assets.orElseThrow(), folder)) {
      Probe admin = new Probe(plane.caPem(), plane.admin());
      assertThat(admin.answers(plane.url().resolve("/readyz"))).isTrue();
      Probe nobody = new Probe(plane.caPem(), plane.client("nobody"));
      assertThat(nobody.answers(plane.url().resolve("/api/v1/nodes"))).isFalse();
      assertThat(Files.readString(plane.kubeconfig())).contains(plane.url().toString());
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(plane.kubeconfig())))
          .isEqualTo("rw-------");
      assertThat(running(folder.toString())).hasSizeGreaterThanOrEqualTo(3);
    }
    assertThat(running(folder.toString())).isEmpty();
  }
}
