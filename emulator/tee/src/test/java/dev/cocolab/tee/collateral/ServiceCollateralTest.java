package dev.cocolab.tee.collateral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.dcap.CollateralSource;
import dev.cocolab.evidence.dcap.StoredCollateral;
import dev.cocolab.evidence.tdx.TdxVerifier;
import dev.cocolab.tee.BootImage;
import dev.cocolab.tee.Lab;
import dev.cocolab.tee.intel.CollateralOptions;
import dev.cocolab.tee.intel.IntelAuthority;
import dev.cocolab.tee.intel.PlatformTcb;
import dev.cocolab.tee.intel.TdxPlatform;
import dev.cocolab.tee.tdx.TdOptions;
import dev.cocolab.tee.tdx.TrustDomain;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Fresh evidence of trust domains, judged with the collateral of the emulated service. */
class ServiceCollateralTest {

  private static final ExpectedBinding BINDING = ExpectedBinding.ofReportData(Lab.REPORT_DATA);

  private final IntelAuthority intel =
      IntelAuthority.open(Path.of("target/other-platform"), Lab.RANDOM, Lab.CLOCK, line -> {});
  private final CollateralService service = new CollateralService(List.of(), intel, Lab.RANDOM);
  private final CollateralSource source =
      new ServiceCollateral(
          uri -> service.treat(CollateralRequest.get(uri).orElseThrow()).answer());

  private JsonNode evidence(TdxPlatform platform) {
    return TrustDomain.launch(
            platform, BootImage.defaultPodVm(), Optional.empty(), TdOptions.standard())
        .evidence(Lab.REPORT_DATA);
  }

  private JsonNode claims(CollateralSource collateral, TdxPlatform platform) {
    return new TdxVerifier(intel.roots(), collateral, Lab.CLOCK)
        .verify(evidence(platform), BINDING)
        .get(0)
        .claims();
  }

  private EvidenceException refusal(CollateralSource collateral, TdxPlatform platform) {
    EvidenceException refusal =
        catchThrowableOfType(EvidenceException.class, () -> claims(collateral, platform));
    assertThat(refusal).as("refusal").isNotNull();
    return refusal;
  }

  @Test
  void freshEvidenceIsUpToDate() {
    JsonNode claims = claims(source, intel.platform());

    assertThat(claims.path("tcb_status").asString()).isEqualTo("UpToDate");
    assertThat(claims.path("collateral_expiration_status").asString()).isEqualTo("0");
    assertThat(claims.path("tcb_date").asString()).startsWith("2024-11-13T00:00:00");
    assertThat(claims(intel.source(), intel.platform()).path("tcb_status").asString())
        .isEqualTo("UpToDate");
  }

  @Test
  void olderPlatformsAreOutOfDateAndStillOlderOnesRevoked() {
    PlatformTcb before =
        PlatformTcb.current()
            .withSgx(PlatformTcb.filled(6, 6, 2, 2, 3, 1, 0, 3))
            .withTdx(PlatformTcb.filled(6, 1, 6));
    PlatformTcb old =
        PlatformTcb.current()
            .withSgx(PlatformTcb.filled(2, 2))
            .withTdx(PlatformTcb.filled(6, 1, 2));

    JsonNode claims = claims(source, intel.newPlatform(before));
    assertThat(claims.path("tcb_status").asString()).isEqualTo("OutOfDate");
    assertThat(claims.path("advisory_ids").toString())
        .isEqualTo("[\"INTEL-SA-01036\",\"INTEL-SA-01079\"]");
    assertThat(refusal(source, intel.newPlatform(old)).reason())
        .isEqualTo(Refusal.DCAP_TCB_REVOKED);
  }

  @ParameterizedTest
  @CsvSource({"SWHardeningNeeded", "ConfigurationNeeded", "OutOfDateConfigurationNeeded"})
  void publishedStatusIsTheClaim(String status) {
    service.publish(CollateralOptions.current().withPlatformStatus(status, "INTEL-SA-00001"));

    assertThat(claims(source, intel.platform()).path("tcb_status").asString()).isEqualTo(status);
  }

  @Test
  void revokedPlatformsAreRefused() {
    TdxPlatform platform = intel.newPlatform(PlatformTcb.current());
    service.publish(
        CollateralOptions.current().revokingPck(platform.pckCertificate().getSerialNumber()));

    assertThat(refusal(source, platform).reason()).isEqualTo(Refusal.DCAP_REVOKED);
    assertThat(claims(source, intel.platform()).path("tcb_status").asString())
        .isEqualTo("UpToDate");
  }

  @Test
  void collateralThatIsPastItsDateIsRefused() {
    service.publish(CollateralOptions.current().issuedBefore(Duration.ofDays(31)));

    assertThat(refusal(source, intel.platform()).reason()).isEqualTo(Refusal.COLLATERAL_EXPIRED);
  }

  @ParameterizedTest
  @CsvSource({
    "/tdx/certification/v4/tcb, COLLATERAL_TCB_INFO, failed to fetch TcbInfo",
    "/tdx/certification/v4/qe, COLLATERAL_QE_IDENTITY, failed to fetch QeIdentity",
    "/sgx/certification/v4/pckcrl, COLLATERAL_PCK_CRL, failed to fetch PCK CRL",
    "/sgx/certification/v4/rootcacrl, COLLATERAL_ROOT_CRL, failed to fetch Root CA CRL"
  })
  void everyFaultSaysWhatIsMissingAndWhy(String path, Refusal reason, String text) {
    service.fail(path, new CollateralFault.Outage());
    EvidenceException outage = refusal(source, intel.platform());
    assertThat(outage.reason()).isEqualTo(reason);
    assertThat(outage.chain()).contains(text + ": the service did not answer " + path);

    service.fail(path, new CollateralFault.TooManyRequests(Duration.ofMinutes(2)));
    assertThat(refusal(source, intel.platform()).chain())
        .contains(text + ": the service answered 429 to " + path)
        .contains(", retry after 120 s");

    service.fail(path, new CollateralFault.Failure(503));
    assertThat(refusal(source, intel.platform()).chain())
        .contains(text + ": the service answered 503 to " + path);

    service.fail(path, new CollateralFault.Truncated());
    assertThat(refusal(source, intel.platform()).reason()).isEqualTo(reason);
  }

  @Test
  void storedCollateralSurvivesAnOutage() {
    StoredCollateral tool = StoredCollateral.ofToolFile(intel.collateral().toolFile());
    service.fail("/", new CollateralFault.Outage());

    assertThat(claims(tool, intel.platform()).path("tcb_status").asString()).isEqualTo("UpToDate");
    assertThat(claims(intel.collateral().stored(), intel.platform()).path("tcb_status").asString())
        .isEqualTo("UpToDate");
  }
}
