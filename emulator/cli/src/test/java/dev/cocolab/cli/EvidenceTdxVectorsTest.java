package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the page of the vectors says of quotes of TDX, as the command says it. */
class EvidenceTdxVectorsTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir private Path folder;
  private int code;

  private JsonNode verify(String line) {
    Path vectors = Shared.vectors();
    List<String> words = new ArrayList<>(List.of("evidence", "verify", "--json", "--collateral"));
    words.add(vectors.resolve("tdx/collateral").toString());
    for (String word : line.split(" +", -1)) {
      Path file = vectors.resolve(word);
      words.add(word.contains("/") && Files.exists(file) ? file.toString() : word);
    }
    Screen screen = new Screen(Map.of("COCOLAB_HOME", folder.resolve("home").toString()));
    code = screen.run(words.toArray(String[]::new));
    assertThat(screen.err()).isEmpty();
    return JSON.readTree(screen.out());
  }

  /**
   * Collateral of different times is in the folder: Trustee, and compatible, take it as a claim.
   */
  @ParameterizedTest
  @CsvSource({
    "tdx/tdx_quote_4.dat, UpToDate, 2023-02-15T00:00:00Z, ''",
    "tdx/tdx_quote_6.dat, OutOfDate, 2018-01-04T00:00:00Z, tdx-tdx_quote_6",
    "tdx/quote_v5_sample.dat, UpToDate, 2024-03-13T00:00:00Z, tdx-quote_v5_sample"
  })
  void quotesAreAcceptedWithTheStatusOfTheirPlatform(
      String quote, String status, String date, String expected) {
    for (String roots : List.of("vendor", "roots/", "roots/intel")) {
      JsonNode said =
          verify("--tee tdx --evidence %s --roots %s --stance compatible".formatted(quote, roots));
      assertThat(code).isZero();
      assertThat(said.path("root").asString()).isEqualTo("Intel");
      assertThat(said.path("claims").path("tcb_status").asString()).isEqualTo(status);
      assertThat(said.path("claims").path("tcb_date").asString()).isEqualTo(date);
      assertThat(said.path("claims").path("advisory_ids").isArray()).isTrue();
      if (!expected.isEmpty()) {
        Path file = Shared.vectors().resolve("expected/" + expected + ".claims.json");
        requireAll(said.path("claims"), JSON.readTree(Shared.read(file)));
      }
    }
  }

  /** The golden claims are those of the quote beside a log of another guest. */
  @Test
  void claimsOfTheQuoteAreTrustees() {
    JsonNode said =
        verify("--tee tdx --evidence tdx/tdx_quote_4.dat --roots vendor --at 2023-06-20");
    assertThat(code).isZero();
    ObjectNode golden =
        (ObjectNode)
            JSON.readTree(
                Shared.read(Shared.vectors().resolve("tdx/parse_tdx_claims_expected.json")));
    golden.remove("uefi_event_logs");
    requireAll(said.path("claims"), golden);
    assertThat(said.at("/claims/td_attributes/debug").asBoolean()).isTrue();
    assertThat(said.at("/claims/collateral_expiration_status").asString()).isEqualTo("0");
  }

  private static void requireAll(JsonNode claims, JsonNode expected) {
    assertThat(expected.isEmpty()).isFalse();
    expected
        .properties()
        .forEach(claim -> assertThat(claims.path(claim.getKey())).isEqualTo(claim.getValue()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --tee tdx --evidence tdx/tdx_quote_4.dat --at 2026-01-01 | COLLATERAL_EXPIRED | 2023-07-08T07:24:59Z
          --tee tdx --evidence tdx/occlum_quote.dat | TDX_QUOTE_IS_SGX | got SGX quote (v3)
          --tee tdx --evidence tdx/tdx_quote_4.dat --report-data 00 | TDX_REPORT_DATA | REPORT_DATA is different
          --tee tdx --evidence tdx/tdx_quote_4.dat --init-data 01 | TDX_INIT_DATA | MRCONFIGID is different
          --tee tdx --evidence tdx/tdx_quote_4.dat --event-log tdx/CCEL_data | EVENT_LOG_REPLAY | [index = 1]. Calculated value: 2dc712306a963eadb894ad47dbaa17df44814151555aee11cbb843becca88950ffd079664902e6f22c66f7c8213543f4
          --tee az-tdx-vtpm --evidence az-tdx-vtpm/evidence-v1.json --report-data 6368616c6c656e6765 | COLLATERAL_TCB_INFO | no TCB info for FMSPC 00806F050000
          --tee az-tdx-vtpm --evidence az-tdx-vtpm/evidence-v1.json --report-data 6368616c6c656e67 | QUOTE_NONCE | expected report_data
          --tee az-tdx-vtpm --evidence az-tdx-vtpm/evidence-v1.json | REPORT_DATA_ABSENT | unexpected empty report data
          """)
  void refusalsNameTheirCheck(String line, String check, String says) {
    String time = line.contains("--at") ? "" : " --at 2023-06-20";
    JsonNode said = verify(line + " --roots vendor" + time);
    assertThat(code).isEqualTo(1);
    assertThat(said.path("failed_check").asString()).isEqualTo(check);
    assertThat(said.path("reason").asString()).contains(says);
    assertThat(said.path("claims").isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "az-tdx-vtpm/quote.bin, is none of what can be shown",
    "csv/csv_evidence.json, is none of what can be shown",
    "cca/cca-example-token.cbor, is none of what can be shown"
  })
  void formsThatNoTeeOfOursSendsAreNamed(String file, String says) {
    Screen screen = new Screen(Map.of());
    assertThat(screen.run("evidence", "show", Shared.vectors().resolve(file).toString()))
        .isEqualTo(2);
    assertThat(screen.err()).contains(says);
  }

  @Test
  void collateralThatIsNoneIsNamed() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Path quote = Files.write(folder.resolve("quote"), Arrays.copyOf(new byte[] {4}, 700));
    for (Path collateral : List.of(empty, folder.resolve("none"))) {
      Screen screen = new Screen(Map.of());
      assertThat(
              screen.run(
                  "evidence",
                  "verify",
                  "--tee",
                  "tdx",
                  "--evidence",
                  quote.toString(),
                  "--roots",
                  "vendor",
                  "--collateral",
                  collateral.toString()))
          .isEqualTo(2);
      assertThat(screen.err()).contains("--collateral " + collateral);
    }
  }
}
