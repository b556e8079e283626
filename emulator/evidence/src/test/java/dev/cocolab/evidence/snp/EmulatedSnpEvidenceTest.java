package dev.cocolab.evidence.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Vectors;
import dev.cocolab.evidence.snp.CertificateTable.Entry;
import dev.cocolab.evidence.snp.CertificateTable.Kind;
import dev.cocolab.evidence.snp.TestAmd.Endorsement;
import dev.cocolab.evidence.snp.TestAmd.Issued;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Reports signed by keys of our own: what no captured evidence can show. */
class EmulatedSnpEvidenceTest {

  private static final TestAmd MILAN = TestAmd.of(AmdGeneration.MILAN);
  private static final byte[] REPORT_DATA = new byte[64];
  private static final String NO_CHAIN =
      "Certificate chain provided by user failed to verify:"
          + " Signer certificate does not sign signee certificate";

  private static ObjectNode evidence(SnpReport report, Entry... entries) {
    return new SnpEvidence(report, Optional.of(new CertificateTable(List.of(entries)))).toJson();
  }

  private static ObjectNode evidence(
      TestAmd amd, Endorsement endorsed, UnaryOperator<SnpReportBuilder> change) {
    Issued vcek = TestAmd.endorse(amd.ask, endorsed);
    return evidence(amd.report(3, vcek, change), new Entry(Kind.VCEK, vcek.der()));
  }

  private static VerifiedGuest accepted(TestAmd amd, Stance stance, ObjectNode evidence) {
    return new SnpVerifier(amd.roots(), Vectors.CLOCK, stance)
        .check(evidence, ExpectedBinding.ofReportData(REPORT_DATA));
  }

  private static EvidenceException refused(
      AmdRoots roots, Stance stance, ObjectNode evidence, Refusal reason, String chain) {
    EvidenceException refusal =
        catchThrowableOfType(
            EvidenceException.class,
            () ->
                new SnpVerifier(roots, Vectors.CLOCK, stance)
                    .check(evidence, ExpectedBinding.ofReportData(REPORT_DATA)));
    assertThat(refusal).as("refusal").isNotNull();
    assertThat(refusal.chain()).isEqualTo(chain);
    assertThat(refusal.reason()).isEqualTo(reason);
    return refusal;
  }

  private static EvidenceException refused(ObjectNode evidence, Refusal reason, String chain) {
    return refused(MILAN.roots(), Stance.compatible(), evidence, reason, chain);
  }

  @ParameterizedTest
  @CsvSource({
    "MILAN, 3",
    "MILAN, 4",
    "MILAN, 5",
    "GENOA, 3",
    "GENOA, 5",
    "TURIN, 3",
    "TURIN, 4",
    "TURIN, 5"
  })
  void everyGenerationAndVersionIsAccepted(AmdGeneration generation, int version) {
    TestAmd amd = TestAmd.of(generation);
    Issued vcek = TestAmd.endorse(amd.ask, amd.chip());
    SnpReport report = amd.report(version, vcek, r -> r);

    VerifiedGuest guest =
        accepted(amd, Stance.strict(), evidence(report, new Entry(Kind.VCEK, vcek.der())));

    assertThat(guest.generation()).isEqualTo(generation);
    assertThat(guest.claims().claims().path("reported_tcb_microcode").asInt()).isEqualTo(0xdb);
    assertThat(guest.claims().claims().path("reported_tcb_snp").asInt()).isEqualTo(8);
    assertThat(guest.claims().claims().path("reported_tcb_bootloader").asInt()).isEqualTo(3);
    assertThat(report.launchMitigations().isPresent()).isEqualTo(version == 5);
  }

  @Test
  void keysOfProvidersAreEndorsedByAnAuthorityOfTheirOwn() {
    Issued vlek = TestAmd.endorse(MILAN.asvk, provider());
    SnpReport report = MILAN.report(3, vlek, r -> r.keyInfo(4));

    for (ObjectNode evidence :
        List.of(
            evidence(report, new Entry(Kind.VLEK, vlek.der())),
            evidence(
                report,
                new Entry(Kind.ASK, MILAN.asvk.der()),
                new Entry(Kind.ARK, MILAN.ark.der()),
                new Entry(Kind.VLEK, vlek.der())))) {
      assertThat(accepted(MILAN, Stance.strict(), evidence).claims().claims()).isNotEmpty();
    }
    refused(evidence(report, new Entry(Kind.VCEK, vlek.der())), Refusal.VEK_CHAIN, NO_CHAIN);
    AmdRoots chipsOnly =
        AmdRoots.of(
            Map.of(
                AmdGeneration.MILAN,
                new AmdRoots.Chain(MILAN.ark.certificate(), MILAN.ask.certificate())));
    refused(
        chipsOnly,
        Stance.compatible(),
        evidence(report, new Entry(Kind.VLEK, vlek.der())),
        Refusal.VEK_CHAIN,
        NO_CHAIN);
  }

  private static Endorsement provider() {
    Endorsement chip = MILAN.chip();
    return new Endorsement("SEV-VLEK", new byte[0], chip.tcb(), 7, TestAmd.FROM, TestAmd.UNTIL);
  }

  @Test
  void theFirstEndorsementKeyOfATableCounts() {
    Issued vlek = TestAmd.endorse(MILAN.asvk, provider());
    Issued vcek = TestAmd.endorse(MILAN.ask, MILAN.chip());
    SnpReport report = MILAN.report(3, vcek, r -> r);

    accepted(
        MILAN,
        Stance.strict(),
        evidence(report, new Entry(Kind.VCEK, vcek.der()), new Entry(Kind.VLEK, vlek.der())));
    refused(
        evidence(report, new Entry(Kind.VLEK, vlek.der()), new Entry(Kind.VCEK, vcek.der())),
        Refusal.VEK_SIGNATURE,
        "Report signature verification against VEK signature failed:"
            + " VEK does not sign the attestation report");
  }

  @ParameterizedTest
  @CsvSource({
    "4, 0, 8, 219, TCB_BOOTLOADER, Boot loader version mismatch",
    "3, 1, 8, 219, TCB_TEE, TEE version mismatch",
    "3, 0, 9, 219, TCB_SNP, SNP version mismatch",
    "3, 0, 8, 220, TCB_MICROCODE, Microcode version mismatch",
  })
  void levelsAreThoseOfTheKeyAfterTheSignature(
      int bootloader, int tee, int snp, int microcode, Refusal reason, String text) {
    TcbVersion other = TcbVersion.of(bootloader, tee, snp, microcode);

    refused(
        evidence(MILAN, MILAN.chip(), r -> r.reportedTcb(other)),
        reason,
        "Reported TCB values do not match: " + text);
  }

  @Test
  void firstMutableCodeIsThatOfTheKeyOnTurin() {
    TestAmd turin = TestAmd.of(AmdGeneration.TURIN);
    TcbVersion other = new TcbVersion(OptionalInt.of(2), 3, 0, 8, 0xdb);

    refused(
        turin.roots(),
        Stance.compatible(),
        evidence(turin, turin.chip(), r -> r.reportedTcb(other)),
        Refusal.TCB_FMC,
        "Reported TCB values do not match: FMC version mismatch");
  }

  @Test
  void reportOfTurinWithoutItsFirstLevelIsRefused() {
    TestAmd turin = TestAmd.of(AmdGeneration.TURIN);
    ObjectNode evidence = evidence(turin, turin.chip(), r -> r);
    ((ObjectNode) evidence.path("attestation_report").path("reported_tcb")).putNull("fmc");

    refused(
        turin.roots(),
        Stance.compatible(),
        evidence,
        Refusal.SNP_EVIDENCE_MALFORMED,
        "Deserialize SNP Evidence failed: missing field `fmc`");
  }

  @Test
  void privilegeIsTheHighest() {
    refused(evidence(MILAN, MILAN.chip(), r -> r.vmpl(1)), Refusal.VMPL_CHECK, "VMPL Check Failed");
  }

  @Test
  void signedReportDataAndHostDataAreCompared() {
    byte[] other = new byte[64];
    other[63] = 1;
    refused(
        evidence(MILAN, MILAN.chip(), r -> r.reportData(other)),
        Refusal.REPORT_DATA,
        "Report Data Mismatch");

    ObjectNode evidence = evidence(MILAN, MILAN.chip(), r -> r.hostData(new byte[32]));
    EvidenceException refusal =
        catchThrowableOfType(
            EvidenceException.class,
            () ->
                new SnpVerifier(MILAN.roots(), Vectors.CLOCK)
                    .check(
                        evidence,
                        new ExpectedBinding(Optional.empty(), Optional.of(new byte[] {7}))));
    assertThat(refusal.reason()).isEqualTo(Refusal.HOST_DATA);
    assertThat(refusal).hasMessage("Host Data Mismatch");
  }

  @Test
  void chipIsThatOfTheKeyInTheStrictStanceOnly() {
    byte[] other = new byte[64];
    other[0] = 9;
    ObjectNode evidence = evidence(MILAN, MILAN.chip(), r -> r.chipId(other));

    accepted(MILAN, Stance.compatible(), evidence);
    refused(MILAN.roots(), Stance.strict(), evidence, Refusal.CHIP_ID, "Chip ID mismatch");
  }

  @Test
  void maskedChipIsNotCompared() {
    accepted(MILAN, Stance.strict(), evidence(MILAN, MILAN.chip(), r -> r.chipId(new byte[64])));
  }

  @Test
  void debuggingIsAClaimUnlessRefused() {
    ObjectNode evidence =
        evidence(MILAN, MILAN.chip(), r -> r.policy(new GuestPolicy(0x30000 | 1 << 19)));

    assertThat(
            accepted(MILAN, Stance.strict(), evidence)
                .claims()
                .claims()
                .path("policy_debug_allowed")
                .asBoolean())
        .isTrue();
    refused(
        MILAN.roots(),
        Stance.strict().withoutDebug(),
        evidence,
        Refusal.DEBUG_POLICY,
        "SNP guest policy allows debugging");
  }

  @ParameterizedTest
  @CsvSource({
    "2025-01-01T00:00:00Z, 2025-06-01T00:00:00Z",
    "2025-06-01T00:00:01Z, 2026-01-01T00:00:00Z"
  })
  void keysAreValidAtTheTimeInTheStrictStanceOnly(Instant from, Instant until) {
    Endorsement chip = MILAN.chip();
    ObjectNode evidence =
        evidence(
            MILAN, new Endorsement(chip.name(), chip.chip(), chip.tcb(), 0, from, until), r -> r);

    accepted(MILAN, Stance.compatible(), evidence);
    refused(
        MILAN.roots(),
        Stance.strict(),
        evidence,
        Refusal.VEK_VALIDITY,
        "Endorsement key is not valid at verification time");
  }

  @Test
  void theFirstBytesDecideWhatACertificateIs() {
    Issued vcek = TestAmd.endorse(MILAN.ask, MILAN.chip());
    SnpReport report = MILAN.report(3, vcek, r -> r);
    accepted(
        MILAN,
        Stance.strict(),
        evidence(
            report, new Entry(Kind.VCEK, pem("", vcek)), new Entry(Kind.ASK, pem("", MILAN.ask))));

    for (Kind kind : List.of(Kind.VCEK, Kind.ASK, Kind.ARK)) {
      Issued certificate = kind == Kind.VCEK ? vcek : kind == Kind.ASK ? MILAN.ask : MILAN.ark;
      refused(
          evidence(
              report,
              new Entry(kind, pem("Bag Attributes\n", certificate)),
              new Entry(Kind.VCEK, vcek.der())),
          Refusal.CERTIFICATE_MALFORMED,
          "Failed to decode a certificate of the provided chain: "
              + kind
              + " is not an X.509 certificate");
    }
    refused(
        evidence(report, new Entry(Kind.ASK, new byte[0]), new Entry(Kind.VCEK, vcek.der())),
        Refusal.CERTIFICATE_MALFORMED,
        "Failed to decode a certificate of the provided chain: ASK is not an X.509 certificate");
  }

  private static byte[] pem(String before, Issued issued) {
    String body = Base64.getMimeEncoder().encodeToString(issued.der());
    return (before + "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "2"})
  void reportsThatDoNotNameTheirProcessorAreNotRead(int version) {
    ObjectNode evidence = evidence(MILAN, MILAN.chip(), r -> r);
    ((ObjectNode) evidence.path("attestation_report")).put("version", version);

    EvidenceException refusal =
        catchThrowableOfType(EvidenceException.class, () -> SnpEvidence.parse(evidence));

    assertThat(refusal).isNotNull();
    assertThat(refusal.reason()).isEqualTo(Refusal.SNP_VERSION_OLD);
    assertThat(refusal)
        .hasMessage("Attestation Report version is too old. Please update your firmware.");
  }
}
