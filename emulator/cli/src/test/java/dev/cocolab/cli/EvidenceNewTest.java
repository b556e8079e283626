package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Evidence of this machine's emulated hardware, genuine and forged. */
class EvidenceNewTest {
  private static final String DATA = "00112233445566778899aabbccddeeff";
  private static final String DIGEST =
      "8505e4e25e50a27c5dc8147af88efbece627fbea55291911eff832d9ee127781";

  @TempDir private Path folder;
  private Screen screen = new Screen(LabProcess.ENVIRONMENT);

  @BeforeAll
  static void home() throws IOException {
    Files.createDirectories(LabProcess.HOME);
  }

  private int run(String line) {
    screen = new Screen(LabProcess.ENVIRONMENT);
    return screen.run(
        Arrays.stream(line.split(" +"))
            .map(word -> word.replace("DIR", folder.toString()))
            .toArray(String[]::new));
  }

  private JsonNode json() {
    return JsonMapper.shared().readTree(screen.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"az-snp-vtpm", "az-tdx-vtpm", "snp", "tdx", "tpm", "sample"})
  void whatIsMadeHereIsAcceptedHereAndBoundToTheInitdata(String tee) {
    assertThat(
            run(
                "evidence new --tee %s --report-data %s --init-data %s -o DIR/e"
                    .formatted(tee, DATA, DIGEST)))
        .as(screen.err())
        .isZero();
    assertThat(screen.out()).isEmpty();

    String verify = "evidence verify --json --evidence DIR/e --tee " + tee;
    assertThat(run("%s --report-data %s --init-data %s".formatted(verify, DATA, DIGEST))).isZero();
    assertThat(json().path("root").asString("none"))
        .isEqualTo(tee.equals("tpm") || tee.equals("sample") ? "none" : "emulated");
    assertThat(run("%s --report-data %s".formatted(verify, DATA.replace('0', '1')))).isEqualTo(1);
    if (tee.equals("sample")) {
      return;
    }
    String other = DIGEST.replace('8', '9');
    assertThat(run("%s --report-data %s --init-data %s".formatted(verify, DATA, other)))
        .isEqualTo(1);
    assertThat(run("%s --report-data %s --roots vendor".formatted(verify, DATA)))
        .isEqualTo(tee.equals("tpm") ? 0 : 1);
  }

  @ParameterizedTest
  @CsvSource({
    "az-snp-vtpm, snp.measurement=flip, REPORT_SIGNATURE, ACCEPTED",
    "az-tdx-vtpm, hcl.user_data=flip, AZ_TDX_REPORT_DATA, ACCEPTED",
    "snp, snp.measurement=flip, VEK_SIGNATURE, ACCEPTED",
    "tdx, tdx.mr_td=flip, DCAP_QUOTE_SIGNATURE, ACCEPTED",
    "snp, snp.report_data=flip:7, VEK_SIGNATURE, REPORT_DATA",
    "tpm, pcr.00=flip, PCR_DIGEST, ACCEPTED"
  })
  void aForgeryIsRefusedUnlessItIsSignedAgain(
      String tee, String change, String left, String signed) {
    assertThat(forged(tee, change)).isEqualTo(left);
    assertThat(forged(tee, change + " --resign")).isEqualTo(signed);
  }

  private String forged(String tee, String tamper) {
    String make = "evidence new --tee %s --report-data %s -o DIR/e --tamper %s";
    assertThat(run(make.formatted(tee, DATA, tamper))).as(screen.err()).isZero();
    int code =
        run(
            "evidence verify --json --tee %s --report-data %s --evidence DIR/e"
                .formatted(tee, DATA));
    assertThat(code).isEqualTo(json().path("verdict").asString().equals("accepted") ? 0 : 1);
    return json().path("failed_check").asString("ACCEPTED");
  }

  @Test
  void aFieldTakesTheValueThatItIsGiven() {
    String zeros = "00".repeat(48);
    assertThat(
            run(
                "evidence new --tee snp --report-data %s --tamper snp.measurement=%s --resign -o DIR/e"
                    .formatted(DATA, zeros)))
        .isZero();
    assertThat(run("evidence verify --tee snp --evidence DIR/e --json")).isZero();
    assertThat(json().path("claims").path("measurement").asString()).isEqualTo(zeros);
  }

  @Test
  void withoutAFileTheEvidenceIsTheOutput() {
    assertThat(run("evidence new --tee sample --report-data 01")).isZero();
    assertThat(json().path("report_data").asString()).isEqualTo("AQ==");
  }

  @ParameterizedTest
  @ValueSource(strings = {"snp", "tdx", "sample"})
  void fieldsAreListedWithNamesThatTamperTakes(String tee) {
    assertThat(run("evidence fields --json --tee " + tee)).isZero();
    Set<String> names = new HashSet<>();
    for (JsonNode field : json()) {
      assertThat(field.propertyNames())
          .containsExactly("name", "offset", "length", "tamperable", "part", "layer", "covered_by");
      assertThat(names.add(field.path("name").asString())).isTrue();
    }
    assertThat(names).isNotEmpty();

    assertThat(run("evidence fields --tee " + tee)).isZero();
    assertThat(screen.out()).hasLineCount(names.size() + 1).startsWith("NAME");
    assertThat(names).allMatch(name -> screen.out().contains(name));
  }

  @Test
  void fieldsOfEvidenceThatWasCapturedAreListed() {
    Path evidence = Shared.vectors().resolve("az-snp-vtpm/evidence-v2.json");

    assertThat(run("evidence fields --tee az-snp-vtpm --evidence " + evidence)).isZero();
    assertThat(screen.out()).contains("snp.measurement");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          evidence new --tee snp                                          | --report-data
          evidence new --tee nvidia --report-data 00                      | --tee 'nvidia' is none of az-snp-vtpm
          evidence new --tee snp --report-data xx                         | --report-data 'xx' is not hex
          evidence new --tee az-snp-vtpm --report-data 00 --init-data 00  | --init-data has 1 bytes; PCR 8 is extended with 32
          evidence new --tee snp --report-data 00 --resign                | --resign goes with --tamper
          evidence new --tee snp --report-data 00 --tamper x              | --tamper: 'x' is not FIELD=HEX
          evidence new --tee snp --report-data 00 --tamper no.such=flip   | has no field 'no.such'; its fields:
          evidence new --tee snp --report-data 00 --tamper snp.vmpl=00    | --tamper: snp.vmpl has 4 bytes, the value 1: give 8 hex digits
          evidence new --tee sample --report-data 00 -o /no/such/file     | cannot write /no/such/file
          evidence fields                                                 | --tee
          evidence fields --tee snp --evidence DIR/none                   | cannot read DIR/none
          """)
  void wrongUsageNamesWhatIsWrong(String line, String named) {
    assertThat(run(line)).isEqualTo(2);
    assertThat(screen.err())
        .contains(named.replace("DIR", folder.toString()))
        .doesNotContain("Exception");
    assertThat(screen.out()).isEmpty();
  }

  @Test
  void reportDataThatDoesNotFitIsRefused() {
    assertThat(run("evidence new --tee az-snp-vtpm --report-data " + "00".repeat(65))).isEqualTo(2);
    assertThat(screen.err()).contains("--report-data: ").contains("at most 64 bytes");
  }
}
