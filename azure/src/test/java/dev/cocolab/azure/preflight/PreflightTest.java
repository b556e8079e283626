package dev.cocolab.azure.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.azure.AroConfig;
import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.RunTags;
import dev.cocolab.azure.blobs.AzureRunContainer;
import dev.cocolab.azure.control.ArmControl;
import dev.cocolab.azure.control.AroCluster;
import dev.cocolab.azure.fakes.CanaryWatch;
import dev.cocolab.azure.fakes.FakeArm;
import dev.cocolab.azure.fakes.FakeAzure;
import dev.cocolab.azure.fakes.FakeBlobs;
import dev.cocolab.azure.fakes.FakeHttps.Reply;
import dev.cocolab.azure.identity.CloudIdentity;
import dev.cocolab.azure.preflight.CheckLine.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PreflightTest {
  @RegisterExtension final CanaryWatch watch = new CanaryWatch();
  private final FakeAzure azure = new FakeAzure();
  private final FakeBlobs blobs = new FakeBlobs(azure.tls, azure.entra);
  private ApiServerProbe apiServer = uri -> {};
  private OperatorCatalogue catalogue = Optional::empty;
  private Duration eachCheck = Duration.ofSeconds(30);

  @BeforeEach
  void pointAtTheBlobs() {
    azure.set("COCOLAB_AZURE_BLOB_ENDPOINT", blobs.endpoint());
  }

  @AfterEach
  void stop() {
    blobs.close();
    azure.close();
  }

  private PreflightReport run() {
    return run(azure.access().identity());
  }

  private PreflightReport run(CloudIdentity identity) {
    AroConfig config = azure.config();
    List<String> told = new ArrayList<>();
    PreflightReport report =
        new Preflight(
                config,
                identity,
                new ArmControl(
                    config, identity, azure.transport(), azure.clock, Duration.ofSeconds(10)),
                apiServer,
                new AzureRunContainer(
                    config, identity, azure.transport(), azure.clock, "cocolab-preflight", "run-7"),
                catalogue,
                azure.clock,
                eachCheck)
            .run(told::add);
    assertThat(report.lines()).extracting(CheckLine::name).isEqualTo(Preflight.CHECKS);
    assertThat(told).isEqualTo(report.lines().stream().map(CheckLine::line).toList());
    assertThat(told).noneMatch(line -> line.contains("CANARY") || line.contains("\n"));
    return report;
  }

  @Test
  void saysOneLineAboutEachCheck() {
    PreflightReport report = run();

    assertThat(report.lines())
        .extracting(CheckLine::line)
        .containsExactly(
            "identity: ok: GitHub Actions, client aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
            "cluster: ok: Succeeded, in eastus",
            "API server: ok: 127.0.0.1",
            "OpenShift version: ok: 4.18.30",
            "VM sizes: ok: Standard_DC2as_v5 (SNP), Standard_DC2es_v5 (TDX)",
            "quota: ok: standardDCASv5Family has 90 of 4 vCPUs free, standardDCESv5Family has 90 of"
                + " 4 vCPUs free",
            "NAT gateway: ok: on the workers' subnet",
            "earlier pod VMs: ok: none",
            "blob account: ok: labaccount is writable",
            "operators' catalogue: ok: the operators can be installed");
    assertThat(report.passed()).isTrue();
    assertThat(blobs.containers()).isEmpty(); // its own container is gone again
  }

  static Stream<Arguments> troubles() {
    return Stream.of(
        trouble(
            "cluster",
            test -> test.azure.arm.cluster(Optional.of("Updating"), Optional.empty()),
            "its state is Updating; wait until the cluster is Succeeded"),
        trouble(
            "API server",
            test ->
                test.apiServer =
                    uri -> {
                      throw new IOException("CANARY");
                    },
            "127.0.0.1 does not take connections; check the network"),
        trouble(
            "OpenShift version",
            test -> test.azure.arm.cluster(Optional.empty(), Optional.of("4.18.29")),
            "'4.18.29' is older than 4.18.30 or no version; upgrade the cluster"),
        trouble(
            "VM sizes",
            test -> test.azure.arm.withoutSize("Standard_DC2es_v5"),
            "eastus does not offer Standard_DC2es_v5; set COCOLAB_ARO_SNP_SIZE or"
                + " COCOLAB_ARO_TDX_SIZE to a size that the region has"),
        trouble(
            "VM sizes",
            test -> test.azure.arm.size("Standard_DC2as_v5", "SNP", "NotAvailableForSubscription"),
            "Standard_DC2as_v5 is closed to this subscription (NotAvailableForSubscription)"),
        trouble(
            "VM sizes",
            test -> test.azure.set("COCOLAB_ARO_SNP_SIZE", "Standard_D2s_v5"),
            "Standard_D2s_v5 has no confidential VM"),
        trouble(
            "quota",
            test -> test.azure.arm.quota(13),
            "standardDCASv5Family has 3 of 4 vCPUs free"),
        trouble(
            "NAT gateway",
            test -> test.azure.arm.natGateway(false),
            "the workers' subnet has none; attach one"),
        trouble(
            "earlier pod VMs",
            test ->
                test.azure.arm.machine("podvm-old", new RunTags("run-6", Instant.EPOCH).asMap()),
            "1 pod VMs are there: podvm-old; run 'cocolab azure sweep --expired'"),
        trouble(
            "blob account",
            test -> test.blobs.refuse(403, "AuthorizationPermissionMismatch"),
            "this identity lacks the role Storage Blob Data Contributor on the storage account"
                + " labaccount"),
        trouble(
            "operators' catalogue",
            test -> test.catalogue = () -> Optional.of("redhat-operators is not READY"),
            "redhat-operators is not READY; look at the catalogue sources"),
        trouble(
            "operators' catalogue",
            test ->
                test.catalogue =
                    () -> {
                      throw new AzureException(Reason.UNREACHABLE, "the cluster does not answer");
                    },
            "the cluster does not answer"));
  }

  private static Arguments trouble(
      String check, java.util.function.Consumer<PreflightTest> cause, String line) {
    return Arguments.of(check, cause, line);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("troubles")
  void namesEachTroubleAndItsRemedyAndMakesTheOtherChecks(
      String check, java.util.function.Consumer<PreflightTest> cause, String line) {
    cause.accept(this);

    PreflightReport report = run();

    assertThat(report.passed()).isFalse();
    assertThat(report.lines().stream().filter(one -> one.outcome() != Outcome.OK))
        .extracting(CheckLine::name)
        .containsExactly(check);
    assertThat(report.lines().stream().filter(one -> one.outcome() == Outcome.FAILED))
        .extracting(CheckLine::line)
        .singleElement()
        .asString()
        .startsWith(check + ": FAILED: ")
        .contains(line);
    assertThat(report.reasons()).hasSize(1);
  }

  /** Two a pod, and two over. */
  @ParameterizedTest
  @CsvSource({"1,14,true", "1,13,false", "3,18,true", "3,17,false"})
  void wantsTwoProcessorsAPodAndTwoOver(int parallel, int limit, boolean enough) {
    azure.set("COCOLAB_ARO_PARALLEL", Integer.toString(parallel));
    azure.arm.quota(limit); // ten are in use

    assertThat(run().passed()).isEqualTo(enough);
  }

  @ParameterizedTest
  @CsvSource({
    "4.18.30,true",
    "4.18.31,true",
    "4.19.0,true",
    "5.0.0,true",
    "4.18.4,false",
    "4.9.99,false",
    "new,false",
    "'',false"
  })
  void comparesVersionsByNumber(String version, boolean fit) {
    AroCluster cluster =
        new AroCluster(
            "eastus",
            "Succeeded",
            version,
            azure.arm.https().address(),
            FakeArm.MANAGED,
            Optional.empty());

    assertThat(CloudChecks.version(cluster).reason().isEmpty()).isEqualTo(fit);
  }

  @Test
  void doesNotMistakeThisRunsOwnMachinesForEarlierOnes() {
    azure.arm.machine("podvm-now", new RunTags("run-7", Instant.EPOCH).asMap());

    assertThat(run().passed()).isTrue();
  }

  @Test
  void checksNothingFurtherWithoutAnIdentity() {
    azure.entra.refuse(401, "invalid_client", "AADSTS700016: no such application.");

    PreflightReport report = run();

    assertThat(report.lines().get(0).line())
        .isEqualTo(
            "identity: FAILED: sign-in at 127.0.0.1 was refused (AADSTS700016): there is no such"
                + " application in the tenant; check AZURE_CLIENT_ID and AZURE_TENANT_ID");
    assertThat(report.lines().subList(1, report.lines().size()))
        .allMatch(line -> line.outcome() == Outcome.NOT_CHECKED);
    assertThat(report.reasons()).containsExactly(Reason.NO_IDENTITY);
    assertThat(azure.arm.https().asked()).isEmpty();
  }

  @Test
  void namesTheRoleWhenTheClusterMayNotBeRead() {
    azure.arm.fault(
        "GET", ".*/openShiftClusters/lab", FakeArm.error(403, "AuthorizationFailed", "no"), 1);

    PreflightReport report = run();

    assertThat(report.lines().get(1).line())
        .isEqualTo(
            "cluster: FAILED: may not read the cluster lab (AuthorizationFailed): this identity"
                + " lacks Microsoft.RedHatOpenShift/openShiftClusters/read on it; a new role takes"
                + " some minutes to arrive");
    assertThat(report.lines().get(2).line())
        .isEqualTo("API server: not checked: the cluster is not known");
    assertThat(report.lines().get(8).outcome()).isEqualTo(Outcome.OK);
  }

  @Test
  void startsNoCheckAfterAMinute() {
    apiServer = uri -> azure.clock.advance(Duration.ofSeconds(61));

    assertThat(run().lines().stream().map(CheckLine::line))
        .contains("OpenShift version: not checked: the minute for all checks is over")
        .filteredOn(line -> line.contains("not checked"))
        .hasSize(7);
  }

  @Test
  void doesNotSpendTheMinuteOnOneCheckThatHangs() {
    CountDownLatch never = new CountDownLatch(1);
    eachCheck = Duration.ofSeconds(3);
    catalogue =
        () -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return Optional.empty();
        };

    PreflightReport report = run();

    assertThat(report.lines().get(9).line())
        .isEqualTo("operators' catalogue: FAILED: the check: no answer within 3 s");
    assertThat(report.reasons()).containsExactly(Reason.UNREACHABLE);
  }

  @Test
  void saysInALineThatAJobMayNotSignIn() {
    azure.unset("ACTIONS_ID_TOKEN_REQUEST_URL");

    assertThat(run().lines().get(0).line())
        .isEqualTo(
            "identity: FAILED: no Azure identity: this job of GitHub Actions lacks 'permissions:"
                + " id-token: write'");
  }

  @Test
  void doesNotSpendTheMinuteOnThrottling() {
    azure.arm.fault(
        "GET", ".*/openShiftClusters/lab", Reply.empty(429, Map.of("Retry-After", "30")), 9);

    PreflightReport report = run();

    assertThat(report.reasons()).startsWith(Reason.THROTTLED);
    assertThat(azure.clock.pauses()).isEmpty();
  }

  @Test
  void connectsToTheApiServerForReal() throws Exception {
    ApiServerProbe probe = ApiServerProbe.tcp(Duration.ofSeconds(2));
    probe.connect(azure.arm.https().address());
    java.net.URI gone = azure.arm.https().address();
    azure.arm.close();

    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> probe.connect(gone)))
        .isInstanceOf(IOException.class);
  }
}
