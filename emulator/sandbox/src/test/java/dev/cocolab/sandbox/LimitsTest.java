package dev.cocolab.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.sandbox.SandboxFixture.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a container that takes all it can get does get, and what its neighbours keep. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitsTest {
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

  private ContainerSpec perl(String program) {
    return ContainerSpec.of("c", List.of(lab.layer()), List.of("perl", "-e", program));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1001})
  void boundsProcessesOfOneContainerAndLeavesThoseOfOthers(int uid) throws IOException {
    assumeTrue(
        !lab.host().usesRealUserIds() || uid != 0 || isKernelAtLeast(6, 14),
        "before Linux 6.14 nothing bounds the processes of user 0");
    String bomb =
        "$|=1; while (1) { my $p = fork; last unless defined $p; $p or do { sleep 100; exit };"
            + " $n++ } print \"$n $!\\n\"; sleep 100;";
    try (PodSandbox pod = lab.pod()) {
      SandboxContainer bombed = pod.start(perl(bomb).withUser(uid, 0));
      String[] said = SandboxFixture.line(bombed.stdout()).split(" ", 2);

      assertThat(Integer.parseInt(said[0])).as("children").isBetween(500, 1024);
      assertThat(said[1]).isEqualTo("Resource temporarily unavailable");
      assertThat(lab.run(perl("fork or exit; wait; print 'forked'").withUser(uid, 0)).out())
          .as("another pod, meanwhile")
          .isEqualTo("forked");
      Outcome second = SandboxFixture.outcome(pod.start(perl("print 'started'").withUser(uid, 0)));
      assertThat(second.out()).as("another container of the same pod").isEqualTo("started");
    }
  }

  private static boolean isKernelAtLeast(int major, int minor) {
    Matcher version =
        Pattern.compile("(\\d+)\\.(\\d+).*").matcher(System.getProperty("os.version"));
    if (!version.matches()) {
      return false;
    }
    int found = Integer.parseInt(version.group(1));
    return found > major || (found == major && Integer.parseInt(version.group(2)) >= minor);
  }

  @ParameterizedTest
  @CsvSource({"0, true", "0, false", "1001, true", "1001, false"})
  void filtersSystemCallsOfEveryUserInProgramsAndCommands(int uid, boolean noNewPrivileges)
      throws IOException {
    ContainerSpec spec = perl("$|=1; print `grep Seccomp_filters: /proc/self/status`; sleep 100");
    ContainerSpec asked =
        new ContainerSpec(
            spec.id(),
            spec.layers(),
            spec.mounts(),
            spec.args(),
            spec.env(),
            spec.cwd(),
            uid,
            0,
            spec.supplementalGroups(),
            false,
            spec.capabilities(),
            noNewPrivileges);
    // The build itself may run in a container, whose filters are inherited.
    int inherited = filters(Files.readString(Path.of("/proc/self/status")));
    try (PodSandbox pod = lab.pod()) {
      SandboxContainer container = pod.start(asked);
      assertThat(filters(SandboxFixture.line(container.stdout()))).isGreaterThan(inherited);
      SandboxExec command =
          container.exec(
              new ExecSpec(
                  List.of("grep", "Seccomp_filters:", "/proc/self/status"),
                  spec.env(),
                  false,
                  Optional.empty()));
      assertThat(filters(SandboxFixture.line(command.stdout()))).isGreaterThan(inherited);
    }
  }

  private static int filters(String status) {
    Matcher count = Pattern.compile("Seccomp_filters:\\s*(\\d+)").matcher(status);
    assertThat(count.find()).as(status).isTrue();
    return Integer.parseInt(count.group(1));
  }

  @Test
  void leavesTheMachinesOwnLimitOfProcesses() throws IOException {
    Path limit = Path.of("/proc/sys/kernel/pid_max");
    String before = Files.readString(limit);
    String inside = lab.run(lab.shell("cat /proc/sys/kernel/pid_max")).out();

    assertThat(Files.readString(limit)).isEqualTo(before);
    if (isKernelAtLeast(6, 14)) {
      assertThat(inside).isEqualTo("1024\n");
    }
  }

  @Test
  void boundsOpenDescriptors() {
    Outcome outcome =
        lab.run(perl("while (open($h[$n], '<', '/dev/null')) { $n++ } print \"$n $!\""));

    String[] said = outcome.out().split(" ", 2);
    assertThat(Integer.parseInt(said[0])).isBetween(100, 16384);
    assertThat(said[1]).isEqualTo("Too many open files");
  }

  @Test
  void boundsTheLengthOfAFile() throws IOException {
    Path volume = Files.createDirectory(lab.base().resolve("long"));
    // A hole, so that the test itself fills no disk.
    Outcome outcome =
        lab.run(
            perl("open(F, '>', '/data/f'); sysseek(F, 2**31, 0); syswrite(F, 'x') or print $!")
                .withMounts(List.of(new Mount(volume, "/data", false))));

    assertThat(outcome.out()).isEqualTo("File too large");
    assertThat(volume.resolve("f")).isEmptyFile();
  }

  @Test
  void boundsFilesInMemoryByBytes() {
    Outcome outcome = lab.run(lab.shell("head -c 70000000 /dev/zero > /dev/shm/f"));

    assertThat(outcome.err()).contains("No space left on device");
  }

  @Test
  void boundsFilesInMemoryByNumber() {
    Outcome outcome =
        lab.run(perl("while (open(F, '>', \"/dev/shm/f$n\")) { $n++ } print \"$n $!\""));

    assertThat(outcome.out()).matches("16\\d{3} No space left on device");
  }

  @Test
  void isTheFirstToEndWhenMemoryRunsOut() {
    assertThat(lab.run(lab.shell("cat /proc/self/oom_score_adj")).out()).isEqualTo("1000\n");
  }
}
