package dev.cocolab.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.sandbox.SandboxFixture.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SandboxContainerTest {
  private SandboxFixture lab;

  @BeforeAll
  void open() throws IOException {
    lab = SandboxFixture.open();
  }

  @AfterAll
  void close() {
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void keepsStandardOutputAndErrorApart() {
    Outcome outcome = lab.run(lab.shell("echo out; echo err >&2; echo dev > /dev/stderr"));

    assertThat(outcome).isEqualTo(new Outcome(0, "out\n", "err\ndev\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "exit 0,0",
    "exit 7,7",
    "exit 255,255",
    "sh -c 'kill -9 $$',137",
    "kill -TERM 1; exit 3,3"
  })
  void reportsExitCodesAsAShellDoes(String script, int code) {
    assertThat(lab.run(lab.shell(script)).code()).isEqualTo(code);
  }

  @Test
  void reportsAKilledFirstProcessAs137() {
    try (PodSandbox pod = lab.pod()) {
      SandboxContainer container = pod.start(lab.shell("sleep 100"));
      container.signal(SandboxContainer.SIGKILL);

      assertThat(SandboxFixture.outcome(container).code()).isEqualTo(137);
    }
  }

  @Test
  void refusesAMissingProgramByName() {
    try (PodSandbox pod = lab.pod()) {
      ContainerSpec missing = ContainerSpec.of("c", List.of(lab.layer()), List.of("no-such-thing"));

      assertThatThrownBy(() -> pod.start(missing))
          .isInstanceOfSatisfying(
              SandboxException.class,
              e -> assertThat(e.reason()).isEqualTo(SandboxException.Reason.PROGRAM_NOT_FOUND))
          .hasMessage("exec: \"no-such-thing\": executable file not found in $PATH");
    }
  }

  @Test
  void refusesAFileThatIsNoProgram() {
    try (PodSandbox pod = lab.pod()) {
      ContainerSpec text = ContainerSpec.of("c", List.of(lab.layer()), List.of("/bin/no-program"));

      assertThatThrownBy(() -> pod.start(text))
          .isInstanceOfSatisfying(
              SandboxException.class,
              e ->
                  assertThat(e.reason()).isEqualTo(SandboxException.Reason.PROGRAM_NOT_EXECUTABLE));
    }
  }

  @Test
  void handsOverEnvironmentAndWorkingDirectory() {
    ContainerSpec plain = lab.shell("echo \"$GREETING\"; pwd");
    ContainerSpec spec =
        new ContainerSpec(
            "c",
            plain.layers(),
            List.of(),
            plain.args(),
            Map.of("PATH", "/bin", "GREETING", "grüß\ngott"),
            "/srv/dir",
            0,
            0,
            List.of(),
            false,
            Set.of(),
            true);

    assertThat(lab.run(spec).out()).isEqualTo("grüß\ngott\n/srv/dir\n");
  }

  @Test
  void showsTheNamesOfThePod() {
    Outcome outcome = lab.run(lab.shell("cat /etc/hostname /proc/sys/kernel/hostname /etc/hosts"));

    assertThat(outcome.out())
        .startsWith("testhost\ntesthost\n# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n")
        .endsWith("127.9.9.9\tsome.where\n");
  }

  @Test
  void runsAsTheUserAskedForWithoutCapabilities() {
    Outcome outcome =
        lab.run(
            lab.shell("id -u; id -g; cat /proc/self/status; echo mine > /own; ls -ln /own")
                .withUser(1001, 0));

    assertThat(outcome.out())
        .startsWith("1001\n0\n")
        .contains("CapEff:\t0000000000000000", "NoNewPrivs:\t1");
  }

  @Test
  void leavesUserZeroOnlyTheUsualCapabilities() {
    Outcome outcome = lab.run(lab.shell("cat /proc/self/status; mount -t tmpfs none /bin; id -u"));

    assertThat(outcome.out())
        .contains("CapEff:\t00000000000005fb", "CapBnd:\t00000000000005fb")
        .endsWith("\n0\n");
    assertThat(outcome.err()).contains("permission denied");
  }

  @Test
  void masksWhatWouldReachTheHost() {
    Outcome outcome =
        lab.run(
            lab.shell(
                "echo 1 > /proc/sys/kernel/panic; cat /proc/timer_list /proc/keys;"
                    + " ls /sys/firmware; ls /proc"));

    assertThat(outcome.err()).contains("/proc/sys/kernel/panic: Read-only file system");
    assertThat(outcome.out().lines().filter(line -> line.matches("\\d+")))
        .as("processes in sight")
        .hasSizeLessThan(4);
  }

  @Test
  void keepsTheLayerUnchanged() {
    Outcome outcome = lab.run(lab.shell("echo changed > /etc/passwd; touch /new; cat /etc/passwd"));

    assertThat(outcome.out()).isEqualTo("changed\n");
    assertThat(lab.layer().resolve("etc/passwd")).content().startsWith("root:");
    assertThat(lab.layer().resolve("new")).doesNotExist();
  }

  @Test
  void refusesWritesToAReadOnlyRootButNotToItsMounts() throws IOException {
    Path volume = Files.createDirectory(lab.base().resolve("rw-volume"));
    Outcome outcome =
        lab.run(
            lab.shell("echo x > /root-file; echo y > /data/file")
                .withMounts(List.of(new Mount(volume, "/data", false)))
                .withReadOnlyRoot());

    assertThat(outcome.err()).contains("/root-file: Read-only file system");
    assertThat(volume.resolve("file")).hasContent("y");
  }

  @Test
  void mountsFilesAndDirectoriesReadOnly() throws IOException {
    Path volume = Files.createDirectory(lab.base().resolve("ro-volume"));
    Files.writeString(volume.resolve("key"), "secret");
    Outcome outcome =
        lab.run(
            lab.shell("cat /etc/keys/key /one/file; echo z > /etc/keys/key; echo z > /one/file")
                .withMounts(
                    List.of(
                        new Mount(volume, "/etc/keys", true),
                        new Mount(volume.resolve("key"), "/one/file", true))));

    assertThat(outcome.out()).isEqualTo("secretsecret");
    assertThat(outcome.err())
        .contains("/etc/keys/key: Read-only file system", "/one/file: Read-only file system");
  }

  @Test
  void resolvesHostileLinksInsideTheRoot() throws IOException {
    Path outside = Files.createDirectory(lab.base().resolve("outside"));
    Path hostile = Files.createDirectory(lab.base().resolve("hostile"));
    Files.createSymbolicLink(hostile.resolve("data"), outside);
    Files.createSymbolicLink(hostile.resolve("up"), Path.of("../../../.." + outside));
    Path volume = Files.createDirectory(lab.base().resolve("link-volume"));
    ContainerSpec plain = lab.shell("echo in > /data/a; echo in > /up/b");
    ContainerSpec spec =
        new ContainerSpec(
            "c",
            List.of(lab.layer(), hostile),
            List.of(new Mount(volume, "/data", false), new Mount(volume, "/up/deeper", false)),
            plain.args(),
            plain.env(),
            "/",
            0,
            0,
            List.of(),
            false,
            Set.of(),
            true);
    try (PodSandbox pod = lab.pod()) {
      assertThatThrownBy(() -> pod.start(spec)).isInstanceOf(SandboxException.class);
    }

    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void letsAHandlerOfSigtermDecide() throws IOException {
    try (PodSandbox pod = lab.pod()) {
      SandboxContainer container =
          pod.start(lab.shell("trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done"));
      assertThat(SandboxFixture.line(container.stdout())).isEqualTo("ready");

      assertThat(container.stop(Duration.ofSeconds(10)).toCompletableFuture().join()).isEqualTo(3);
    }
  }

  @Test
  void killsAfterTheGracePeriod() throws IOException {
    try (PodSandbox pod = lab.pod()) {
      SandboxContainer container =
          pod.start(lab.shell("trap '' TERM; echo ready; while :; do sleep 0.05; done"));
      assertThat(SandboxFixture.line(container.stdout())).isEqualTo("ready");

      assertThat(container.stop(Duration.ofMillis(200)).toCompletableFuture().join())
          .isEqualTo(137);
    }
  }

  @Test
  void sharesMemoryVolumesAndLoopbackButNotProcesses() throws IOException {
    Path volume = Files.createDirectory(lab.base().resolve("memory"));
    PodSandboxSpec spec =
        new PodSandboxSpec(
            "shared", "h", List.of(), List.of(), "", List.of(new MemoryVolume(volume, 1 << 20)));
    SandboxContainer first;
    try (PodSandbox pod = lab.host().createPod(spec)) {
      List<Mount> mounts = List.of(new Mount(volume, "/m", false));
      first = pod.start(lab.shell("echo hello > /m/file; echo done; sleep 100").withMounts(mounts));
      assertThat(SandboxFixture.line(first.stdout())).isEqualTo("done");
      Outcome second =
          SandboxFixture.outcome(
              pod.start(lab.shell("cat /m/file; ls -d /proc/[0-9]*").withMounts(mounts)));

      assertThat(second.out()).startsWith("hello\n/proc/1\n");
      assertThat(volume).as("the host's view").isEmptyDirectory();
    }
    assertThat(first.exited().toCompletableFuture().orTimeout(5, TimeUnit.SECONDS).join())
        .isEqualTo(137);
  }

  @Test
  void runsFurtherProcessesInAContainer() throws IOException {
    try (PodSandbox pod = lab.pod()) {
      SandboxContainer container =
          pod.start(lab.shell("echo x > /dev/shm/mark; echo ready; sleep 100").withUser(1001, 0));
      assertThat(SandboxFixture.line(container.stdout())).isEqualTo("ready");

      Outcome outcome =
          SandboxFixture.outcome(
              container.exec(
                  List.of("sh", "-c", "cat /dev/shm/mark; id -u; cat /proc/self/status; exit 4")));

      assertThat(outcome.code()).isEqualTo(4);
      assertThat(outcome.out())
          .startsWith("x\n1001\n")
          .contains("CapEff:\t0000000000000000", "NoNewPrivs:\t1");
    }
  }

  @Test
  void refusesContainersOfAnEndedPod() {
    PodSandbox pod = lab.pod();
    pod.close();

    assertThatThrownBy(() -> pod.start(lab.shell("id")))
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> assertThat(e.reason()).isEqualTo(SandboxException.Reason.CLOSED));
  }

  @Test
  void refusesCapabilitiesThatReachTheHost() {
    assertThat(Capability.of("cap_chown")).isEqualTo(Capability.CHOWN);
    assertThatThrownBy(() -> Capability.of("SYS_ADMIN"))
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> assertThat(e.reason()).isEqualTo(SandboxException.Reason.CAPABILITY));
  }
}
