package dev.cocolab.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.azure.AzSnpVtpmEvidence;
import dev.cocolab.evidence.hcl.HclReport;
import dev.cocolab.evidence.snp.SnpReport;
import dev.cocolab.evidence.tpm.TpmsAttest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * Emulated evidence beside evidence captured on Azure: what is the same on every Azure host is the
 * same here.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CapturedLayoutTest {

  private static final int REPORT = 32;

  private Path vectors;
  private JsonNode capturedJson;
  private AzSnpVtpmEvidence captured;
  private JsonNode emulatedJson;
  private AzSnpVtpmEvidence emulated;

  @BeforeAll
  void capture() {
    Optional<Path> found = Lab.vectors();
    assumeTrue(found.isPresent(), "no captured evidence in ../shared/vectors");
    vectors = found.get();
    capturedJson = Lab.json(vectors.resolve("az-snp-vtpm/evidence-v2.json"));
    captured = AzSnpVtpmEvidence.parse(capturedJson);
    try (RsaKeyPool keys = RsaKeyPool.start(2, Lab.RANDOM);
        ConfidentialVm vm =
            ConfidentialVm.boot(Lab.platform(), BootImage.defaultPodVm(), Lab.request(keys))) {
      emulatedJson = vm.evidence(Lab.REPORT_DATA, 2);
      emulated = AzSnpVtpmEvidence.parse(emulatedJson);
    }
  }

  /** Header and IGVM fields, 32 bit little-endian. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "signature, 0", "version, 4", "report_size, 8", "request_type, 12", "status, 16",
    "reserved, 20", "reserved, 24", "reserved, 28", "data_size, 1216", "hcl_data.version, 1220",
    "report_type, 1224", "report_data_hash_type, 1228", "variable_data_size, 1232"
  })
  void hclFieldsAreThoseOfAzure(String field, int offset) {
    assertThat(word(emulated.hclReport(), offset)).isEqualTo(word(captured.hclReport(), offset));
  }

  @Test
  void hclReportHasTheSizeAndTheZeroFillOfAzure() {
    byte[] hcl = emulated.hclReport();
    int end = 1236 + word(hcl, 1232);

    assertThat(hcl).hasSameSizeAs(captured.hclReport());
    assertThat(Arrays.copyOfRange(hcl, end, hcl.length)).containsOnly(0);
  }

  /** Fields that are the same for every guest on Azure's Milan hosts, with their length. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "version, 0x000, 4",
    "guest_svn, 0x004, 4",
    "policy, 0x008, 8",
    "family_id, 0x010, 16",
    "image_id, 0x020, 16",
    "vmpl, 0x030, 4",
    "sig_algo, 0x034, 4",
    "current_tcb, 0x038, 8",
    "platform_info, 0x040, 8",
    "key_info, 0x048, 4",
    "reserved, 0x04c, 4",
    "report_data after the hash, 0x070, 32",
    "host_data, 0x0c0, 32",
    "id_key_digest, 0x0e0, 48",
    "author_key_digest, 0x110, 48",
    "report_id_ma, 0x160, 32",
    "reported_tcb, 0x180, 8",
    "cpuid, 0x188, 3",
    "reserved, 0x18b, 21",
    "committed_tcb, 0x1e0, 8",
    "current, 0x1e8, 4",
    "committed, 0x1ec, 4",
    "launch_tcb, 0x1f0, 8",
    "reserved, 0x1f8, 168",
    "upper bytes of R, 0x2d0, 24",
    "upper bytes of S, 0x318, 24",
    "padding, 0x330, 368"
  })
  void reportFieldsAreThoseOfAzure(String field, String offset, int length) {
    int from = REPORT + Integer.decode(offset);
    assertThat(HexFormat.of().formatHex(emulated.hclReport(), from, from + length))
        .isEqualTo(HexFormat.of().formatHex(captured.hclReport(), from, from + length));
  }

  @Test
  void reportFieldsOfTheGuestAreFilled() {
    SnpReport report = HclReport.parse(emulated.hclReport()).snpReport();

    assertThat(report.measurement()).isEqualTo(BootImage.defaultPodVm().launchMeasurement());
    assertThat(report.reportId()).isNotEqualTo(new byte[32]);
    assertThat(report.chipId()).isNotEqualTo(new byte[64]);
    assertThat(Arrays.copyOf(report.reportData(), 32))
        .isEqualTo(HclReport.parse(emulated.hclReport()).variableDataDigest());
  }

  @Test
  void variableDataHasTheShapeOfAzure() {
    String theirs = shape(variableData(captured));
    String ours = shape(variableData(emulated));

    assertThat(ours).isEqualTo(theirs);
  }

  /** Keys, moduli and identifiers replaced by their length, everything else kept. */
  private static String shape(String json) {
    return json.replaceAll("\"n\":\"[A-Za-z0-9_-]{342}\"", "\"n\":342")
        .replaceAll("\"vmUniqueId\":\"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\"", "GUID")
        .replaceAll("\"user-data\":\"[0-9A-F]{96}0{32}\"", "USER-DATA");
  }

  private static String variableData(AzSnpVtpmEvidence evidence) {
    return new String(HclReport.parse(evidence.hclReport()).variableData(), StandardCharsets.UTF_8);
  }

  @Test
  void quoteHasTheFieldsOfAzure() {
    TpmsAttest ours = TpmsAttest.parse(emulated.quote().message());
    TpmsAttest theirs = TpmsAttest.parse(captured.quote().message());

    assertThat(emulated.quote().message()).hasSameSizeAs(captured.quote().message());
    assertThat(emulated.quote().signature()).hasSameSizeAs(captured.quote().signature());
    assertThat(emulated.quote().pcrs()).hasSameSizeAs(captured.quote().pcrs());
    assertThat(ours.type()).isEqualTo(theirs.type());
    assertThat(ours.firmwareVersion()).isEqualTo(theirs.firmwareVersion());
    assertThat(ours.qualifiedSigner()).hasSameSizeAs(theirs.qualifiedSigner());
    assertThat(Arrays.copyOf(ours.qualifiedSigner(), 2))
        .isEqualTo(Arrays.copyOf(theirs.qualifiedSigner(), 2));
    assertThat(ours.clockInfo().resetCount()).isEqualTo(theirs.clockInfo().resetCount());
    assertThat(ours.clockInfo().restartCount()).isEqualTo(theirs.clockInfo().restartCount());
    assertThat(ours.clockInfo().safe()).isEqualTo(theirs.clockInfo().safe());
    assertThat(ours.clockInfo().clock()).isPositive();
    assertThat(ours.quote().orElseThrow().selections())
        .isEqualTo(theirs.quote().orElseThrow().selections());
    assertThat(ours.quote().orElseThrow().pcrDigest()).hasSize(32);
  }

  @ParameterizedTest
  @CsvSource({"2", "3", "8", "13", "15", "16", "17", "18", "19", "20", "21", "22", "23"})
  void registersAtRestAreThoseOfAzure(int pcr) {
    assertThat(emulated.quote().pcrs().get(pcr)).isEqualTo(captured.quote().pcrs().get(pcr));
  }

  @Test
  void evidenceHasTheMembersAndEncodingsOfTheGuestComponents() {
    assertThat(new ArrayList<>(emulatedJson.propertyNames()))
        .isEqualTo(new ArrayList<>(capturedJson.propertyNames()));
    assertThat(new ArrayList<>(emulatedJson.path("tpm_quote").propertyNames()))
        .isEqualTo(new ArrayList<>(capturedJson.path("tpm_quote").propertyNames()));
    assertThat(emulatedJson.path("hcl_report").asString())
        .matches("[A-Za-z0-9_-]+={0,2}")
        .hasSameSizeAs(capturedJson.path("hcl_report").asString())
        .endsWith("=");
    assertThat(emulatedJson.path("vcek").asString().length() % 4).isZero();
    assertThat(emulatedJson.path("tpm_quote").path("message").asString()).matches("[0-9a-f]+");
    assertThat((JsonNode) captured.toJson(2)).isEqualTo(capturedJson);
  }

  @Test
  void endorsementHasTheExtensionsOfAmds() throws Exception {
    X509CertificateHolder ours = new X509CertificateHolder(emulated.vcek());
    X509CertificateHolder theirs = new X509CertificateHolder(captured.vcek());

    assertThat(ours.getExtensions().getExtensionOIDs())
        .isEqualTo(theirs.getExtensions().getExtensionOIDs());
    for (ASN1ObjectIdentifier oid : theirs.getExtensions().getExtensionOIDs()) {
      byte[] mine = value(ours, oid);
      if (oid.getId().endsWith(".3704.1.4")) {
        assertThat(mine).as("hwID").hasSameSizeAs(value(theirs, oid));
      } else {
        assertThat(mine).as(oid.getId()).isEqualTo(value(theirs, oid));
      }
    }
    assertThat(ours.getSerialNumber()).isEqualTo(theirs.getSerialNumber());
    assertThat(ours.getSignatureAlgorithm()).isEqualTo(theirs.getSignatureAlgorithm());
    assertThat(ours.getSubjectPublicKeyInfo().getAlgorithm())
        .isEqualTo(theirs.getSubjectPublicKeyInfo().getAlgorithm());
    assertThat(ours.getSignature()).hasSameSizeAs(theirs.getSignature());
    assertThat(names(ours.getSubject().toString()))
        .isEqualTo(names(theirs.getSubject().toString()));
    assertThat(names(ours.getIssuer().toString())).isEqualTo(names(theirs.getIssuer().toString()));
    assertThat(commonName(ours.getSubject().toString())).isEqualTo("CN=SEV-VCEK");
    assertThat(ours.getSubject().toString()).contains("CoCoLab emulated\\, not for production");
  }

  private static byte[] value(X509CertificateHolder certificate, ASN1ObjectIdentifier oid) {
    Extension extension = certificate.getExtension(oid);
    return extension.getExtnValue().getOctets();
  }

  @Test
  void authoritiesHaveTheShapeOfAmds() throws Exception {
    AmdRoots.Chain ours = Lab.platform().roots().chains(AmdGeneration.MILAN).get(0);
    AmdRoots.Chain theirs = Lab.realRoots(vectors).chains(AmdGeneration.MILAN).get(0);
    List<Function<AmdRoots.Chain, X509Certificate>> both =
        List.of(AmdRoots.Chain::ark, AmdRoots.Chain::ask);
    for (Function<AmdRoots.Chain, X509Certificate> which : both) {
      X509Certificate mine = which.apply(ours);
      X509Certificate real = which.apply(theirs);
      assertThat(commonName(mine.getSubjectX500Principal().toString()))
          .isEqualTo(commonName(real.getSubjectX500Principal().toString()));
      assertThat(mine.getSubjectX500Principal().getName())
          .contains("CoCoLab emulated\\, not for production");
      assertThat(names(mine.getSubjectX500Principal().toString()))
          .isEqualTo(names(real.getSubjectX500Principal().toString()));
      assertThat(mine.getSerialNumber()).isEqualTo(real.getSerialNumber());
      assertThat(mine.getPublicKey().getEncoded()).hasSameSizeAs(real.getPublicKey().getEncoded());
      assertThat(mine.getSigAlgOID()).isEqualTo(real.getSigAlgOID());
      assertThat(mine.getBasicConstraints()).isEqualTo(real.getBasicConstraints());
      assertThat(mine.getKeyUsage()).isEqualTo(real.getKeyUsage());
      assertThat(mine.getCriticalExtensionOIDs()).isEqualTo(real.getCriticalExtensionOIDs());
      assertThat(mine.getNonCriticalExtensionOIDs()).isEqualTo(real.getNonCriticalExtensionOIDs());
    }
    ours.ark().verify(ours.ark().getPublicKey());
    ours.ask().verify(ours.ark().getPublicKey());
  }

  private static String commonName(String name) {
    return Arrays.stream(name.split(", ?")).filter(p -> p.startsWith("CN=")).findFirst().orElse("");
  }

  /** The attribute types of a name in order. */
  private static List<String> names(String name) {
    return Arrays.stream(name.replaceAll("\"[^\"]*\"", "").split("(?<!\\\\), ?"))
        .map(part -> part.replaceAll("=.*", ""))
        .toList();
  }

  private static int word(byte[] bytes, int offset) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
  }
}
