package dev.cocolab.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers recorded from other machines, or taken from public reports of them. */
class ProbeJudgeTest {
  private static final String OPTIONS =
      "--cap-add SYS_ADMIN --cap-add NET_ADMIN --cap-add SYS_PTRACE"
          + " --security-opt seccomp=unconfined --security-opt apparmor=unconfined";
  private static final String OR_CONTAINER =
      ", or in a container: docker build -f Containerfile -t cocolab ."
          + " && docker run --rm --init "
          + OPTIONS
          + " cocolab run";
  private static final String DENIED = "unshare: unshare failed: Operation not permitted";

  @Test
  void isContentWhenAllStepsWorked() {
    assertThat(SandboxHost.probe(facts(null))).isEmpty();
  }

  @Test
  void namesTheLimitThatIsZero() {
    ProbeFacts facts =
        new ProbeFacts(
            Optional.of("unshare: unshare failed: No space left on device"),
            Map.of("max_user_namespaces", 0L, "max_net_namespaces", 15000L),
            OptionalLong.empty(),
            OptionalLong.empty(),
            false,
            0);

    assertThat(SandboxHost.probe(facts))
        .contains(
            new Unfit(
                Unfit.Reason.NAMESPACES_DISABLED,
                "User namespaces are disabled. Run: sudo sysctl -w user.max_user_namespaces=15000"
                    + OR_CONTAINER));
  }

  @Test
  void namesANetworkNamespaceLimit() {
    ProbeFacts facts =
        new ProbeFacts(
            Optional.of("unshare: unshare failed: No space left on device"),
            Map.of("max_user_namespaces", 9L, "max_net_namespaces", 0L),
            OptionalLong.empty(),
            OptionalLong.empty(),
            false,
            0);

    assertThat(SandboxHost.probe(facts).orElseThrow().sentence())
        .endsWith("Run: sudo sysctl -w user.max_net_namespaces=15000" + OR_CONTAINER);
  }

  @Test
  void recognisesTheDebianSwitch() {
    ProbeFacts facts =
        new ProbeFacts(
            Optional.of(DENIED), Map.of(), OptionalLong.of(0), OptionalLong.empty(), false, 0);

    assertThat(SandboxHost.probe(facts).orElseThrow())
        .isEqualTo(
            new Unfit(
                Unfit.Reason.UNPRIVILEGED_NAMESPACES_OFF,
                "User namespaces are only for root here. Run: sudo sysctl -w"
                    + " kernel.unprivileged_userns_clone=1"
                    + OR_CONTAINER));
  }

  @Test
  void recognisesUbuntusRestriction() {
    ProbeFacts facts =
        new ProbeFacts(
            Optional.of("unshare: write failed /proc/self/uid_map: Operation not permitted"),
            Map.of("max_user_namespaces", 63000L),
            OptionalLong.of(1),
            OptionalLong.of(1),
            false,
            0);

    assertThat(SandboxHost.probe(facts).orElseThrow())
        .isEqualTo(
            new Unfit(
                Unfit.Reason.APPARMOR,
                "Ubuntu restricts user namespaces. Run: sudo sysctl -w"
                    + " kernel.apparmor_restrict_unprivileged_userns=0 (or start the emulator with"
                    + " sudo)"
                    + OR_CONTAINER));
  }

  @Test
  void recognisesAContainerWithoutPrivileges() {
    assertThat(SandboxHost.probe(inContainer(DENIED, 2)).orElseThrow())
        .isEqualTo(
            new Unfit(
                Unfit.Reason.CONTAINER,
                "The container runtime forbids namespaces. Start it with: docker run " + OPTIONS));
    assertThat(SandboxHost.probe(inContainer(DENIED, 0)).orElseThrow().reason())
        .isEqualTo(Unfit.Reason.CONTAINER);
  }

  @Test
  void recognisesAMaskedProc() {
    assertThat(
            SandboxHost.probe(inContainer("mount: proc on /proc: Operation not permitted", 0))
                .orElseThrow())
        .isEqualTo(
            new Unfit(
                Unfit.Reason.MASKED_PROC,
                "The container runtime masks /proc. Start it with: docker run " + OPTIONS));
    assertThat(SandboxHost.probe(inContainer("mount: permission denied", 0)).orElseThrow().reason())
        .isEqualTo(Unfit.Reason.MASKED_PROC);
  }

  @Test
  void namesThePackageWithoutPerl() {
    assertThat(SandboxHost.probe(facts(ProbeFacts.PERL_MISSING + " (error=2)")).orElseThrow())
        .isEqualTo(new Unfit(Unfit.Reason.NO_PERL, ProbeFacts.PERL_MISSING));
  }

  @Test
  void asksForANewerKernel() {
    assertThat(
            SandboxHost.probe(facts("mount: /dev/null: Function not implemented"))
                .orElseThrow()
                .reason())
        .isEqualTo(Unfit.Reason.KERNEL_TOO_OLD);
    assertThat(
            SandboxHost.probe(facts("mount: overlay on /x/root: No such device"))
                .orElseThrow()
                .reason())
        .isEqualTo(Unfit.Reason.OVERLAY);
  }

  @Test
  void keepsAnUnknownFailureReadable() {
    assertThat(SandboxHost.probe(facts("fork: Cannot allocate memory")).orElseThrow())
        .satisfies(
            unfit -> {
              assertThat(unfit.reason()).isEqualTo(Unfit.Reason.UNKNOWN);
              assertThat(unfit.sentence()).contains("Cannot allocate memory", "as root");
            });
  }

  @Test
  void gathersTheFactsOfThisMachine(@TempDir Path scratch) {
    ProbeFacts facts = ProbeFacts.gather(scratch);

    assertThat(facts.limits()).containsKey("max_user_namespaces");
    assertThat(scratch).isEmptyDirectory();
  }

  private static ProbeFacts facts(String failure) {
    return new ProbeFacts(
        Optional.ofNullable(failure),
        Map.of(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        false,
        0);
  }

  private static ProbeFacts inContainer(String failure, int seccomp) {
    return new ProbeFacts(
        Optional.of(failure), Map.of(), OptionalLong.empty(), OptionalLong.empty(), true, seccomp);
  }

  @Test
  void tryingMakesNothingInTheFolder(@TempDir Path scratch) throws IOException {
    FileTime before = FileTime.from(Instant.EPOCH);
    Files.setLastModifiedTime(scratch, before);

    ProbeFacts.gather(scratch);

    // A file made and removed again would have changed the folder's time.
    assertThat(Files.getLastModifiedTime(scratch)).isEqualTo(before);
  }
}
