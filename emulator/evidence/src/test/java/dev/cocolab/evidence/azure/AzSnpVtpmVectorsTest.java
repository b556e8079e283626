package dev.cocolab.evidence.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Vectors;
import dev.cocolab.evidence.hcl.HclReport;
import dev.cocolab.evidence.snp.Endorsements;
import dev.cocolab.evidence.snp.SnpChecks;
import dev.cocolab.evidence.snp.SnpReport;
import dev.cocolab.evidence.snp.VcekCertificate;
import dev.cocolab.evidence.snp.VerifiedGuest;
import dev.cocolab.evidence.tpm.PcrSelection;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.evidence.tpm.TpmsAttest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import tools.jackson.databind.JsonNode;

/**
 * Every file and every mutation that the description of the vectors lists, and none that it does
 * not.
 */
class AzSnpVtpmVectorsTest {

  private static final String FOLDER = "az-snp-vtpm/";
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void vectorsAreThere() {
    assertThat(Vectors.required().files("az-snp-vtpm")).isNotEmpty();
  }

  @TestFactory
  Stream<DynamicTest> everyFileGivesWhatItsRowExpects() {
    Vectors vectors = Vectors.required();
    Map<String, Executable> rows = new LinkedHashMap<>();
    rows.put("evidence-v0.json", () -> genuine(vectors, 0, Vectors.CHALLENGE));
    rows.put("evidence-v2.json", () -> genuine(vectors, 2, Vectors.REPORT_DATA_V2));
    rows.put("hcl-report.bin", () -> hclReport(vectors));
    rows.put("vcek.pem", () -> vcek(vectors));
    rows.put("tpm-quote-v1.json", AzSnpVtpmVectorsTest::quote);
    rows.put("quote.bin", () -> oldQuote(vectors));
    rows.put("tpm-quote.msg", () -> strayQuote(vectors));
    rows.put(
        "tpm-quote.sig", () -> assertThat(vectors.bytes(FOLDER + "tpm-quote.sig")).hasSize(256));

    assertThat(rows.keySet())
        .as("files")
        .containsExactlyInAnyOrderElementsOf(vectors.files("az-snp-vtpm"));
    assertThat(rows.keySet())
        .as("described files")
        .containsExactlyInAnyOrderElementsOf(describedFiles(vectors));
    return tests(rows);
  }

  @TestFactory
  Stream<DynamicTest> everyListedMutationGivesWhatItsRowExpects() {
    Vectors vectors = Vectors.required();
    Map<String, Executable> rows = new LinkedHashMap<>();
    rows.put(
        "byte 0x01a6 = 0 (reported_tcb.snp)",
        () -> {
          byte[] hcl = vectors.bytes(FOLDER + "hcl-report.bin");
          hcl[0x01a6] = 0;
          SnpReport report = HclReport.parse(hcl).snpReport();
          VcekCertificate vcek = VcekCertificate.parse(Captured.v1().evidence().vcek());
          assertThatExceptionOfType(EvidenceException.class)
              .isThrownBy(new SnpChecks(report, vcek)::checkTcb)
              .withMessage("SNP version mismatch")
              .satisfies(e -> assertThat(e.reason()).isEqualTo(Refusal.TCB_SNP));
        });
    rows.put(
        "byte 0x06e0 + 1 (variable data)",
        () ->
            Captured.v1()
                .hcl(hcl -> hcl[0x06e0]++)
                .refused(
                    Refusal.VARIABLE_DATA_DIGEST,
                    "HCL variable data digest doesn't match SNP report data"));
    rows.put(
        "byte 0x0540 = 0 (inside the AK JWK)",
        () ->
            Captured.v1()
                .hcl(hcl -> hcl[0x0540] = 0)
                .refused(Refusal.AK_ABSENT, "Failed to get AKpub: JSON parse error"));
    rows.put(
        "quote signature byte 0 xor 1",
        () ->
            Captured.v1()
                .quote(q -> TpmQuote.of(flipped(q.signature(), 0), q.message(), q.pcrs()))
                .refused(Refusal.QUOTE_SIGNATURE, "vTPM quote is not signed by AKpub"));
    rows.put(
        "nonce reversed",
        () -> {
          byte[] reversed = Vectors.CHALLENGE.clone();
          for (int i = 0; i < reversed.length; i++) {
            reversed[i] = Vectors.CHALLENGE[reversed.length - 1 - i];
          }
          Captured.v1()
              .expecting(reversed)
              .refused(Refusal.QUOTE_NONCE, "TPM quote nonce doesn't match expected report_data");
        });
    rows.put(
        "PCR 0 byte 0 xor 1",
        () ->
            Captured.v1()
                .pcrs(
                    pcrs -> {
                      pcrs.set(0, flipped(pcrs.get(0), 0));
                      return pcrs;
                    })
                .refused(Refusal.PCR_DIGEST, "Digest of PCRs does not match digest in Quote"));
    rows.put(
        "PCR 8 replaced by `bddaccb9c52249e97a31baea61b7d91be8221a16e703d92148d04fb8e9c1dfdd`, init data hash"
            + " `8505e4e25e50a27c5dc8147af88efbece627fbea55291911eff832d9ee127781`",
        () -> initDataCheck(0x00).checkInitData(INIT_DATA));
    rows.put(
        "init data hash = PCR 8 value with a bit flipped",
        () ->
            assertThatExceptionOfType(EvidenceException.class)
                .isThrownBy(() -> initDataCheck(0x00).checkInitData(flipped(PCR8, 0)))
                .withMessage("Expected init_data digest is different from the content of PCR8")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Refusal.INIT_DATA)));

    assertThat(rows.keySet())
        .as("described mutations")
        .containsExactlyInAnyOrderElementsOf(describedMutations(vectors));
    return tests(rows);
  }

  private static final byte[] PCR8 =
      HEX.parseHex("bddaccb9c52249e97a31baea61b7d91be8221a16e703d92148d04fb8e9c1dfdd");
  private static final byte[] INIT_DATA =
      HEX.parseHex("8505e4e25e50a27c5dc8147af88efbece627fbea55291911eff832d9ee127781");

  private static VtpmChecks initDataCheck(int flip) {
    AzSnpVtpmEvidence evidence = Captured.v1().evidence();
    List<byte[]> pcrs = new ArrayList<>(evidence.quote().pcrs());
    byte[] pcr8 = PCR8.clone();
    pcr8[0] ^= (byte) flip;
    pcrs.set(8, pcr8);
    return new VtpmChecks(
        TpmQuote.of(evidence.quote().signature(), evidence.quote().message(), pcrs),
        HclReport.parse(evidence.hclReport()));
  }

  private static void genuine(Vectors vectors, int version, byte[] reportData) {
    JsonNode evidence = vectors.json(FOLDER + "evidence-v" + version + ".json");
    JsonNode claims = vectors.json("expected/az-snp-vtpm-evidence-v" + version + ".claims.json");
    for (Stance stance :
        List.of(Stance.strict(), Stance.strict().withoutDebug(), Stance.compatible())) {
      VerifiedGuest verified =
          new AzSnpVtpmVerifier(vectors.amdRoots(), Vectors.CLOCK, stance)
              .check(evidence, ExpectedBinding.ofReportData(reportData));
      assertThat((JsonNode) verified.claims().claims()).isEqualTo(claims);
      assertThat(verified.claims().teeClass()).isEqualTo("cpu");
      assertThat(verified.generation()).isEqualTo(AmdGeneration.MILAN);
      assertThat(verified.anchor()).isEqualTo("AMD");
    }
    assertThat((JsonNode) AzSnpVtpmEvidence.parse(evidence).toJson(version)).isEqualTo(evidence);
    if (version == 2) {
      Captured captured = Captured.v2();
      VtpmChecks checks =
          new VtpmChecks(
              captured.evidence().quote(), HclReport.parse(captured.evidence().hclReport()));
      assertThatExceptionOfType(EvidenceException.class)
          .isThrownBy(() -> checks.checkUserData(HEX.parseHex("123abc")))
          .withMessage("User-data in HCL variable data doesn't match report_data");
    }
  }

  private static void hclReport(Vectors vectors) {
    HclReport hcl = HclReport.parse(vectors.bytes(FOLDER + "hcl-report.bin"));
    SnpReport report = hcl.snpReport();
    hcl.checkHeader();
    assertThat(report.version()).isEqualTo(2);
    assertThat(Arrays.copyOf(report.reportData(), 32)).isEqualTo(hcl.variableDataDigest());
    VcekCertificate vcek = VcekCertificate.parse(Captured.v1().evidence().vcek());
    SnpChecks checks = new SnpChecks(report, vcek);
    checks.checkTcb();
    checks.checkSignature();
    checks.checkPrivilegeLevel();
    checks.checkChip();
    Captured.v1()
        .refused(
            Refusal.CPU_GENERATION,
            "Failed to get CPU Generation: Attestation report version 3+ is missing CPU family ID");
  }

  private static void vcek(Vectors vectors) {
    String pem = vectors.text(FOLDER + "vcek.pem");
    assertThat(Pattern.compile("BEGIN CERTIFICATE").matcher(pem).results().count()).isEqualTo(3);
    VcekCertificate vcek = VcekCertificate.parse(EndorsementKey.ofPem(pem).der());
    new Endorsements(vectors.amdRoots()).check(vcek, AmdGeneration.MILAN, Vectors.CLOCK.instant());
    assertThat(vcek.commonName()).contains("SEV-VCEK");
  }

  private static void quote() {
    Captured captured = Captured.v1();
    HclReport hcl = HclReport.parse(captured.evidence().hclReport());
    new VtpmChecks(captured.evidence().quote(), hcl).checkQuote(Vectors.CHALLENGE);
  }

  private static void oldQuote(Vectors vectors) {
    ByteBuffer in =
        ByteBuffer.wrap(vectors.bytes(FOLDER + "quote.bin")).order(ByteOrder.LITTLE_ENDIAN);
    TpmQuote quote = Captured.quote(vectors.json(FOLDER + "tpm-quote-v1.json"));
    assertThat(next(in, (int) in.getLong())).isEqualTo(quote.signature());
    assertThat(next(in, (int) in.getLong())).isEqualTo(quote.message());
    assertThat(in.getLong()).isEqualTo(quote.pcrs().size());
    for (byte[] pcr : quote.pcrs()) {
      assertThat(next(in, pcr.length)).isEqualTo(pcr);
    }
    assertThat(in.hasRemaining()).isFalse();
  }

  private static void strayQuote(Vectors vectors) {
    byte[] message = vectors.bytes(FOLDER + "tpm-quote.msg");
    TpmsAttest attest = TpmsAttest.parse(message);
    assertThat(attest.extraData()).isEqualTo(Vectors.CHALLENGE);
    assertThat(attest.quote().orElseThrow().selections())
        .containsExactly(PcrSelection.of(PcrSelection.SHA256, HEX.parseHex("ff4000")));
    assertThat(attest.encode()).isEqualTo(message);
    TpmQuote quote = TpmQuote.of(vectors.bytes(FOLDER + "tpm-quote.sig"), message, List.of());
    HclReport other = HclReport.parse(vectors.bytes(FOLDER + "hcl-report.bin"));
    assertThat(quote.isSignedBy(other.attestationKey())).isFalse();
  }

  private static byte[] next(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static byte[] flipped(byte[] bytes, int index) {
    byte[] changed = bytes.clone();
    changed[index] ^= 1;
    return changed;
  }

  private static List<String> describedFiles(Vectors vectors) {
    List<String> files = new ArrayList<>();
    for (String cell : firstCells(vectors)) {
      if (cell.startsWith("`")) {
        Matcher name = Pattern.compile("`([^`]+)`").matcher(cell);
        while (name.find()) {
          files.add(name.group(1));
        }
      }
    }
    return files;
  }

  private static List<String> describedMutations(Vectors vectors) {
    List<String> cells = firstCells(vectors);
    int heading = cells.indexOf("Mutation");
    return heading < 0 ? Collections.emptyList() : cells.subList(heading + 2, cells.size());
  }

  private static List<String> firstCells(Vectors vectors) {
    String text = vectors.text("README.md");
    int from = text.indexOf("\n## az-snp-vtpm\n");
    String section = text.substring(from, text.indexOf("\n## ", from + 1));
    return section
        .lines()
        .filter(line -> line.startsWith("|"))
        .map(line -> line.split("\\|", -1)[1].strip())
        .toList();
  }

  private static Stream<DynamicTest> tests(Map<String, Executable> rows) {
    return rows.entrySet().stream()
        .map(row -> DynamicTest.dynamicTest(row.getKey(), row.getValue()));
  }

  @TestFactory
  Stream<DynamicTest> initDataClaimIsRegisterEight() {
    JsonNode claims = Captured.v2().accepted();
    return Stream.of(
        DynamicTest.dynamicTest(
            "init_data",
            () ->
                assertThat(claims.path("init_data").asString())
                    .isEqualTo(claims.path("tpm").path("pcr08").asString())),
        DynamicTest.dynamicTest(
            "init data digest is compared with it",
            () ->
                Captured.v2()
                    .refused(
                        Captured.v2().json(),
                        Optional.of(INIT_DATA),
                        Refusal.INIT_DATA,
                        "Expected init_data digest is different from the content of PCR8")));
  }
}
