package dev.cocolab.azure.sweep;

import static dev.cocolab.azure.fakes.CanaryWatch.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.RunTags;
import dev.cocolab.azure.fakes.CanaryWatch;
import dev.cocolab.azure.fakes.FakeArm;
import dev.cocolab.azure.fakes.FakeAzure;
import dev.cocolab.azure.fakes.FakeHttps.Reply;
import dev.cocolab.azure.sweep.SweepReport.Item;
import dev.cocolab.azure.sweep.SweepReport.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SweeperTest {
  private static final String OTHER_SUBNET = FakeArm.SUBNET.replace("/worker", "/master");

  @RegisterExtension final CanaryWatch watch = new CanaryWatch();
  private final FakeAzure azure = new FakeAzure();

  @AfterEach
  void stop() {
    azure.close();
  }

  private Map<String, String> mine() {
    return new RunTags("run-7", azure.clock.instant().plus(Duration.ofHours(3))).asMap();
  }

  private SweepReport sweep(Optional<String> runId) {
    return azure
        .access()
        .sweeper()
        .sweep(new SweepScope(FakeArm.MANAGED, FakeArm.SUBNET, runId, azure.clock.instant()));
  }

  private SweepReport sweepRun() {
    return sweep(Optional.of("run-7"));
  }

  @Test
  void deletesThisRunsMachinesAndNoOthers() {
    azure.arm.machine("podvm-mine", mine());
    azure.arm.machine("podvm-other-run", new RunTags("run-8", Instant.EPOCH).asMap());
    azure.arm.machine("podvm-other-owner", Map.of("run-id", "run-7", "created-by", "other"));
    azure.arm.machine("podvm-other-subnet", mine(), FakeArm.MANAGED, OTHER_SUBNET);
    azure.arm.machine("podvm-other-group", mine(), "another-group", FakeArm.SUBNET);
    azure.arm.machine("aro-worker-1", mine());

    SweepReport report = sweepRun();

    assertThat(report.with(Outcome.DELETED)).extracting(Item::name).containsExactly("podvm-mine");
    assertThat(azure.arm.machines())
        .containsExactly(
            "podvm-other-run",
            "podvm-other-owner",
            "podvm-other-subnet",
            "podvm-other-group",
            "aro-worker-1");
    assertThat(report.lines())
        .contains(
            "deleted VM podvm-mine: it is of the run run-7",
            "kept VM podvm-other-run: it is of another run",
            "kept VM podvm-other-owner: its tag created-by is not cocolab",
            "kept VM podvm-other-subnet: it is in another subnet",
            "kept VM podvm-other-group: it is in the resource group another-group",
            "sweep: 1 deleted, 4 kept, 0 without tags, 0 failed");
  }

  @Test
  void deletesNothingWithoutTags() {
    azure.arm.machine("podvm-a", Map.of());
    azure.arm.machine("podvm-b", Map.of("team", "x"));
    azure.arm.card("podvm-c-net", Map.of(), FakeArm.SUBNET, false);

    SweepReport ofRun = sweepRun();
    SweepReport expired = sweep(Optional.empty());

    assertThat(azure.arm.https().asked("DELETE", ".*")).isEmpty();
    assertThat(azure.arm.machines()).containsExactly("podvm-a", "podvm-b");
    // A runner that ended between creating and tagging leaves such a VM: a person must hear of it.
    assertThat(ofRun.with(Outcome.UNTAGGED))
        .extracting(Item::name)
        .containsExactly("podvm-a", "podvm-b", "podvm-c-net");
    assertThat(ofRun.lines())
        .contains(
            "not touched VM podvm-a: it has no tag of a run; look at it and delete it by hand if it"
                + " is yours");
    assertThat(expired.with(Outcome.UNTAGGED)).hasSize(3);
  }

  @Test
  void deletesWhatHasExpiredAndIsOurs() {
    Instant now = azure.clock.instant();
    azure.arm.machine("podvm-old", new RunTags("run-1", now.minusSeconds(60)).asMap());
    azure.arm.machine("podvm-young", new RunTags("run-2", now.plusSeconds(3600)).asMap());
    azure.arm.machine(
        "podvm-foreign", Map.of("run-id", "run-3", "expires-at", "2020-01-01T00:00:00Z"));
    azure.arm.machine(
        "podvm-odd", Map.of("created-by", "cocolab", "run-id", "x", "expires-at", "soon"));

    SweepReport report = sweep(Optional.empty());

    assertThat(report.with(Outcome.DELETED)).extracting(Item::name).containsExactly("podvm-old");
    assertThat(report.with(Outcome.KEPT))
        .extracting(Item::detail)
        .containsExactly(
            "it expires at "
                + RunTags.expiryIn(new RunTags("r", now.plusSeconds(3600)).asMap()).orElseThrow(),
            "its tag created-by is not cocolab",
            "its tag expires-at is no time");
  }

  @Test
  void startsAllDeletionsBeforeItWaitsForTheFirst() {
    azure.arm.pollsUntilDone(3);
    azure.arm.machine("podvm-a", mine());
    azure.arm.machine("podvm-b", mine());

    assertThat(sweepRun().clean()).isTrue();

    assertThat(azure.arm.https().asked())
        .extracting(
            asked -> asked.method() + (asked.path().startsWith("/operations") ? " poll" : ""))
        .containsSubsequence("DELETE", "DELETE", "GET poll", "GET poll");
    assertThat(azure.clock.pauses()).containsExactly(Duration.ofSeconds(3), Duration.ofSeconds(3));
    assertThat(azure.arm.machines()).isEmpty();
  }

  @Test
  void waitsWhereAzureThrottlesDeletions() {
    azure.arm.machine("podvm-a", mine());
    azure.arm.fault("DELETE", ".*", Reply.empty(429, Map.of("Retry-After", "31")), 1);

    assertThat(sweepRun().with(Outcome.DELETED)).hasSize(1);
    assertThat(azure.clock.pauses()).contains(Duration.ofSeconds(31));
  }

  @Test
  void triesAgainWhereAMachineIsBusyAndGivesUpInTheEnd() {
    azure.arm.machine("podvm-a", mine());
    Reply busy = FakeArm.error(409, "OperationNotAllowed", "it is being created");
    azure.arm.fault("DELETE", ".*", busy, 2);
    assertThat(sweepRun().with(Outcome.DELETED)).hasSize(1);

    azure.arm.machine("podvm-b", mine());
    azure.arm.fault("DELETE", ".*", busy, 99);
    SweepReport report = sweepRun();

    assertThat(report.clean()).isFalse();
    assertThat(report.with(Outcome.FAILED))
        .extracting(Item::detail)
        .containsExactly("cannot delete podvm-b: OperationNotAllowed: it is being created");
  }

  @Test
  void reportsEachFailureAndDoesTheRest() {
    azure.arm.machine("podvm-denied", mine());
    azure.arm.machine("podvm-forbidden", mine());
    azure.arm.machine("podvm-fails-later", mine());
    azure.arm.machine("podvm-good", mine());
    azure.arm.fault(
        "DELETE",
        ".*/podvm-denied",
        FakeArm.error(403, "DenyAssignmentAuthorizationFailed", "denied"),
        1);
    azure.arm.fault(
        "DELETE", ".*/podvm-forbidden", FakeArm.error(403, "AuthorizationFailed", "no"), 1);
    azure.arm.fault(
        "GET",
        "/operations/podvm-fails-later",
        Reply.json(
            200,
            "{\"status\":\"Failed\",\"error\":{\"code\":\"InternalError\",\"message\":\"disk is stuck\"}}"),
        1);

    SweepReport report = sweepRun();

    assertThat(report.with(Outcome.DELETED)).extracting(Item::name).containsExactly("podvm-good");
    assertThat(report.with(Outcome.FAILED))
        .extracting(Item::name, item -> item.reason().orElseThrow())
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("podvm-denied", Reason.NO_RIGHTS),
            org.assertj.core.groups.Tuple.tuple("podvm-forbidden", Reason.NO_RIGHTS),
            org.assertj.core.groups.Tuple.tuple("podvm-fails-later", Reason.REFUSED));
    assertThat(String.join("\n", report.lines()))
        .contains(
            "the cluster's deny assignment protects its resource group",
            "delete the pods and PeerPod objects and wait, or sign in as the cluster's own identity",
            "this identity lacks the role Virtual Machine Contributor on the resource group"
                + " aro-managed",
            "the operation ended as Failed (InternalError: disk is stuck)",
            "sweep: 1 deleted, 0 kept, 0 without tags, 3 failed");
  }

  @Test
  void countsWhatIsGoneAlreadyAsDeleted() {
    azure.arm.machine("podvm-a", mine());
    azure.arm.fault("DELETE", ".*", FakeArm.error(404, "ResourceNotFound", "gone"), 1);

    assertThat(sweepRun().with(Outcome.DELETED)).hasSize(1);
  }

  @Test
  void doesNotWaitForeverForADeletion() {
    azure.arm.deletionsHang();
    azure.arm.machine("podvm-a", mine());

    SweepReport report = sweepRun();

    assertThat(report.with(Outcome.FAILED))
        .extracting(Item::detail)
        .containsExactly("its deletion was accepted and is not through after 12 minutes");
  }

  @Test
  void theNextRunSweepsWhatThisOneLeaked() {
    RunTags past = new RunTags("run-6", azure.clock.instant().minusSeconds(1));
    azure.arm.machine("podvm-leaked", past.asMap());
    azure.arm.card("podvm-lost-net", past.asMap(), FakeArm.SUBNET, false);
    azure.arm.card("podvm-lost-net-2", past.asMap(), OTHER_SUBNET, false);

    SweepReport report = sweep(Optional.empty());

    assertThat(report.with(Outcome.DELETED))
        .extracting(item -> item.kind() + " " + item.name())
        .containsExactly("VM podvm-leaked", "NIC podvm-lost-net");
    // One is attached as far as this fake goes, the other is in another subnet.
    assertThat(azure.arm.cards()).containsExactly("podvm-leaked-net", "podvm-lost-net-2");
    assertThat(azure.arm.https().asked("DELETE", ".*/podvm-leaked-net")).isEmpty();
  }

  @Test
  void failsWhereItCannotEvenLook() {
    azure.arm.fault("GET", ".*", FakeArm.error(403, "AuthorizationFailed", "no"), 1);

    assertThat(refusal(Reason.NO_RIGHTS, this::sweepRun))
        .hasMessageContaining("the role Reader on the resource group aro-managed");
  }

  @Test
  void reportsTheMachinesAlsoWhenTheCardsCannotBeListed() {
    azure.arm.machine("podvm-a", mine());
    azure.arm.faultAfterOne(
        "GET", ".*/networkInterfaces", FakeArm.error(403, "AuthorizationFailed", "no"));

    SweepReport report = sweepRun();

    assertThat(report.with(Outcome.DELETED)).extracting(Item::name).containsExactly("podvm-a");
    assertThat(report.with(Outcome.FAILED)).extracting(Item::kind).containsExactly("NIC");
  }

  @Test
  void anInterruptInAPauseEndsTheSweep() {
    azure.arm.machine("podvm-a", mine());
    azure.arm.machine("podvm-b", mine());
    azure.arm.fault(
        "DELETE", ".*/podvm-a", FakeArm.error(409, "OperationNotAllowed", "being created"), 1);
    Sweeper sweeper =
        new Sweeper(
            azure.access().control(),
            azure.clock,
            time -> {
              throw new AzureException(Reason.INTERRUPTED, "interrupted");
            },
            Duration.ofMinutes(12));

    refusal(
        Reason.INTERRUPTED,
        () ->
            sweeper.sweep(
                new SweepScope(
                    FakeArm.MANAGED, FakeArm.SUBNET, Optional.of("run-7"), azure.clock.instant())));

    assertThat(azure.arm.https().asked("DELETE", ".*/podvm-b")).isEmpty();
    assertThat(azure.arm.machines()).containsExactly("podvm-a", "podvm-b");
  }
}
