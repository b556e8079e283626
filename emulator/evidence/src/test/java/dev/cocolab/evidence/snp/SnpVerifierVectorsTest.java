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
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Evidence captured on bare-metal hosts, as it is and with one thing changed. */
class SnpVerifierVectorsTest {

  private static final String EVIDENCE = "snp/evidence-e2e-genoa.json";
  private static final byte[] REPORT_DATA =
      HexFormat.of()
          .parseHex(
              "7e7320889600c7ac133aea7b896c51f41026002982292a7369559796999c1bf9"
                  + "29eef3ff23c46e858f0b1982f9a92b17c51b578d958cde6b0c92978f150cf9b0");
  private static final String UNSIGNED =
      "Report signature verification against VEK signature failed:"
          + " VEK does not sign the attestation report";
  private static final String NO_CHAIN =
      "Certificate chain provided by user failed to verify:"
          + " Signer certificate does not sign signee certificate";

  private Vectors vectors;
  private ObjectNode evidence;

  @BeforeEach
  void read() {
    vectors = Vectors.required();
    evidence = (ObjectNode) vectors.json(EVIDENCE);
  }

  @Test
  void claimsAreThoseOfTrustee() {
    for (Stance stance :
        List.of(Stance.strict(), Stance.strict().withoutDebug(), Stance.compatible())) {
      VerifiedGuest verified =
          verifier(stance).check(evidence, ExpectedBinding.ofReportData(REPORT_DATA));

      assertThat((JsonNode) verified.claims().claims())
          .isEqualTo(vectors.json("expected/snp-evidence-e2e-genoa.claims.json"));
      assertThat(verified.anchor()).isEqualTo("AMD");
      assertThat(verified.generation().productName()).isEqualTo("Genoa");
    }
  }

  @Test
  void claimsOfAnOlderReportAreThoseOfTrusteesGenerator() {
    SnpReport report = SnpReport.parse(vectors.bytes("snp/test-report.bin"));

    assertThat((JsonNode) SnpClaims.of(report))
        .isEqualTo(vectors.json("expected/snp-test-report.claims.json"));
  }

  @Test
  void reportIsTheBytesThatWereSigned() {
    SnpReport report = SnpEvidence.parse(evidence).report();

    assertThat(report.signedBytes())
        .isEqualTo(
            SnpReport.parse(vectors.bytes("snp/evidence-e2e-genoa.report.bin")).signedBytes());
    assertThat(SnpEvidence.parse(SnpEvidence.parse(evidence).toJson()).report().bytes())
        .isEqualTo(report.bytes());
  }

  @Test
  void olderReportIsRefusedForItsVersion() {
    SnpReport report = SnpReport.parse(vectors.bytes("snp/test-report.bin"));
    SnpEvidence old =
        new SnpEvidence(
            report, Optional.of(CertificateTable.ofVcek(vectors.bytes("snp/test-vcek.der"))));

    refused(
        old.toJson(),
        Refusal.SNP_VERSION_OLD,
        "Attestation Report version is too old. Please update your firmware.");
  }

  @ParameterizedTest
  @CsvSource({
    "version, 6, SNP_VERSION_UNKNOWN,"
        + " Unexpected attestation report version. Check SNP Firmware ABI specification",
    "version, 0, SNP_VERSION_OLD,"
        + " Attestation Report version is too old. Please update your firmware.",
    "cpuid_fam_id, 24, CPU_GENERATION, Processor family not supported",
    "cpuid_mod_id, 80, CPU_GENERATION, Processor model not supported",
    "cpuid_mod_id, 1, VEK_CHAIN, ''",
    "guest_svn, 1, VEK_SIGNATURE, ''",
    "policy, 720896, VEK_SIGNATURE, ''",
    "vmpl, 1, VEK_SIGNATURE, ''",
    "sig_algo, 2, VEK_SIGNATURE, ''",
    "plat_info, 36, VEK_SIGNATURE, ''",
    "key_info, 4, VEK_SIGNATURE, ''",
    "cpuid_step, 1, VEK_SIGNATURE, ''",
    "version, 4, VEK_SIGNATURE, ''"
  })
  void changedNumberIsRefused(String field, long value, Refusal reason, String chain) {
    report().put(field, value);

    EvidenceException refusal = refusal(Stance.compatible());
    assertThat(refusal.reason()).isEqualTo(reason);
    String text =
        switch (reason) {
          case VEK_CHAIN -> NO_CHAIN;
          case VEK_SIGNATURE -> UNSIGNED;
          default -> chain;
        };
    assertThat(refusal.chain()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "family_id",
    "image_id",
    "report_data",
    "measurement",
    "host_data",
    "id_key_digest",
    "author_key_digest",
    "report_id",
    "report_id_ma",
    "chip_id"
  })
  void changedBytesAreRefused(String field) {
    ArrayNode bytes = (ArrayNode) report().get(field);
    bytes.set(0, bytes.numberNode(bytes.get(0).asInt() ^ 1));

    refused(evidence, Refusal.VEK_SIGNATURE, UNSIGNED);
  }

  @ParameterizedTest
  @CsvSource({
    "current_tcb, snp",
    "reported_tcb, microcode",
    "reported_tcb, bootloader",
    "committed_tcb, tee",
    "launch_tcb, snp",
    "current, build",
    "committed, major"
  })
  void changedVersionsAreRefused(String field, String part) {
    ObjectNode version = (ObjectNode) report().get(field);
    version.put(part, version.get(part).asInt() + 1);

    refused(evidence, Refusal.VEK_SIGNATURE, UNSIGNED);
  }

  @ParameterizedTest
  @CsvSource({"r, 0", "r, 71", "s, 0", "s, 48"})
  void changedSignatureIsRefused(String part, int index) {
    ArrayNode bytes = (ArrayNode) report().path("signature").get(part);
    bytes.set(index, bytes.numberNode(bytes.get(index).asInt() ^ 1));

    refused(evidence, Refusal.VEK_SIGNATURE, UNSIGNED);
  }

  @Test
  void levelWithoutAPlaceBeforeTurinIsNotLookedAt() {
    ((ObjectNode) report().get("reported_tcb")).put("fmc", 3);

    assertThat(accepted(evidence)).isTrue();
  }

  @Test
  void tableMayHaveTheAuthoritiesToo() {
    byte[][] bundle = bundle();
    table(
        new Entry(Kind.EMPTY, new byte[0]),
        new Entry(Kind.OTHER, Optional.of("00000000-0000-0000-0000-000000000001"), new byte[] {1}),
        new Entry(Kind.ASK, bundle[0]),
        new Entry(Kind.VCEK, vcek()),
        new Entry(Kind.ARK, bundle[1]));

    assertThat(accepted(evidence)).isTrue();
    assertThat(SnpEvidence.parse(evidence).toJson().get("cert_chain"))
        .isEqualTo(evidence.get("cert_chain"));
  }

  @Test
  void certificatesMayBePem() {
    table(new Entry(Kind.VCEK, pem(vcek())));

    assertThat(accepted(evidence)).isTrue();
  }

  @Test
  void authorityForProvidersDoesNotEndorseChips() {
    byte[][] bundle = bundle();
    table(new Entry(Kind.ASK, bundle[2]), new Entry(Kind.VCEK, vcek()));
    refused(evidence, Refusal.VEK_CHAIN, NO_CHAIN);

    table(new Entry(Kind.VLEK, vcek()));
    refused(evidence, Refusal.VEK_CHAIN, NO_CHAIN);
  }

  @Test
  void rootOfAnotherGenerationIsForeign() {
    table(
        new Entry(Kind.ARK, der(vectors.amdRoots(), AmdGeneration.MILAN)),
        new Entry(Kind.VCEK, vcek()));

    refused(evidence, Refusal.ARK_FOREIGN, "Provided ARK has an invalid signature");
  }

  @Test
  void tableWithoutEndorsementKeyIsRefused() {
    table(new Entry(Kind.ASK, bundle()[0]));
    refused(
        evidence, Refusal.VEK_ABSENT, "If a cert chain is provided, it must include a VCEK/VLEK");

    table();
    assertThat(refusal(Stance.strict()).reason()).isEqualTo(Refusal.VEK_ABSENT);
  }

  @Test
  void withoutTableThereIsNoEndorsementKey() {
    evidence.putNull("cert_chain");
    refused(
        evidence,
        Refusal.VEK_SOURCES,
        "Failed to fetch VCEK from any configured source:"
            + " no certificate chain and no source configured");

    evidence.remove("cert_chain");
    assertThat(refusal(Stance.strict()).reason()).isEqualTo(Refusal.VEK_SOURCES);
  }

  @Test
  void changedEndorsementKeyIsRefused() {
    byte[] changed = vcek();
    changed[200] ^= 1;
    table(new Entry(Kind.VCEK, changed));
    refused(evidence, Refusal.VEK_CHAIN, NO_CHAIN);

    table(new Entry(Kind.VCEK, new byte[] {1, 2, 3}));
    refused(
        evidence,
        Refusal.CERTIFICATE_MALFORMED,
        "Failed to decode a certificate of the provided chain: VCEK is not an X.509 certificate");
  }

  @Test
  void endorsementKeyOfAnotherChipDidNotSign() {
    SnpReport report = SnpReport.parse(vectors.bytes("snp/test-report.bin"));
    SnpReport newer = report.toBuilder().version(3).cpuid(0x19, 1, 1).build();
    SnpEvidence other =
        new SnpEvidence(
            newer, Optional.of(CertificateTable.ofVcek(vectors.bytes("snp/test-vcek.der"))));

    refused(other.toJson(), Refusal.VEK_SIGNATURE, UNSIGNED);
  }

  @Test
  void invalidRealEndorsementKeyIsRefused() {
    SnpReport report = SnpReport.parse(vectors.bytes("snp/test-report.bin"));
    SnpEvidence other =
        new SnpEvidence(
            report.toBuilder().version(3).cpuid(0x19, 1, 1).build(),
            Optional.of(
                CertificateTable.ofVcek(vectors.bytes("snp/test-vcek-invalid-legacy.der"))));

    refused(other.toJson(), Refusal.VEK_CHAIN, NO_CHAIN);
  }

  @Test
  void reportDataIsPaddedWithZerosAndCutTo64Bytes() {
    byte[] longer = Arrays.copyOf(REPORT_DATA, 80);
    assertThat(verifier(Stance.strict()).verify(evidence, ExpectedBinding.ofReportData(longer)))
        .hasSize(1);

    byte[] shorter = Arrays.copyOf(REPORT_DATA, 48);
    EvidenceException refusal =
        catchThrowableOfType(
            EvidenceException.class,
            () ->
                verifier(Stance.strict()).verify(evidence, ExpectedBinding.ofReportData(shorter)));
    assertThat(refusal.reason()).isEqualTo(Refusal.REPORT_DATA);
    assertThat(refusal.chain()).isEqualTo("Report Data Mismatch");
  }

  @Test
  void hostDataIsTheInitDataDigest() {
    assertThat(
            verifier(Stance.strict())
                .verify(evidence, new ExpectedBinding(Optional.empty(), Optional.of(new byte[48]))))
        .hasSize(1);
    EvidenceException refusal =
        catchThrowableOfType(
            EvidenceException.class,
            () ->
                verifier(Stance.strict())
                    .verify(
                        evidence,
                        new ExpectedBinding(
                            Optional.of(REPORT_DATA), Optional.of(new byte[] {1}))));
    assertThat(refusal.reason()).isEqualTo(Refusal.HOST_DATA);
    assertThat(refusal.chain()).isEqualTo("Host Data Mismatch");
  }

  @Test
  void withoutTrustedRootNothingIsEndorsed() {
    EvidenceException refusal =
        catchThrowableOfType(
            EvidenceException.class,
            () ->
                new SnpVerifier(AmdRoots.of(Map.of()), Vectors.CLOCK)
                    .verify(evidence, ExpectedBinding.ofReportData(REPORT_DATA)));
    assertThat(refusal.reason()).isEqualTo(Refusal.VEK_CHAIN);
  }

  private ObjectNode report() {
    return (ObjectNode) evidence.get("attestation_report");
  }

  private void table(Entry... entries) {
    evidence.set("cert_chain", new CertificateTable(List.of(entries)).toJson());
  }

  private byte[] vcek() {
    return SnpEvidence.parse(vectors.json(EVIDENCE)).table().orElseThrow().entries().get(0).data();
  }

  /** ASK, ARK and ASVK of Genoa in DER. */
  private byte[][] bundle() {
    AmdRoots.Chain chain = vectors.amdRoots().chains(AmdGeneration.GENOA).get(0);
    try {
      return new byte[][] {
        chain.ask().getEncoded(), chain.ark().getEncoded(), chain.asvk().orElseThrow().getEncoded()
      };
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] der(AmdRoots roots, AmdGeneration generation) {
    try {
      return roots.chains(generation).get(0).ark().getEncoded();
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] pem(byte[] der) {
    String body = Base64.getMimeEncoder().encodeToString(der);
    return ("-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private SnpVerifier verifier(Stance stance) {
    return new SnpVerifier(vectors.amdRoots(), Vectors.CLOCK, stance);
  }

  private boolean accepted(JsonNode json) {
    return verifier(Stance.strict()).verify(json, ExpectedBinding.ofReportData(REPORT_DATA)).size()
        == 1;
  }

  private EvidenceException refusal(Stance stance) {
    return catchThrowableOfType(
        EvidenceException.class,
        () -> verifier(stance).verify(evidence, ExpectedBinding.ofReportData(REPORT_DATA)));
  }

  private void refused(JsonNode json, Refusal reason, String chain) {
    EvidenceException refusal =
        catchThrowableOfType(
            EvidenceException.class,
            () ->
                verifier(Stance.strict()).verify(json, ExpectedBinding.ofReportData(REPORT_DATA)));
    assertThat(refusal).as("refusal").isNotNull();
    assertThat(refusal.chain()).isEqualTo(chain);
    assertThat(refusal.reason()).isEqualTo(reason);
  }
}
