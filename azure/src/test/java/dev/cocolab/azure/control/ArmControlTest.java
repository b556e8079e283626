package dev.cocolab.azure.control;

import static dev.cocolab.azure.fakes.CanaryWatch.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.RunTags;
import dev.cocolab.azure.Transport;
import dev.cocolab.azure.fakes.CanaryWatch;
import dev.cocolab.azure.fakes.FakeArm;
import dev.cocolab.azure.fakes.FakeAzure;
import dev.cocolab.azure.fakes.FakeHttps.Asked;
import dev.cocolab.azure.fakes.FakeHttps.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArmControlTest {
  private static final String CLUSTER = ".*/openShiftClusters/lab";

  @RegisterExtension final CanaryWatch watch = new CanaryWatch();
  private final FakeAzure azure = new FakeAzure();
  private final CloudControl control = azure.access().control();

  @AfterEach
  void stop() {
    azure.close();
  }

  @Test
  void readsTheCluster() {
    AroCluster cluster = control.cluster();

    assertThat(cluster.state()).isEqualTo("Succeeded");
    assertThat(cluster.region()).isEqualTo("eastus");
    assertThat(cluster.version()).isEqualTo("4.18.30");
    assertThat(cluster.managedResourceGroup()).isEqualTo(FakeArm.MANAGED);
    assertThat(cluster.workerSubnet()).contains(FakeArm.SUBNET);
    Asked asked = azure.arm.https().asked("GET", CLUSTER).get(0);
    assertThat(asked.query()).containsEntry("api-version", "2023-11-22");
    assertThat(asked.path()).isEqualTo(azure.config().clusterId());
  }

  @Test
  void getsTheKubeconfigAndSaysNothingOfIt(@TempDir Path folder) throws Exception {
    AdminKubeconfig kubeconfig = control.adminKubeconfig();
    Path file = folder.resolve("kubeconfig");
    kubeconfig.writeTo(file);

    assertThat(new String(kubeconfig.bytes(), StandardCharsets.UTF_8))
        .isEqualTo(FakeArm.KUBECONFIG);
    assertThat(kubeconfig.toString()).isEqualTo("AdminKubeconfig");
    assertThat(Files.readString(file)).isEqualTo(FakeArm.KUBECONFIG);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    refusal(Reason.REFUSED, () -> kubeconfig.writeTo(file));
  }

  @Test
  void saysNothingOfAKubeconfigThatItCannotRead() {
    azure.arm.fault("POST", ".*", Reply.json(200, "{\"kubeconfig\":\"%CANARY%\"}"), 1);
    assertThat(refusal(Reason.UNREADABLE, control::adminKubeconfig))
        .hasMessage("the cluster's admin credentials are not readable");

    azure.arm.fault("POST", ".*", Reply.json(200, "{\"kubeconfig\":\"CANARY"), 1);
    assertThat(refusal(Reason.UNREADABLE, control::adminKubeconfig))
        .hasMessage("127.0.0.1 answered with something that is no JSON");
  }

  @Test
  void getsANewTokenWhenTheOldOneEndsInMidRun() {
    control.cluster();

    azure.entra.revokeAll();

    assertThat(control.cluster().state()).isEqualTo("Succeeded");
    assertThat(azure.entra.tokens()).isEqualTo(2);
    assertThat(azure.arm.https().asked("GET", CLUSTER)).hasSize(3);
  }

  @Test
  void givesUpWhenANewTokenIsRefusedToo() {
    azure.arm.fault("GET", CLUSTER, FakeArm.error(401, "InvalidAuthenticationToken", "no"), 9);

    assertThat(refusal(Reason.NO_IDENTITY, control::cluster))
        .hasMessage(
            "cannot read the cluster lab: Azure refuses the token, also a new one"
                + " (InvalidAuthenticationToken); sign in again");
    assertThat(azure.entra.tokens()).isEqualTo(2);
  }

  @Test
  void namesTheRoleThatIsMissing() {
    azure.arm.fault("POST", ".*", FakeArm.error(403, "AuthorizationFailed", "no"), 1);
    assertThat(refusal(Reason.NO_RIGHTS, control::adminKubeconfig))
        .hasMessageContaining(
            "this identity lacks"
                + " Microsoft.RedHatOpenShift/openShiftClusters/listAdminCredentials/action");

    azure.arm.fault("GET", ".*/usages", FakeArm.error(403, "AuthorizationFailed", "no"), 1);
    assertThat(refusal(Reason.NO_RIGHTS, () -> control.quotas("eastus")))
        .hasMessageContaining("this identity lacks the role Reader on the subscription");
  }

  @Test
  void waitsAsLongAsAzureAsks() {
    azure.arm.fault("GET", CLUSTER, Reply.empty(429, Map.of("Retry-After", "17")), 2);

    assertThat(control.cluster().state()).isEqualTo("Succeeded");
    assertThat(azure.clock.pauses())
        .containsExactly(Duration.ofSeconds(17), Duration.ofSeconds(17));
  }

  @Test
  void doesNotWaitForAStormToEnd() {
    azure.arm.fault("GET", CLUSTER, Reply.empty(429, Map.of("Retry-After", "100")), 99);

    assertThat(refusal(Reason.THROTTLED, control::cluster))
        .hasMessageStartingWith("cannot read the cluster lab: Azure throttles");
    assertThat(azure.clock.pauses()).hasSize(3); // 300 s are its patience
  }

  @Test
  void asksAgainWhenAzureIsDown() {
    azure.arm.fault("GET", CLUSTER, FakeArm.error(503, "ServerBusy", "later"), 1);
    assertThat(control.cluster().state()).isEqualTo("Succeeded");

    azure.arm.fault("GET", CLUSTER, FakeArm.error(503, "ServerBusy", "later"), 9);
    assertThat(refusal(Reason.UNREACHABLE, control::cluster)).hasMessageContaining("ServerBusy");
  }

  @Test
  void namesTheHostWhenItIsGoneInMidScenario() {
    control.cluster();

    azure.arm.close();

    assertThat(refusal(Reason.UNREACHABLE, control::cluster)).hasMessageStartingWith("127.0.0.1: ");
    assertThat(azure.clock.pauses()).hasSize(2);
  }

  @Test
  void doesNotWaitForAnAnswerThatStalls() {
    azure.arm.fault("POST", ".*", Reply.stalled(), 9);
    ArmClient arm =
        new ArmClient(
            azure.config().endpoints().arm(),
            "scope",
            azure.access().identity(),
            new dev.cocolab.azure.Https(azure.transport()),
            azure.clock,
            Duration.ofSeconds(1));

    assertThat(
            refusal(
                Reason.UNREACHABLE,
                () -> arm.ask(ArmRequest.post("/x", "x", "x").taking(Duration.ofMillis(700)))))
        .hasMessage("127.0.0.1: no answer within 0 s");
  }

  @Test
  void trustsNoStrangersCertificate() {
    assertThat(
            refusal(
                Reason.UNREACHABLE,
                () ->
                    new ArmControl(
                            azure.config(),
                            azure.access().identity(),
                            Transport.standard(),
                            azure.clock,
                            Duration.ofSeconds(1))
                        .cluster()))
        .hasMessage(
            "127.0.0.1: TLS failed; its certificate is not trusted here, or a proxy is in between");
  }

  @Test
  void readsAllPages() {
    for (int i = 0; i < 5; i++) {
      azure.arm.machine("podvm-" + i, Map.of());
    }

    assertThat(control.podMachines(FakeArm.MANAGED).machines()).hasSize(5);
    assertThat(azure.arm.https().asked("GET", ".*/virtualMachines")).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example/x", "http://127.0.0.1/x", "::"})
  void sendsItsTokenToNobodyElse(String link) {
    for (int i = 0; i < 3; i++) {
      azure.arm.machine("podvm-" + i, Map.of());
    }
    azure.arm.nextLinks(ignored -> link);

    assertThat(refusal(Reason.UNREADABLE, () -> control.podMachines(FakeArm.MANAGED)))
        .hasMessageStartingWith("Azure named an address");
  }

  @Test
  void leavesAListThatGoesInCircles() {
    for (int i = 0; i < 3; i++) {
      azure.arm.machine("podvm-" + i, Map.of());
    }
    azure.arm.nextLinks(link -> link.replaceFirst("from=\\d+", "from=0"));

    assertThat(refusal(Reason.UNREADABLE, () -> control.podMachines(FakeArm.MANAGED)))
        .hasMessageContaining("does not end");
  }

  @Test
  void takesStockOfPodVms() {
    azure.arm.machine("podvm-app-1a2b3c4d", Map.of("run-id", "run-7"));
    azure.arm.machine("aro-master-0", Map.of());

    PodMachines found = control.podMachines(FakeArm.MANAGED);

    assertThat(found.machines()).hasSize(1);
    PodMachines.PodMachine machine = found.machines().get(0);
    assertThat(machine.name()).isEqualTo("podvm-app-1a2b3c4d");
    assertThat(machine.size()).isEqualTo("Standard_DC2as_v5");
    assertThat(machine.tags()).isEqualTo(Map.of(RunTags.RUN_ID, "run-7"));
    assertThat(machine.subnet()).contains(FakeArm.SUBNET);
    assertThat(machine.confidential()).isTrue();
    assertThat(machine.created()).contains(Instant.parse("2026-11-30T20:00:00.123456700Z"));
    assertThat(found.cards())
        .extracting(card -> card.name())
        .containsExactly("podvm-app-1a2b3c4d-net");
  }

  @Test
  void knowsSizesTheirTeeAndTheirRestrictions() {
    azure.arm.size("Standard_DC2es_v5", "TDX", "NotAvailableForSubscription");

    assertThat(
            control.sizes(
                "eastus", Set.of("Standard_DC2as_v5", "Standard_DC2es_v5", "Standard_DC2es_v6")))
        .containsExactly(
            new OfferedSize(
                "Standard_DC2as_v5",
                "standardDCASv5Family",
                2,
                Optional.of("SNP"),
                Optional.empty()),
            new OfferedSize(
                "Standard_DC2es_v5",
                "standardDCESv5Family",
                2,
                Optional.of("TDX"),
                Optional.of("NotAvailableForSubscription")));
    assertThat(azure.arm.https().asked("GET", ".*/skus").get(0).query())
        .containsEntry("$filter", "location eq 'eastus'");
  }

  @Test
  void refusesNamesThatWouldLeaveTheirPlace() {
    assertThat(refusal(Reason.UNREADABLE, () -> control.podMachines("a/../../b")))
        .hasMessage("'a/../../b' is no name");
    refusal(Reason.UNREADABLE, () -> control.hasNatGateway("/subscriptions/x"));
  }
}
