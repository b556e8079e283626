package dev.cocolab.cli.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.cli.CommandScreen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code lint} with files, as a user types it. */
class LintCommandTest {
  private static final String POLICY =
      """
      package policy
      import rego.v1
      executables := 3 if input.snp.measurement in query_reference_value("launch")
      """;

  @TempDir private Path folder;
  private CommandScreen screen;

  @BeforeEach
  void newScreen() throws IOException {
    screen = new CommandScreen(folder);
    Files.writeString(folder.resolve("policy.rego"), POLICY);
    Files.writeString(folder.resolve("values.json"), "{\"launch\": [\"aa\"]}");
    Files.writeString(
        folder.resolve("operator.yaml"),
        // {"value":["aa"]}
        "kind: ConfigMap\ndata:\n  reference_value: |\n    {\"launch\": \"eyJ2YWx1ZSI6WyJhYSJdfQ==\"}\n");
    Files.writeString(
        folder.resolve("initdata.toml"), "algorithm = \"sha256\"\nversion = \"0.1.0\"\n[data]\n");
    Files.writeString(folder.resolve("list.json"), "[1]");
    Files.writeString(folder.resolve("odd.json"), "{\"launch\": \"%%%\"}");
  }

  private int lint(String line) {
    return screen.run(("lint " + line.replace("@", folder + "/")).split(" "));
  }

  @ParameterizedTest
  @CsvSource({"values.json", "operator.yaml"})
  void documentsThatFitHaveNoFindings(String values) {
    assertThat(lint("--attestation-policy @policy.rego --reference-values @" + values)).isZero();
    assertThat(screen.out()).isEqualTo("0 findings\n");
  }

  @Test
  void aFindingIsALineWithItsPlaceAndRemedyAndMakesTheCommandFail() {
    assertThat(
            lint(
                "--attestation-policy @policy.rego --reference-values @values.json"
                    + " --initdata @initdata.toml"))
        .isEqualTo(1);
    assertThat(screen.out())
        .startsWith(folder + "/initdata.toml: the measurement of this initdata (PCR 8 is ")
        .contains("[initdata-unregistered] Add it to snp_pcr08")
        .endsWith("1 finding\n");
  }

  @Test
  void findingsAreAnArrayInJson() {
    assertThat(lint("--json --reference-values @values.json --initdata @initdata.toml"))
        .isEqualTo(1);
    JsonNode finding = JsonMapper.shared().readTree(screen.out()).get(0);
    assertThat(finding.path("check").asString()).isEqualTo("initdata-unregistered");
    assertThat(finding.path("remedy").asString()).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --attestation-policy @absent.rego           | absent.rego (NoSuchFileException)
          --initdata @policy.rego                     | policy.rego is no initdata
          --reference-values @list.json               | list.json holds no reference values: it is no object
          --reference-values @odd.json                | odd.json holds no reference values: 'launch' is not base64
          --initdata @initdata.toml --kubeconfig @x   | name files or --kubeconfig, not both
          --kubeconfig @absent                        | cannot read the kubeconfig
          --lab nobody                                | no lab runs whose documents could be read
          --rego V9                                   | V9
          extra                                       | extra
          """)
  void whatCannotBeReadIsNamed(String line, String named) {
    assertThat(lint(line)).isEqualTo(2);
    assertThat(screen.err()).contains(named).doesNotContain("Exception:");
    assertThat(screen.out()).isEmpty();
  }
}
