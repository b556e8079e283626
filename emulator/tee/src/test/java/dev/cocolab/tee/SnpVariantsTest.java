package dev.cocolab.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.snp.SnpReport;
import dev.cocolab.evidence.snp.SnpVerifier;
import dev.cocolab.evidence.snp.VcekCertificate;
import dev.cocolab.evidence.snp.VerifiedGuest;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Generations, report versions and endorsements of the emulated processors. */
class SnpVariantsTest {

  private static final ExpectedBinding BINDING = ExpectedBinding.ofReportData(Lab.REPORT_DATA);

  private static SnpGuest guest(SecureProcessor processor) {
    return SnpGuest.launch(processor, new byte[48], Optional.empty(), Lab.RANDOM);
  }

  @ParameterizedTest
  @CsvSource({"MILAN, 3", "MILAN, 4", "MILAN, 5", "GENOA, 3", "GENOA, 5", "TURIN, 3", "TURIN, 5"})
  void everyGenerationAndReportVersionIsAccepted(AmdGeneration generation, int version) {
    PlatformAuthority platform = Lab.otherPlatform(generation);
    SecureProcessor processor =
        platform.newProcessor(ProcessorOptions.shipped(generation).withReportVersion(version));

    VerifiedGuest verified =
        new SnpVerifier(platform.roots(), Lab.CLOCK)
            .check(guest(processor).evidence(Lab.REPORT_DATA), BINDING);

    assertThat(verified.generation()).isEqualTo(generation);
    SnpReport report = processor.sign(guest(processor).report(Lab.REPORT_DATA));
    assertThat(report.version()).isEqualTo(version);
    assertThat(report.launchMitigations().isPresent()).isEqualTo(version == 5);
  }

  @ParameterizedTest
  @EnumSource(AmdGeneration.class)
  void reportsWithoutCpuidAreTooOld(AmdGeneration generation) {
    PlatformAuthority platform = Lab.otherPlatform(generation);
    SecureProcessor processor =
        platform.newProcessor(ProcessorOptions.shipped(generation).withReportVersion(2));

    assertThatExceptionOfType(EvidenceException.class)
        .isThrownBy(
            () ->
                new SnpVerifier(platform.roots(), Lab.CLOCK)
                    .verify(guest(processor).evidence(Lab.REPORT_DATA), BINDING))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Refusal.SNP_VERSION_OLD));
  }

  @Test
  void otherReportVersionsAreNotMade() {
    assertThatExceptionOfType(TeeException.class)
        .isThrownBy(() -> ProcessorOptions.shipped(AmdGeneration.MILAN).withReportVersion(6))
        .withMessage("SNP report version 6 is not emulated; choose 2, 3, 4 or 5")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(TeeException.Reason.NOT_EMULATED));
  }

  @Test
  void providerEndorsesItsHosts() {
    PlatformAuthority platform = Lab.otherPlatform(AmdGeneration.MILAN);
    SecureProcessor processor =
        platform.newProcessor(ProcessorOptions.shipped(AmdGeneration.MILAN).endorsedBy("cocolab"));
    VcekCertificate key = VcekCertificate.parse(processor.vcek());

    assertThat(key.commonName()).contains("SEV-VLEK");
    assertThat(processor.sign(guest(processor).report(Lab.REPORT_DATA)).keyInfo()).isEqualTo(4);
    assertThat(
            new SnpVerifier(platform.roots(), Lab.CLOCK)
                .verify(guest(processor).evidence(Lab.REPORT_DATA), BINDING))
        .hasSize(1);
    assertThat(platform.roots().chains(AmdGeneration.MILAN).get(0).asvk()).isPresent();
    assertThat(platform.providerChain().asvk().get().getSubjectX500Principal().getName())
        .contains("CN=SEV-VLEK-Milan", "CoCoLab emulated\\, not for production");
  }

  @Test
  void guestWithoutATableLeavesTheKeyToTheVerifier() {
    PlatformAuthority platform = Lab.otherPlatform(AmdGeneration.GENOA);
    SnpGuest guest = guest(platform.processor()).withoutTable();

    assertThat(guest.evidence(Lab.REPORT_DATA).path("cert_chain").isNull()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(AmdGeneration.class)
  void everyProcessOfTheMachineCertifiesEveryChip(AmdGeneration generation) {
    SecureProcessor processor = Lab.otherPlatform(generation).processor();
    PlatformAuthority elsewhere = Lab.otherPlatform(generation);

    byte[] vcek = elsewhere.vcekOf(processor.chipId(), processor.levels().reported());

    SnpReport report = processor.sign(guest(processor).report(Lab.REPORT_DATA));
    assertThat(report.isSignedBy(VcekCertificate.parse(vcek).publicKey().get())).isTrue();
    byte[] other = elsewhere.vcekOf(new byte[64], processor.levels().reported());
    assertThat(report.isSignedBy(VcekCertificate.parse(other).publicKey().get())).isFalse();
  }

  @Test
  void rootRevokesNothing() throws GeneralSecurityException {
    PlatformAuthority platform = Lab.otherPlatform(AmdGeneration.MILAN);

    X509CRL list =
        (X509CRL)
            CertificateFactory.getInstance("X.509")
                .generateCRL(new ByteArrayInputStream(platform.revocations()));

    list.verify(platform.roots().chains(AmdGeneration.MILAN).get(0).ark().getPublicKey());
    assertThat(list.getRevokedCertificates()).isNull();
    assertThat(list.getThisUpdate().toInstant()).isEqualTo(Lab.CLOCK.instant());
  }
}
