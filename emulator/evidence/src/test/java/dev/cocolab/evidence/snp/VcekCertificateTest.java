package dev.cocolab.evidence.snp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Vectors;
import dev.cocolab.evidence.snp.VcekCertificate.Field;
import java.security.PublicKey;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class VcekCertificateTest {

  private final Vectors vectors = Vectors.required();
  private final SnpReport report = SnpReport.parse(vectors.bytes("snp/test-report.bin"));

  @Test
  void readsWhatTheReportWasSignedFor() {
    VcekCertificate vcek = VcekCertificate.parse(vectors.bytes("snp/test-vcek.der"));

    assertThat(vcek.securityVersion(Field.BOOTLOADER)).isEqualTo(report.reportedTcb().bootloader());
    assertThat(vcek.securityVersion(Field.TEE)).isEqualTo(report.reportedTcb().tee());
    assertThat(vcek.securityVersion(Field.SNP)).isEqualTo(report.reportedTcb().snp());
    assertThat(vcek.securityVersion(Field.MICROCODE)).isEqualTo(report.reportedTcb().microcode());
    assertThat(vcek.hardwareId()).isEqualTo(report.chipId());
    assertThat(vcek.commonName()).contains("SEV-VCEK");
    assertThat(report.isSignedBy(vcek.publicKey().orElseThrow())).isTrue();
    assertThat(vcek.isSignedBy(ask(AmdGeneration.MILAN))).isTrue();
    assertThat(vcek.isSignedBy(ask(AmdGeneration.GENOA))).isFalse();
  }

  @Test
  void changedReportIsNotSigned() {
    VcekCertificate vcek = VcekCertificate.parse(vectors.bytes("snp/test-vcek.der"));
    byte[] changed = report.bytes();
    changed[42]++;

    assertThat(SnpReport.parse(changed).isSignedBy(vcek.publicKey().orElseThrow())).isFalse();
  }

  @Test
  void changedCertificateIsNotSigned() {
    byte[] changed = vectors.bytes("snp/test-vcek.der");
    changed[changed.length - 42]++;

    assertThat(VcekCertificate.parse(changed).isSignedBy(ask(AmdGeneration.MILAN))).isFalse();
  }

  @Test
  void theAlgorithmOutsideTheSignedPartIsTheOneInside() {
    byte[] der = vectors.bytes("snp/test-vcek.der");
    int outer = 8 + (Byte.toUnsignedInt(der[6]) << 8 | Byte.toUnsignedInt(der[7]));
    int length = 2 + der[outer + 1];

    for (int bit = 0; bit < 8 * length; bit++) {
      byte[] changed = der.clone();
      changed[outer + bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(isRefused(changed)).as("bit %d", bit).isTrue();
    }
  }

  private boolean isRefused(byte[] der) {
    try {
      return !VcekCertificate.parse(der).isSignedBy(ask(AmdGeneration.MILAN));
    } catch (EvidenceException e) {
      return e.reason() == Refusal.VCEK_MALFORMED;
    }
  }

  @Test
  void hardwareIdMayStandWithoutAnInnerOctetString() {
    VcekCertificate legacy =
        VcekCertificate.parse(vectors.bytes("snp/test-vcek-invalid-legacy.der"));

    assertThat(legacy.hardwareId()).hasSize(64);
    assertThat(legacy.isSignedBy(ask(AmdGeneration.MILAN))).isFalse();
  }

  @Test
  void validityIncludesItsStartAndExcludesItsEnd() {
    VcekCertificate vcek = VcekCertificate.parse(vectors.bytes("snp/test-vcek.der"));
    Instant from = vcek.notBefore();
    Instant to = vcek.notAfter();

    assertThat(vcek.isValidAt(from)).isTrue();
    assertThat(vcek.isValidAt(from.minusSeconds(1))).isFalse();
    assertThat(vcek.isValidAt(to.minusSeconds(1))).isTrue();
    assertThat(vcek.isValidAt(to)).isFalse();
  }

  private PublicKey ask(AmdGeneration generation) {
    AmdRoots.Chain chain = vectors.amdRoots().chains(generation).get(0);
    return chain.ask().getPublicKey();
  }
}
