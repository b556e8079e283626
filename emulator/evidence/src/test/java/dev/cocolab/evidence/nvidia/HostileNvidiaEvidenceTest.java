package dev.cocolab.evidence.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.EvidenceException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever evidence holds, it is refused: no other exception leaves the verifier. */
class HostileNvidiaEvidenceTest {

  private static final byte[] REPORT = TestGpu.report();
  private static final String CHAIN = TestGpu.pem(TestGpu.LEAF, TestGpu.INTERMEDIATE, TestGpu.ROOT);

  @Property(tries = 60)
  void anyReport(@ForAll byte[] report) {
    verify(report, CHAIN);
  }

  @Property(tries = 60)
  void anyOpaqueData(@ForAll byte[] opaque) {
    verify(TestGpu.signed(TestGpu.message(opaque), TestGpu.LEAF), CHAIN);
  }

  @Property(tries = 60)
  void anyMeasurements(@ForAll byte[] record) {
    verify(TestGpu.signed(TestGpu.message(TestGpu.opaque(), record), TestGpu.LEAF), CHAIN);
  }

  @Property(tries = 60)
  void anyByteOfAReportChanged(@ForAll("positions") int position, @ForAll byte value) {
    byte[] report = REPORT.clone();
    report[position] = value;
    verify(report, CHAIN);
  }

  @Property(tries = 60)
  void anyByteOfTheSigningCertificateChanged(
      @ForAll("certificatePositions") int position, @ForAll byte value) throws Exception {
    byte[] der = TestGpu.LEAF.certificate().getEncoded();
    der[position] = value;
    String changed =
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getEncoder().encodeToString(der)
            + "\n-----END CERTIFICATE-----\n";
    verify(REPORT, changed + TestGpu.pem(TestGpu.INTERMEDIATE, TestGpu.ROOT));
  }

  @Property(tries = 60)
  void anyChain(@ForAll byte[] chain) {
    verify(REPORT, new String(chain, StandardCharsets.ISO_8859_1));
  }

  private static void verify(byte[] report, String chain) {
    try {
      assertThat(TestGpu.verify(TestGpu.evidence(report, chain))).hasSize(1);
    } catch (EvidenceException e) {
      assertThat(e.reason().name()).startsWith("NVIDIA_");
    }
  }

  @Provide
  Arbitrary<Integer> positions() {
    return Arbitraries.integers().between(0, REPORT.length - 1);
  }

  @Provide
  Arbitrary<Integer> certificatePositions() throws Exception {
    return Arbitraries.integers().between(0, TestGpu.LEAF.certificate().getEncoded().length - 1);
  }
}
