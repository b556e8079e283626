package dev.cocolab.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.snp.CertificateTable;
import dev.cocolab.evidence.snp.CertificateTable.Entry;
import dev.cocolab.evidence.snp.CertificateTable.Kind;
import dev.cocolab.evidence.snp.GuestPolicy;
import dev.cocolab.evidence.snp.SnpEvidence;
import dev.cocolab.evidence.snp.SnpReport;
import dev.cocolab.evidence.snp.SnpReportBuilder;
import dev.cocolab.evidence.snp.SnpVerifier;
import dev.cocolab.evidence.snp.TcbVersion;
import dev.cocolab.evidence.snp.VerifiedGuest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Emulated guests on bare metal, genuine and forged by who holds the keys of the processor. */
class SnpGuestTest {

  private static final byte[] MEASUREMENT = filled(48, 7);
  private static final byte[] INIT_DATA = filled(32, 9);

  private final PlatformAuthority platform = Lab.platform();
  private final SnpGuest guest = launch(platform.processor());

  @ParameterizedTest
  @EnumSource(AmdGeneration.class)
  void evidenceOfEveryGenerationIsAccepted(AmdGeneration generation) {
    PlatformAuthority authority =
        generation == AmdGeneration.MILAN ? platform : Lab.otherPlatform(generation);
    ObjectNode evidence = launch(authority.processor()).evidence(Lab.REPORT_DATA);

    for (Stance stance : List.of(Stance.strict().withoutDebug(), Stance.compatible())) {
      VerifiedGuest verified =
          new SnpVerifier(authority.roots(), Lab.CLOCK, stance)
              .check(
                  evidence,
                  new ExpectedBinding(Optional.of(Lab.REPORT_DATA), Optional.of(INIT_DATA)));
      JsonNode claims = verified.claims().claims();
      assertThat(verified.anchor()).isEqualTo("emulated");
      assertThat(verified.generation()).isEqualTo(generation);
      assertThat(claims.path("measurement").asString()).isEqualTo("07".repeat(48));
      assertThat(claims.path("init_data").asString()).isEqualTo("09".repeat(32));
      assertThat(claims.path("policy_debug_allowed").isBoolean()).isTrue();
      assertThat(claims.path("reported_tcb_snp").asInt())
          .isEqualTo(authority.processor().levels().reported().snp());
    }
  }

  @Test
  void everyReportIsFresh() {
    byte[] other = filled(48, 1);

    assertThat(SnpEvidence.parse(guest.evidence(other)).report().reportData())
        .isEqualTo(Arrays.copyOf(other, 64));
    assertThat(refusal(guest.evidence(other), Stance.strict()).reason())
        .isEqualTo(Refusal.REPORT_DATA);
  }

  @Test
  void reportDataHasAtMost64Bytes() {
    assertThatThrownBy(() -> guest.evidence(new byte[65]))
        .isInstanceOf(TeeException.class)
        .hasMessage("SNP Attester: Report data must be no more than 64 bytes");
    assertThat(guest.evidence(new byte[64]).path("attestation_report").isObject()).isTrue();
  }

  @Test
  void measurementHas48Bytes() {
    assertThatThrownBy(
            () -> SnpGuest.launch(platform.processor(), new byte[32], Optional.empty(), Lab.RANDOM))
        .isInstanceOf(TeeException.class)
        .hasMessage("a launch measurement has 48 bytes, not 32");
  }

  @Test
  void reportAskedForAtALowerPrivilegeIsRefused() {
    EvidenceException refusal = refused(signed(report -> report.vmpl(1)), Refusal.VMPL_CHECK);

    assertThat(refusal.chain()).isEqualTo("VMPL Check Failed");
  }

  @Test
  void debuggingIsRefusedOnRequestOnly() {
    JsonNode debugged = signed(report -> report.policy(new GuestPolicy(0xb0000)));

    assertThat(refusal(debugged, Stance.strict().withoutDebug()).reason())
        .isEqualTo(Refusal.DEBUG_POLICY);
    assertThat(accepted(debugged, Stance.strict())).isTrue();
  }

  @Test
  void chipIsThatOfTheEndorsementKeyInTheStrictStanceOnly() {
    JsonNode other = signed(report -> report.chipId(filled(64, 3)));

    assertThat(refusal(other, Stance.strict()).reason()).isEqualTo(Refusal.CHIP_ID);
    assertThat(accepted(other, Stance.compatible())).isTrue();
    assertThat(accepted(signed(report -> report.chipId(new byte[64])), Stance.strict())).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 0, 0, TCB_BOOTLOADER, Boot loader version mismatch",
    "0, 1, 0, 0, TCB_TEE, TEE version mismatch",
    "0, 0, 1, 0, TCB_SNP, SNP version mismatch",
    "0, 0, 0, 1, TCB_MICROCODE, Microcode version mismatch"
  })
  void levelsAreThoseOfTheEndorsementKey(
      int bootloader, int tee, int snp, int microcode, Refusal reason, String cause) {
    TcbVersion tcb = platform.processor().levels().reported();
    TcbVersion other =
        TcbVersion.of(
            tcb.bootloader() + bootloader,
            tcb.tee() + tee,
            tcb.snp() + snp,
            tcb.microcode() + microcode);

    EvidenceException refusal = refused(signed(report -> report.reportedTcb(other)), reason);
    assertThat(refusal.chain()).isEqualTo("Reported TCB values do not match: " + cause);
    assertThat(refusal.mismatch()).isPresent();
  }

  @Test
  void fmcOfTurinIsComparedInEveryStance() {
    PlatformAuthority turin = Lab.otherPlatform(AmdGeneration.TURIN);
    FirmwareLevels levels = turin.processor().levels();
    TcbVersion tcb = levels.reported();
    SecureProcessor processor =
        turin.endorsedProcessor(
            levels,
            new TcbVersion(
                OptionalInt.of(9), tcb.bootloader(), tcb.tee(), tcb.snp(), tcb.microcode()));
    ObjectNode evidence = launch(processor).evidence(Lab.REPORT_DATA);
    SnpVerifier verifier = new SnpVerifier(turin.roots(), Lab.CLOCK, Stance.compatible());

    EvidenceException refusal = refusal(evidence, verifier);
    assertThat(refusal.reason()).isEqualTo(Refusal.TCB_FMC);
    assertThat(refusal.chain()).isEqualTo("Reported TCB values do not match: FMC version mismatch");

    ObjectNode report = (ObjectNode) evidence.get("attestation_report");
    ((ObjectNode) report.get("reported_tcb")).putNull("fmc");
    EvidenceException absent = refusal(evidence, verifier);
    assertThat(absent.chain()).isEqualTo("Deserialize SNP Evidence failed: missing field `fmc`");
  }

  @Test
  void endorsementKeyOfAnotherChipDidNotSign() {
    byte[] other = platform.newProcessor(platform.processor().levels()).vcek();

    refused(withTable(new Entry(Kind.VCEK, other)), Refusal.VEK_SIGNATURE);
  }

  @Test
  void firstEndorsementKeyCounts() {
    byte[] vcek = platform.processor().vcek();
    byte[] other = platform.newProcessor(platform.processor().levels()).vcek();

    assertThat(
            accepted(
                withTable(new Entry(Kind.VCEK, vcek), new Entry(Kind.VLEK, other)),
                Stance.strict()))
        .isTrue();
    refused(
        withTable(new Entry(Kind.VCEK, other), new Entry(Kind.VCEK, vcek)), Refusal.VEK_SIGNATURE);
  }

  @Test
  void foreignAuthoritiesDoNotCount() {
    PlatformAuthority foreign = Lab.otherPlatform(AmdGeneration.MILAN);
    Entry vcek = new Entry(Kind.VCEK, foreign.processor().vcek());
    Entry ask = new Entry(Kind.ASK, der(foreign.keys().chain().ask()));
    Entry ark = new Entry(Kind.ARK, der(foreign.keys().chain().ark()));

    refused(withTable(vcek), Refusal.VEK_CHAIN);
    refused(withTable(vcek, ask), Refusal.VEK_CHAIN);
    EvidenceException refusal = refused(withTable(vcek, ask, ark), Refusal.ARK_FOREIGN);
    assertThat(refusal.chain()).isEqualTo("Provided ARK has an invalid signature");
  }

  @Test
  void everyRootOfTheTableCountsAndHasToBeReadable() {
    Entry vcek = new Entry(Kind.VCEK, platform.processor().vcek());
    Entry good = new Entry(Kind.ARK, der(platform.keys().chain().ark()));
    Entry foreign =
        new Entry(Kind.ARK, der(Lab.otherPlatform(AmdGeneration.MILAN).keys().chain().ark()));

    assertThat(accepted(withTable(good, vcek), Stance.strict())).isTrue();
    refused(withTable(foreign, good, vcek), Refusal.ARK_FOREIGN);
    refused(
        withTable(new Entry(Kind.ARK, new byte[] {1}), good, vcek), Refusal.CERTIFICATE_MALFORMED);
    refused(
        withTable(new Entry(Kind.ASK, new byte[] {1}), good, vcek), Refusal.CERTIFICATE_MALFORMED);
  }

  @Test
  void intermediateInThePlaceOfTheRootDoesNotCount() {
    Entry ask = new Entry(Kind.ARK, der(platform.keys().chain().ask()));

    refused(withTable(new Entry(Kind.VCEK, platform.processor().vcek()), ask), Refusal.VEK_CHAIN);
  }

  @Test
  void providersAuthorityHasToBeTrusted() {
    refused(withTable(new Entry(Kind.VLEK, platform.processor().vcek())), Refusal.VEK_CHAIN);
  }

  @ParameterizedTest
  @CsvSource({
    "2025-06-01T00:00:00Z, 2031-01-01T00:00:00Z, ''",
    "2025-06-01T00:00:00Z, 2032-06-02T00:00:00Z, VEK_VALIDITY",
    "2025-06-01T00:00:00Z, 2025-05-01T00:00:00Z, VEK_VALIDITY",
    "2044-06-01T00:00:00Z, 2046-01-01T00:00:00Z, CA_VALIDITY"
  })
  void validityIsCheckedByTheStrictStanceOnly(Instant issued, Instant now, String reason) {
    PlatformAuthority then = Lab.platformAt(Clock.fixed(issued, ZoneOffset.UTC));
    ObjectNode evidence = launch(then.processor()).evidence(Lab.REPORT_DATA);
    Clock clock = Clock.fixed(now, ZoneOffset.UTC);

    assertThat(
            new SnpVerifier(then.roots(), clock, Stance.compatible())
                .verify(evidence, ExpectedBinding.ofReportData(Lab.REPORT_DATA)))
        .hasSize(1);
    EvidenceException refusal = refusal(evidence, new SnpVerifier(then.roots(), clock));
    assertThat(Optional.ofNullable(refusal).map(e -> e.reason().name()).orElse(""))
        .isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource({"3", "4", "5"})
  void everySupportedVersionSurvivesTheWire(int version) {
    UnaryOperator<SnpReportBuilder> change =
        report -> {
          SnpReportBuilder changed = report.version(version);
          return version == 5 ? changed.mitigations(-1L, 5L) : changed;
        };
    JsonNode evidence = signed(change);

    assertThat(accepted(evidence, Stance.strict())).isTrue();
    assertThat(evidence.path("attestation_report").path("launch_mit_vector").isNull())
        .isEqualTo(version < 5);
    if (version == 5) {
      assertThat(evidence.path("attestation_report").path("launch_mit_vector").bigIntegerValue())
          .isEqualTo("18446744073709551615");
      ((ObjectNode) evidence.path("attestation_report")).remove("current_mit_vector");
      refused(evidence, Refusal.SNP_EVIDENCE_MALFORMED);
    }
  }

  private static SnpGuest launch(SecureProcessor processor) {
    return SnpGuest.launch(processor, MEASUREMENT, Optional.of(INIT_DATA), Lab.RANDOM);
  }

  /** Evidence whose report was changed before the processor signed it. */
  private JsonNode signed(UnaryOperator<SnpReportBuilder> change) {
    SnpReport report = platform.processor().sign(change.apply(guest.report(Lab.REPORT_DATA)));
    return guest.evidence(report).toJson();
  }

  private JsonNode withTable(Entry... entries) {
    SnpReport report = platform.processor().sign(guest.report(Lab.REPORT_DATA));
    return new SnpEvidence(report, Optional.of(new CertificateTable(List.of(entries)))).toJson();
  }

  private EvidenceException refused(JsonNode evidence, Refusal reason) {
    EvidenceException refusal = refusal(evidence, Stance.compatible());
    assertThat(refusal).as("refusal").isNotNull();
    assertThat(refusal.reason()).isEqualTo(reason);
    return refusal;
  }

  private EvidenceException refusal(JsonNode evidence, Stance stance) {
    return refusal(evidence, new SnpVerifier(platform.roots(), Lab.CLOCK, stance));
  }

  private static EvidenceException refusal(JsonNode evidence, SnpVerifier verifier) {
    return catchThrowableOfType(
        EvidenceException.class,
        () -> verifier.verify(evidence, ExpectedBinding.ofReportData(Lab.REPORT_DATA)));
  }

  private boolean accepted(JsonNode evidence, Stance stance) {
    return new SnpVerifier(platform.roots(), Lab.CLOCK, stance)
            .verify(evidence, ExpectedBinding.ofReportData(Lab.REPORT_DATA))
            .size()
        == 1;
  }

  private static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] filled(int size, int value) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
