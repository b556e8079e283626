package dev.cocolab.tee.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.dcap.CollateralSource;
import dev.cocolab.evidence.tdx.TdxVerifier;
import dev.cocolab.evidence.tdx.VerifiedDomain;
import dev.cocolab.tee.BootImage;
import dev.cocolab.tee.Lab;
import dev.cocolab.tee.intel.CollateralOptions;
import dev.cocolab.tee.intel.IntelAuthority;
import dev.cocolab.tee.intel.PlatformTcb;
import dev.cocolab.tee.intel.TdxPlatform;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Fresh evidence of an emulated domain under the verifier that judges real ones. */
class JudgedDomainTest {
  private static final BootImage IMAGE = BootImage.defaultPodVm();

  @TempDir Path home;
  private IntelAuthority authority;
  private TdxPlatform platform;
  private Stance stance = Stance.strict();

  @BeforeEach
  void open() {
    authority = IntelAuthority.open(home, Lab.RANDOM, Lab.CLOCK, line -> {});
    platform = authority.platform();
  }

  private CollateralSource own() {
    return authority.source();
  }

  private static CollateralOptions options() {
    return CollateralOptions.current();
  }

  private VerifiedDomain judge(TdOptions options, CollateralSource collateral) {
    TrustDomain guest = TrustDomain.launch(platform, IMAGE, Optional.empty(), options);
    return new TdxVerifier(authority.roots(), collateral, Lab.CLOCK, stance)
        .check(guest.evidence(Lab.REPORT_DATA), ExpectedBinding.ofReportData(Lab.REPORT_DATA));
  }

  private VerifiedDomain judge(CollateralOptions collateral) {
    return judge(TdOptions.standard(), authority.collateral(collateral).stored());
  }

  private void assertRefused(Refusal reason, CollateralOptions collateral) {
    EvidenceException refused =
        catchThrowableOfType(EvidenceException.class, () -> judge(collateral));
    assertThat(refused).as("accepted, where %s was expected", reason).isNotNull();
    assertThat(refused.reason()).isEqualTo(reason);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void freshEvidenceIsAcceptedByTheEmulatedRoot(int version) {
    VerifiedDomain domain = judge(TdOptions.standard().withQuoteVersion(version), own());

    JsonNode claims = domain.claims().claims();
    assertThat(domain.anchor()).isEqualTo("emulated");
    assertThat(claims.path("tcb_status").asString()).isEqualTo("UpToDate");
    assertThat(claims.path("collateral_expiration_status").asString()).isEqualTo("0");
    assertThat(claims.path("uefi_event_logs").isEmpty()).isFalse();
    assertThat(claims.path("quote").path("header").path("version").asString())
        .isEqualTo("0%d00".formatted(version));
    assertThat(claims.has("tcb_status_current")).isEqualTo(version == 5);
  }

  @Test
  void anotherMachinesRootIsNotTrusted(@TempDir Path elsewhere) {
    IntelAuthority other = IntelAuthority.open(elsewhere, Lab.RANDOM, Lab.CLOCK, line -> {});
    platform = other.platform();

    EvidenceException refused =
        catchThrowableOfType(EvidenceException.class, () -> judge(TdOptions.standard(), own()));

    assertThat(refused.reason()).isEqualTo(Refusal.DCAP_ROOT_KEY);
  }

  @ParameterizedTest
  @CsvSource({
    "UpToDate, UpToDate, UpToDate, UpToDate",
    "SWHardeningNeeded, UpToDate, UpToDate, SWHardeningNeeded",
    "ConfigurationNeeded, UpToDate, UpToDate, ConfigurationNeeded",
    "UpToDate, OutOfDate, UpToDate, OutOfDate",
    "UpToDate, UpToDate, OutOfDate, OutOfDate",
    "ConfigurationNeeded, UpToDate, OutOfDate, OutOfDateConfigurationNeeded",
    "ConfigurationAndSWHardeningNeeded, OutOfDate, UpToDate, OutOfDateConfigurationNeeded",
    "OutOfDate, UpToDate, UpToDate, OutOfDate",
  })
  void theWorstPartDecides(String status, String module, String enclave, String shown) {
    VerifiedDomain domain =
        judge(options().withPlatformStatus(status, "INTEL-SA-1").withStatuses(module, enclave));

    JsonNode claims = domain.claims().claims();
    assertThat(claims.path("tcb_status").asString()).isEqualTo(shown);
    assertThat(claims.path("advisory_ids").get(0).asString()).isEqualTo("INTEL-SA-1");
  }

  @ParameterizedTest
  @CsvSource({
    "Revoked, UpToDate, UpToDate",
    "UpToDate, Revoked, UpToDate",
    "UpToDate, UpToDate, Revoked"
  })
  void aRevokedLevelIsRefused(String status, String module, String enclave) {
    assertRefused(
        Refusal.DCAP_TCB_REVOKED,
        options().withPlatformStatus(status).withStatuses(module, enclave));
  }

  @Test
  void aRevokedPckIsRefused() {
    assertRefused(
        Refusal.DCAP_REVOKED, options().revokingPck(platform.pckCertificate().getSerialNumber()));
  }

  @Test
  void collateralThatHasExpiredIsAClaimAndRefusedByAStrictVerifier() {
    CollateralOptions old = options().issuedBefore(Duration.ofDays(31));
    assertRefused(Refusal.COLLATERAL_EXPIRED, old);

    stance = Stance.compatible();
    assertThat(judge(old).claims().claims().path("collateral_expiration_status").asString())
        .isEqualTo("1");
  }

  @Test
  void aPlatformBelowEveryLevelIsRefused() {
    platform = authority.newPlatform(PlatformTcb.current().withSgx(PlatformTcb.filled(0)));

    assertRefused(Refusal.DCAP_TCB_UNSUPPORTED, options());
  }

  @Test
  void anEnclaveBelowEveryLevelIsRefused() {
    platform = authority.newPlatform(PlatformTcb.current().withQeSvn(1));

    assertRefused(Refusal.DCAP_TCB_UNSUPPORTED, options());
  }

  @Test
  void aDomainThatCanBeDebuggedSaysSoAndIsRefusedOnRequest() {
    TdOptions debug = TdOptions.standard().withDebug();
    assertThat(
            judge(debug, own())
                .claims()
                .claims()
                .path("td_attributes")
                .path("debug")
                .asBoolean(false))
        .isTrue();

    stance = Stance.strict().withoutDebug();
    assertThat(catchThrowableOfType(EvidenceException.class, () -> judge(debug, own())).reason())
        .isEqualTo(Refusal.TD_DEBUG);
  }

  @Test
  void withoutCollateralTheReasonIsWhatIsMissing() {
    assertThat(
            catchThrowableOfType(
                    EvidenceException.class,
                    () -> judge(TdOptions.standard(), CollateralSource.none()))
                .chain())
        .startsWith("TDX Verifier: failed to fetch TcbInfo: no TCB info for FMSPC");
  }

  @Test
  void initdataIsWhatTheDomainWasLaunchedWith() throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(new byte[1]);
    TrustDomain guest =
        TrustDomain.launch(platform, IMAGE, Optional.of(digest), TdOptions.standard());
    TdxVerifier verifier = new TdxVerifier(authority.roots(), own(), Lab.CLOCK);
    JsonNode evidence = guest.evidence(Lab.REPORT_DATA);

    assertThat(
            verifier.verify(
                evidence, new ExpectedBinding(Optional.of(Lab.REPORT_DATA), Optional.of(digest))))
        .hasSize(1);
    digest[0] ^= 1;
    assertThat(
            catchThrowableOfType(
                    EvidenceException.class,
                    () ->
                        verifier.verify(
                            evidence, new ExpectedBinding(Optional.empty(), Optional.of(digest))))
                .reason())
        .isEqualTo(Refusal.TDX_INIT_DATA);
  }
}
