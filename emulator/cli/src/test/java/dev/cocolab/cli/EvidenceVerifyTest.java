package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.sample.SampleEvidence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EvidenceVerifyTest {
  private static final byte[] REPORT_DATA = {1, 2, 3};

  @TempDir private Path folder;
  private Screen screen;

  @BeforeEach
  void files() throws IOException {
    Files.createDirectories(folder.resolve("empty"));
    Files.createDirectories(folder.resolve("notes"));
    Files.writeString(folder.resolve("notes").resolve("root.pem"), "no certificate");
    Files.writeString(
        folder.resolve("sample.json"), SampleEvidence.of(REPORT_DATA).toJson().toString());
    Files.writeString(folder.resolve("broken.json"), "{\n  \"svn\": oops\n}");
    Files.writeString(folder.resolve("twice.json"), "{\"svn\":\"1\",\"svn\":\"2\"}");
    Files.writeString(folder.resolve("other.json"), "{}");
    screen = new Screen(Map.of("COCOLAB_HOME", folder.resolve("home").toString()));
  }

  private int run(String line) {
    return screen.run(
        Arrays.stream(line.split(" +"))
            .map(word -> word.replace("DIR", folder.toString()))
            .toArray(String[]::new));
  }

  @Test
  void sampleIsAcceptedWithoutARoot() {
    assertThat(
            run(
                "evidence verify --tee sample --evidence DIR/sample.json --report-data 0x010203 --json"))
        .isZero();
    JsonNode json = JsonMapper.shared().readTree(screen.out());
    assertThat(json.path("verdict").asString()).isEqualTo("accepted");
    assertThat(json.path("root").isNull()).isTrue();
    assertThat(json.path("claims").path("svn").asString()).isEqualTo("1");
    assertThat(folder.resolve("home")).doesNotExist();
  }

  @Test
  void aRefusalIsToldInWordsWithBothValues() {
    assertThat(run("evidence verify --tee sample --evidence DIR/sample.json --report-data 010204"))
        .isEqualTo(1);
    assertThat(screen.out())
        .contains("refused: evidence of sample")
        .contains("SAMPLE_REPORT_DATA")
        .contains("REPORT_DATA is different")
        .contains("010204")
        .contains(HexFormat.of().formatHex(REPORT_DATA));
    assertThat(screen.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "az-snp-vtpm, EVIDENCE_MALFORMED",
    "snp, SNP_EVIDENCE_MALFORMED",
    "tpm, TPM_EVIDENCE_MALFORMED",
    "sample, SAMPLE_MALFORMED"
  })
  void evidenceOfAnotherShapeIsRefusedNotUnreadable(String tee, String check) throws IOException {
    Path vectors = Shared.vectors();
    assertThat(
            run(
                "evidence verify --json --report-data 00 --roots %s --tee %s --evidence DIR/other.json"
                    .formatted(vectors.resolve("roots"), tee)))
        .isEqualTo(1);
    assertThat(JsonMapper.shared().readTree(screen.out()).path("failed_check").asString())
        .isEqualTo(check);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          evidence                                                     | name a COMMAND:
          evidence verify                                              | --tee
          evidence verify --tee sample                                 | --evidence
          evidence verify --tee sgx --evidence DIR/sample.json         | --tee 'sgx' is none of az-snp-vtpm
          evidence verify --tee Sample --evidence DIR/sample.json      | --tee 'Sample' is none of
          evidence verify --tee sample --evidence DIR/none             | cannot read DIR/none: there is no such file
          evidence verify --tee sample --evidence DIR                  | cannot read DIR: it is a folder
          evidence verify --tee sample --evidence DIR/broken.json      | DIR/broken.json:2:
          evidence verify --tee sample --evidence DIR/twice.json       | DIR/twice.json:1:
          evidence verify --tee sample --evidence DIR/sample.json --report-data 0 | --report-data '0' is not hex: it has an odd number of digits, 1
          evidence verify --tee sample --evidence DIR/sample.json --report-data zz | --report-data 'zz' is not hex
          evidence verify --tee sample --evidence DIR/sample.json --init-data 0x | --init-data '0x' is not hex: it is empty
          evidence verify --tee sample --evidence DIR/sample.json --at never | --at 'never' is no time; give 2025-06-01
          evidence verify --tee sample --evidence DIR/sample.json --stance lax | --stance 'lax' is neither strict nor compatible
          evidence verify --tee snp --evidence DIR/other.json --roots DIR/none | --roots DIR/none is neither emulated nor vendor nor a folder
          evidence verify --tee snp --evidence DIR/other.json --roots DIR/empty | --roots DIR/empty holds no certificate
          evidence verify --tee snp --evidence DIR/other.json --roots DIR/notes | DIR/notes/root.pem
          """)
  void wrongUsageNamesWhatIsWrong(String line, String named) {
    assertThat(run(line)).isEqualTo(2);
    assertThat(screen.err())
        .contains(named.replace("DIR", folder.toString()))
        .doesNotContain("Exception");
    assertThat(screen.out()).isEmpty();
  }

  @Test
  void rootsOfAnotherVendorAreNotTakenForARefusal() throws IOException {
    Path vectors = Shared.vectors();
    assertThat(
            run(
                "evidence verify --tee snp --evidence DIR/other.json --roots "
                    + vectors.resolve("roots/intel")))
        .isEqualTo(2);
    assertThat(screen.err()).contains("holds no root of AMD: ARK-Milan");
  }

  @Test
  void aFolderOfRootsMayHoldOtherThings() throws IOException {
    Path vectors = Shared.vectors();
    Path mixed = Files.createDirectories(folder.resolve("mixed"));
    for (String file :
        new String[] {
          "roots/amd/genoa_ask_ark_asvk.pem",
          "roots/hygon/hrk.cert",
          "tdx/collateral/rootcacrl.der",
          "tdx/tdx_quote_4.dat"
        }) {
      Path source = vectors.resolve(file);
      Files.copy(source, mixed.resolve(source.getFileName()));
    }
    Files.writeString(
        mixed.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n");

    assertThat(
            run(
                "evidence verify --tee snp --roots DIR/mixed --evidence "
                    + vectors.resolve("snp/evidence-e2e-genoa.json")))
        .as(screen.err())
        .isZero();
  }

  @Test
  void aRootWithoutItsIntermediateIsNamed() throws IOException {
    Path vectors = Shared.vectors();
    String bundle = Files.readString(vectors.resolve("roots/amd/milan_ask_ark_asvk.pem"));
    String end = "-----END CERTIFICATE-----";
    int first = bundle.indexOf(end) + end.length();
    Path alone = Files.createDirectories(folder.resolve("alone"));
    Files.writeString(
        alone.resolve("ark.pem"),
        bundle.substring(first, bundle.indexOf(end, first) + end.length()));

    assertThat(run("evidence verify --tee snp --evidence DIR/other.json --roots DIR/alone"))
        .isEqualTo(2);
    assertThat(screen.err()).contains("ARK-Milan in " + alone).contains("has no SEV-Milan");
  }
}
