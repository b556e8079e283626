package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code explain} against what a lab answers on its control socket. */
class ExplainCommandTest {
  private static final String ANSWER =
      """
      {"subject":"request a-1","entries":[{"request":"a-1","at":"2026-01-01T00:00:00Z",\
      "asked":"GET resource/a/b/c","decision":"denied","summary":"s","findings":[],\
      "lines":["resource/a/b/c was denied.","  why"],"claims":{"cpu0":{"pcr08":"00"}},\
      "reference_values":{"snp_pcr08":["11"]}}]}""";

  @TempDir private Path home;
  private CommandScreen screen;

  @BeforeEach
  void newScreen() {
    screen = new CommandScreen(home);
  }

  private int explain(String answer, String... arguments) throws IOException {
    Path folder = home.resolve("home/labs/default");
    Files.createDirectories(folder);
    String[] line = new String[arguments.length + 1];
    line[0] = "explain";
    System.arraycopy(arguments, 0, line, 1, arguments.length);
    try (ControlSocket listening =
        ControlSocket.listen(
            folder.resolve("control.sock"),
            question -> question.equals("explain a-1") ? answer : "unknown question")) {
      return screen.run(line);
    }
  }

  @Test
  void printsWhatWasAskedAndWhy() throws IOException {
    assertThat(explain(ANSWER, "a-1")).isZero();
    assertThat(screen.out())
        .isEqualTo(
            """
            request a-1

            2026-01-01T00:00:00Z  GET resource/a/b/c: denied (request a-1)
              resource/a/b/c was denied.
                why
            """);
  }

  @Test
  void claimsAndReferenceValuesAreShownOnRequest() throws IOException {
    assertThat(explain(ANSWER, "a-1", "--claims")).isZero();
    assertThat(screen.out()).contains("claims: {").contains("\"pcr08\"", "\"snp_pcr08\"");
  }

  @Test
  void jsonIsTheAnswerItself() throws IOException {
    assertThat(explain(ANSWER, "a-1", "--json")).isZero();
    assertThat(screen.out()).contains("\"decision\" : \"denied\"");
  }

  @Test
  void whatTheLabDoesNotKnowIsSaid() throws IOException {
    assertThat(explain("{\"unknown\":\"no request 'a-1'\"}", "a-1")).isEqualTo(1);
    assertThat(screen.err()).isEqualTo("cocolab: no request 'a-1'\n");
    assertThat(screen.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "a/b/c, 2, is neither NAMESPACE/POD nor",
    "../x, 2, is neither NAMESPACE/POD nor",
    "a-1, 4, the lab does not know how to explain",
  })
  void whatCannotBeAskedIsNamed(String subject, int code, String named) throws IOException {
    assertThat(explain("nonsense", subject)).isEqualTo(code);
    assertThat(screen.err()).contains(named);
  }

  @Test
  void withoutALabTellsHowToStartOne() {
    assertThat(screen.run("explain", "default/pod")).isEqualTo(1);
    assertThat(screen.err()).contains("./cocolab up --lab default");
  }
}
