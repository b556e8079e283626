package dev.cocolab.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.azure.AzSnpVtpmEvidence;
import dev.cocolab.evidence.azure.AzSnpVtpmVerifier;
import dev.cocolab.evidence.hcl.HclReport;
import dev.cocolab.evidence.snp.TcbVersion;
import dev.cocolab.evidence.snp.VerifiedGuest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Emulated and captured evidence before one verifier, which differs by its roots only. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmulatedEvidenceTest {

  private static final String NOT_ENDORSED =
      "Failed to validate VCEK: VCEK is not signed by ASK (or not valid at verification time)";

  private final PlatformAuthority platform = Lab.platform();
  private final BootImage image = BootImage.defaultPodVm();
  private RsaKeyPool keys;
  private ConfidentialVm vm;

  @BeforeAll
  void start() {
    keys = RsaKeyPool.start(2, Lab.RANDOM);
    vm = boot(platform.processor());
  }

  @AfterAll
  void stop() {
    vm.close();
    keys.close();
  }

  @AfterEach
  void forgetUserData() {
    vm.writeUserData(new byte[0]);
  }

  private ConfidentialVm boot(SecureProcessor processor) {
    return ConfidentialVm.boot(processor, image, Lab.request(keys));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void everyVersionIsAcceptedWithTheEmulatedRoots(int version) {
    VerifiedGuest verified =
        new AzSnpVtpmVerifier(platform.roots(), Lab.CLOCK)
            .check(
                vm.evidence(Lab.REPORT_DATA, version),
                ExpectedBinding.ofReportData(Lab.REPORT_DATA));

    assertThat(verified.anchor()).isEqualTo("emulated");
    assertThat(verified.generation()).isEqualTo(AmdGeneration.MILAN);
    JsonNode claims = verified.claims().claims();
    assertThat(claims.path("measurement").asString())
        .isEqualTo(Base64.getEncoder().encodeToString(image.launchMeasurement()));
    assertThat(claims.path("report_data").asString())
        .isEqualTo(HexFormat.of().formatHex(Lab.REPORT_DATA));
    assertThat(claims.path("reported_tcb_snp").asString()).isEqualTo("24");
    assertThat(claims.path("policy_debug_allowed").asString()).isEqualTo("false");
    for (int pcr = 0; pcr < 24; pcr++) {
      assertThat(claims.path("tpm").path("pcr%02d".formatted(pcr)).asString())
          .isEqualTo(image.pcrHex(pcr));
    }
  }

  @Test
  void emulatedEvidenceIsRefusedWithTheRealRoots() {
    AmdRoots real = Lab.realRoots(vectors());

    refused(real, vm.evidence(Lab.REPORT_DATA, 2), Lab.REPORT_DATA, "AMD SEV-Milan");
  }

  @Test
  void capturedEvidenceIsRefusedWithTheEmulatedRoots() {
    JsonNode captured = Lab.json(vectors().resolve("az-snp-vtpm/evidence-v0.json"));

    refused(
        platform.roots(),
        captured,
        "challenge".getBytes(StandardCharsets.US_ASCII),
        "emulated SEV-Milan");
  }

  @Test
  void bothAreAcceptedByAVerifierThatWasToldToTrustBoth() {
    AmdRoots both = Lab.realRoots(vectors()).and(platform.roots());
    AzSnpVtpmVerifier verifier = new AzSnpVtpmVerifier(both, Lab.CLOCK);
    JsonNode captured = Lab.json(vectors().resolve("az-snp-vtpm/evidence-v0.json"));
    byte[] challenge = "challenge".getBytes(StandardCharsets.US_ASCII);

    assertThat(both.label()).isEqualTo("AMD and emulated");
    assertThat(both.trustsEmulated()).isTrue();
    assertThat(verifier.check(captured, ExpectedBinding.ofReportData(challenge)).anchor())
        .isEqualTo("AMD");
    assertThat(
            verifier
                .check(
                    vm.evidence(Lab.REPORT_DATA, 2), ExpectedBinding.ofReportData(Lab.REPORT_DATA))
                .anchor())
        .isEqualTo("emulated");
  }

  @Test
  void evidenceOfAnotherMachineIsRefused() {
    PlatformAuthority other = Lab.otherPlatform(AmdGeneration.MILAN);
    try (ConfidentialVm foreign = boot(other.processor())) {
      refused(
          platform.roots(),
          foreign.evidence(Lab.REPORT_DATA, 2),
          Lab.REPORT_DATA,
          "emulated SEV-Milan");
    }
  }

  private static void refused(AmdRoots roots, JsonNode evidence, byte[] reportData, String issuer) {
    for (Stance stance : List.of(Stance.strict(), Stance.compatible())) {
      EvidenceException refusal =
          catchThrowableOfType(
              EvidenceException.class,
              () ->
                  new AzSnpVtpmVerifier(roots, Lab.CLOCK, stance)
                      .verify(evidence, ExpectedBinding.ofReportData(reportData)));
      assertThat(refusal.reason()).isEqualTo(Refusal.VCEK_CHAIN);
      assertThat(refusal.chain()).isEqualTo(NOT_ENDORSED);
      assertThat(refusal.mismatch())
          .contains(new EvidenceException.Mismatch("issuer", issuer, "another key"));
    }
  }

  @ParameterizedTest
  @EnumSource(AmdGeneration.class)
  void everyGenerationHasItsOwnAuthority(AmdGeneration generation) {
    PlatformAuthority other = Lab.otherPlatform(generation);
    try (ConfidentialVm guest = boot(other.processor())) {
      VerifiedGuest verified =
          new AzSnpVtpmVerifier(other.roots(), Lab.CLOCK)
              .check(
                  guest.evidence(Lab.REPORT_DATA, 2),
                  ExpectedBinding.ofReportData(Lab.REPORT_DATA));
      assertThat(verified.generation()).isEqualTo(generation);
    }
  }

  @Test
  void initdataIsBoundByRegisterEight() throws Exception {
    AzSnpVtpmVerifier verifier = new AzSnpVtpmVerifier(platform.roots(), Lab.CLOCK);
    byte[] sha384 = MessageDigest.getInstance("SHA-384").digest(new byte[] {1});
    try (ConfidentialVm guest = boot(platform.processor())) {
      guest.extend(8, Arrays.copyOf(sha384, 32));
      JsonNode evidence = guest.evidence(Lab.REPORT_DATA, 2);

      JsonNode claims = verifier.verify(evidence, bound(sha384)).get(0).claims();
      assertThat(claims.path("init_data").asString()).isEqualTo(guest.pcrs().hex(8));
      assertThat(verifier.verify(evidence, bound(Arrays.copyOf(sha384, 32)))).hasSize(1);

      byte[] other = sha384.clone();
      other[31] ^= 1;
      EvidenceException refusal =
          catchThrowableOfType(
              EvidenceException.class, () -> verifier.verify(evidence, bound(other)));
      assertThat(refusal.reason()).isEqualTo(Refusal.INIT_DATA);
      assertThat(refusal.mismatch())
          .hasValueSatisfying(
              m -> {
                assertThat(m.field()).isEqualTo("pcr08");
                assertThat(m.found()).isEqualTo(guest.pcrs().hex(8));
              });
    }
  }

  private static ExpectedBinding bound(byte[] initData) {
    return new ExpectedBinding(Optional.of(Lab.REPORT_DATA), Optional.of(initData));
  }

  @Test
  void onlyTheReportedTcbIsComparedWithTheEndorsementKey() {
    TcbVersion fourteen = TcbVersion.of(4, 0, 14, 219);
    TcbVersion five = TcbVersion.of(4, 0, 5, 219);
    FirmwareLevels provisional = new FirmwareLevels(fourteen, five, five, five);
    FirmwareLevels committed = new FirmwareLevels(fourteen, fourteen, five, five);

    assertThat(snpLevel(platform.newProcessor(provisional))).isEqualTo("5");
    assertThat(snpLevel(platform.newProcessor(committed))).isEqualTo("5");

    SecureProcessor endorsedForCurrent = platform.endorsedProcessor(provisional, fourteen);
    EvidenceException refusal =
        catchThrowableOfType(EvidenceException.class, () -> snpLevel(endorsedForCurrent));
    assertThat(refusal.reason()).isEqualTo(Refusal.TCB_SNP);
    assertThat(refusal.chain()).isEqualTo("SNP version mismatch");
    assertThat(refusal.mismatch())
        .contains(new EvidenceException.Mismatch("reported_tcb.snp", "14", "5"));
  }

  private String snpLevel(SecureProcessor processor) {
    try (ConfidentialVm guest = boot(processor)) {
      return new AzSnpVtpmVerifier(platform.roots(), Lab.CLOCK)
          .verify(guest.evidence(Lab.REPORT_DATA, 2), ExpectedBinding.ofReportData(Lab.REPORT_DATA))
          .get(0)
          .claims()
          .path("reported_tcb_snp")
          .asString();
    }
  }

  @Test
  void userDataFollowsTheLastWriteAndTheFirstVersionsLeaveItAlone() {
    AzSnpVtpmVerifier verifier = new AzSnpVtpmVerifier(platform.roots(), Lab.CLOCK);
    byte[] second = Lab.REPORT_DATA.clone();
    second[0] ^= 1;
    vm.evidence(Lab.REPORT_DATA, 2);

    JsonNode older = vm.evidence(second, 1);
    JsonNode newer = vm.evidence(second, 2);

    assertThat(userData(older)).startsWith(HexFormat.of().formatHex(Lab.REPORT_DATA));
    assertThat(userData(newer))
        .startsWith(HexFormat.of().formatHex(second))
        .endsWith("0".repeat(32));
    assertThat(verifier.verify(newer, ExpectedBinding.ofReportData(second))).hasSize(1);
  }

  private static String userData(JsonNode evidence) {
    return HexFormat.of()
        .formatHex(HclReport.parse(AzSnpVtpmEvidence.parse(evidence).hclReport()).userData());
  }

  private static Path vectors() {
    Optional<Path> vectors = Lab.vectors();
    assumeTrue(vectors.isPresent(), "no captured evidence in ../shared/vectors");
    return vectors.get();
  }
}
