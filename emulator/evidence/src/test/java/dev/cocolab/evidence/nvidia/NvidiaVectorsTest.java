package dev.cocolab.evidence.nvidia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.TeeClaims;
import dev.cocolab.evidence.Vectors;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The report of a real H100, with NVIDIA's root. */
class NvidiaVectorsTest {

  private static final byte[] NONCE =
      HexFormat.of().parseHex("931d8dd0add203ac3d8b4fbde75e115278eefcdceac5b87671a748f32364dfcb");
  private static final String UUID = "1111-2222-33333-444444-555555";
  private static final String FWID =
      "f5c384aebb579217a2c66b17ed0f28e6a9b8d639041acd7b4721cec004f7275494ba94bb5cdfdb3055ee051762b1f75d";

  private final Vectors vectors = Vectors.required();

  private X509Certificate root() throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(vectors.bytes("roots/nvidia/nvidia_device_root.pem")));
  }

  private String hex() {
    return vectors.text("nvidia/hopperAttestationReport.txt");
  }

  private byte[] chain(int number) {
    return vectors.bytes("nvidia/hopper_cert_chain_case" + number + ".txt");
  }

  private static ObjectNode evidence(String report, byte[] chain) {
    ObjectNode evidence = TestGpu.evidence(new byte[0], "");
    ((ObjectNode) evidence.path("device_evidence_list").path(0))
        .put("arch", "Hopper")
        .put("uuid", UUID)
        .put("evidence", report)
        .put("certificate", Base64.getEncoder().encodeToString(chain));
    return evidence;
  }

  private List<TeeClaims> verify(ObjectNode evidence, byte[] nonce) throws CertificateException {
    return new NvidiaVerifier(List.of(root()), Vectors.CLOCK, Stance.strict())
        .verify(evidence, new ExpectedBinding(Optional.of(nonce), Optional.of(new byte[48])));
  }

  private EvidenceException refused(ObjectNode evidence, byte[] nonce) {
    EvidenceException refusal =
        catchThrowableOfType(EvidenceException.class, () -> verify(evidence, nonce));
    assertThat(refusal).as("refusal").isNotNull();
    return refusal;
  }

  private EvidenceException refusedReport(UnaryOperator<byte[]> change) {
    byte[] report = change.apply(HexFormat.of().parseHex(hex()));
    return refused(evidence(HexFormat.of().formatHex(report), chain(1)), NONCE);
  }

  @Test
  void claimsAreThoseOfTrustee() throws CertificateException {
    List<TeeClaims> claims = verify(evidence(hex(), chain(1)), NONCE);

    assertThat(claims).hasSize(1);
    assertThat(claims.get(0).teeClass()).isEqualTo("gpu");
    assertThat((Object) JsonMapper.shared().readTree(claims.get(0).claims().toString()))
        .isEqualTo(
            JsonMapper.shared()
                .readTree(vectors.text("nvidia/hopperAttestationReport-claims.txt")));
  }

  @Test
  void reportsComeInBase64AsWell() throws CertificateException {
    String base64 = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex()));

    assertThat(verify(evidence(base64, chain(1)), NONCE)).hasSize(1);
  }

  @Test
  void theNonceIsTheStartOfTheReportData() throws CertificateException {
    assertThat(verify(evidence(hex(), chain(1)), Arrays.copyOf(NONCE, 48))).hasSize(1);

    EvidenceException refusal = refused(evidence(hex(), chain(1)), Arrays.copyOf(NONCE, 31));

    assertThat(refusal).hasMessage("Nvidia report nonce mismatch");
    assertThat(refusal.reason()).isEqualTo(Refusal.NVIDIA_NONCE);
    assertThat(refusal.mismatch().orElseThrow().found()).isEqualTo(HexFormat.of().formatHex(NONCE));
  }

  @Test
  void aChainHasMoreThanARoot() {
    // Trustee's own test looks at the chain alone; the report is not signed by the root's key.
    DeviceChain chain = DeviceChain.parse(chain(2));

    assertThat(
            catchThrowableOfType(
                EvidenceException.class,
                () -> chain.requireTrusted(Set.of(root()), FWID, Vectors.CLOCK.instant())))
        .hasMessage("Certificate chain must have at least the root CA and signing certificates")
        .extracting(EvidenceException::reason)
        .isEqualTo(Refusal.NVIDIA_CHAIN_SHORT);
    assertThat(refused(evidence(hex(), chain(2)), NONCE).reason())
        .isEqualTo(Refusal.NVIDIA_SIGNATURE);
  }

  @Test
  void everyLinkOfTheChainCounts() {
    String[] certificates =
        Pattern.compile("(?<=END CERTIFICATE-----)")
            .split(new String(chain(1), StandardCharsets.US_ASCII), -1);
    String withoutIntermediate =
        certificates[0] + certificates[1] + certificates[3] + certificates[4];
    String withoutLeaf = certificates[1] + certificates[2] + certificates[3] + certificates[4];
    String withoutRoot = certificates[0] + certificates[1] + certificates[2] + certificates[3];

    assertThat(refusedChain(withoutIntermediate))
        .hasMessage("Report certificate chain failed to verify")
        .extracting(EvidenceException::reason)
        .isEqualTo(Refusal.NVIDIA_CHAIN);
    assertThat(refusedChain(withoutLeaf).reason()).isEqualTo(Refusal.NVIDIA_SIGNATURE);
    assertThat(refusedChain(withoutRoot))
        .hasMessage("Root CA in the certificate chain is not trusted")
        .extracting(EvidenceException::reason)
        .isEqualTo(Refusal.NVIDIA_ROOT);
  }

  private EvidenceException refusedChain(String chain) {
    return refused(evidence(hex(), chain.getBytes(StandardCharsets.US_ASCII)), NONCE);
  }

  @Test
  void theSigningCertificateNamesItsFirmware() {
    assertThat(DeviceChain.parse(vectors.bytes("nvidia/hopper_signing_cert.pem")).firmwareId())
        .isEqualTo(FWID);
  }

  @Test
  void anotherRootIsNotTrusted() {
    NvidiaVerifier verifier =
        new NvidiaVerifier(List.of(TestGpu.ROOT.certificate()), Vectors.CLOCK);

    assertThat(
            catchThrowableOfType(
                EvidenceException.class,
                () ->
                    verifier.verify(
                        evidence(hex(), chain(1)), ExpectedBinding.ofReportData(NONCE))))
        .hasMessage("Root CA in the certificate chain is not trusted");
  }

  @Test
  void certificatesBeginToBeValid() throws CertificateException {
    Clock before = Clock.offset(Vectors.CLOCK, Duration.ofDays(-365 * 4));
    NvidiaVerifier verifier = new NvidiaVerifier(List.of(root()), before);

    assertThat(
            catchThrowableOfType(
                    EvidenceException.class,
                    () ->
                        verifier.verify(
                            evidence(hex(), chain(1)), ExpectedBinding.ofReportData(NONCE)))
                .reason())
        .isEqualTo(Refusal.NVIDIA_CHAIN);
  }

  @ParameterizedTest
  @CsvSource({
    "0, SPDM version 0x10 not supported",
    "37, SPDM version 0x10 not supported",
    "46, Only measurements encoded in the DMTF layout are supported",
  })
  void formsThatAreNotKnownAreRefused(int offset, String message) {
    EvidenceException refusal =
        refusedReport(
            r -> {
              r[offset] ^= 1;
              return r;
            });

    assertThat(refusal).hasMessage(message);
    assertThat(refusal.reason()).isEqualTo(Refusal.NVIDIA_REPORT_MALFORMED);
  }

  @ParameterizedTest
  @CsvSource({"1", "4", "36", "38", "60", "1000", "3400", "4021", "4116"})
  void everyByteIsSigned(int offset) {
    EvidenceException refusal =
        refusedReport(
            r -> {
              r[offset] ^= 1;
              return r;
            });

    assertThat(refusal).hasMessage("NVIDIA report signature verification failed.");
    assertThat(refusal.reason()).isEqualTo(Refusal.NVIDIA_SIGNATURE);
  }

  @Test
  void bytesAfterTheSignatureAreNotThoseOfADevice() throws CertificateException {
    byte[] longer = Arrays.copyOf(HexFormat.of().parseHex(hex()), 5000);
    ObjectNode evidence = evidence(HexFormat.of().formatHex(longer), chain(1));

    assertThat(refused(evidence, NONCE).reason()).isEqualTo(Refusal.NVIDIA_TRAILING);
    assertThat(
            new NvidiaVerifier(List.of(root()), Vectors.CLOCK, Stance.compatible())
                .verify(evidence, ExpectedBinding.ofReportData(NONCE)))
        .hasSize(1);
  }

  @Test
  void truncatedReportsAreRefused() {
    byte[] report = HexFormat.of().parseHex(hex());
    for (int size = 0; size < report.length; size += 7) {
      byte[] cut = Arrays.copyOf(report, size);
      assertThat(
              catchThrowableOfType(EvidenceException.class, () -> MeasurementReport.parse(cut))
                  .reason())
          .as("%d bytes", size)
          .isEqualTo(Refusal.NVIDIA_REPORT_MALFORMED);
    }
  }
}
