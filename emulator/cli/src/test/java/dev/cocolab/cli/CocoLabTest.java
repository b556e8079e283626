package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.lab.data.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class CocoLabTest {
  @TempDir private Path home;
  private Screen screen;

  @BeforeEach
  void newScreen() {
    screen = screenOf(home);
  }

  @Test
  void withoutACommandTellsHowToGetHelp() {
    assertThat(screen.run()).isEqualTo(2);
    assertThat(screen.err()).contains("name a command").contains("cocolab --help");
    assertThat(screen.out()).isEmpty();
  }

  @Test
  void unknownCommandSuggestsTheNearest() {
    assertThat(screen.run("stauts")).isEqualTo(2);
    assertThat(screen.err()).contains("stauts").contains("Did you mean").contains("status");
  }

  @Test
  void unknownCommandIsNamedAndNotItsArguments() {
    assertThat(screen.run("xyzzy", "--lab", "a")).isEqualTo(2);
    assertThat(screen.err()).contains("there is no command 'xyzzy'").contains("cocolab --help");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          up --port            | Missing required parameter for option '--port'
          up --port abc        | 'abc'
          up extra             | 'extra'
          up --listen no.such.invalid | --listen no.such.invalid is no address
          up --data            | Missing required parameter for option '--data'
          up --lab             | Missing required parameter for option '--lab'
          status --json=maybe  | maybe
          down extra           | 'extra'
          bench                | SUBJECT
          bench nothing        | 'nothing'
          bench start --count 0 | --count 0
          doctor extra         | 'extra'
          """)
  void wrongUsageNamesWhatIsWrong(String line, String named) {
    assertThat(screen.run(line.split(" "))).isEqualTo(2);
    assertThat(screen.err()).contains(named).doesNotContain("Exception");
    assertThat(screen.out()).isEmpty();
  }

  @Test
  void statusWithoutALabNamesTheCommandThatStartsThatLab() {
    assertThat(screen.run("status", "--lab", "other")).isEqualTo(1);
    assertThat(screen.err()).contains("./cocolab up --lab other");
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing/folder/file", "."})
  void aKubeconfigThatCannotBeWrittenIsRefusedBeforeAnythingStarts(String file) {
    String target = home.resolve(file).toString();

    assertThat(screen.run("up", "--kubeconfig", target)).isEqualTo(2);
    assertThat(screen.err()).contains("--kubeconfig " + target);
    assertThat(home.resolve("lab-home")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          thesis.tex   | text                | 2 | it holds thesis.tex); name an empty or a new folder
          cocolab-data | cocolab lab data 7  | 2 | was written in format 7, this version reads format 1
          """)
  void aFolderThatIsNoDataFolderOfThisVersionIsRefusedBeforeAnythingStarts(
      String file, String content, int code, String why) throws IOException {
    Path folder = Files.createDirectory(home.resolve("data"));
    Files.writeString(folder.resolve(file), content + "\n");

    for (String[] more : new String[][] {{}, {"--detach"}}) {
      Screen other = screenOf(home);
      assertThat(other.run(with(more, "up", "--data", folder.toString()))).isEqualTo(code);
      assertThat(other.err()).contains(folder.toString()).contains(why).hasLineCount(1);
      assertThat(other.out()).isEmpty();
    }
    assertThat(folder.resolve(file)).hasContent(content);
    assertThat(home.resolve("lab-home").resolve("labs")).doesNotExist();
  }

  @Test
  void aDataFolderInUseIsRefused() {
    Path folder = home.resolve("data");
    try (DataFolder held = DataFolder.open(folder)) {
      assertThat(screen.run("up", "--data", folder.toString())).isEqualTo(3);
      assertThat(held.isSetUp()).isFalse();
    }
    assertThat(screen.err())
        .contains("the data folder " + folder + " is in use by another lab; stop that one")
        .hasLineCount(1);
  }

  private static Screen screenOf(Path home) {
    return new Screen(
        Map.of("COCOLAB_HOME", home.resolve("lab-home").toString(), "PATH", System.getenv("PATH")));
  }

  private static String[] with(String[] more, String... line) {
    return Stream.concat(Arrays.stream(line), Arrays.stream(more)).toArray(String[]::new);
  }

  @Test
  void missingToolsAreNamedWithTheirPackages() throws IOException {
    Path bare = Files.createDirectory(home.resolve("bin"));
    Screen other =
        new Screen(
            Map.of("COCOLAB_HOME", home.resolve("lab-home").toString(), "PATH", bare.toString()));

    assertThat(other.run("up")).isEqualTo(3);
    assertThat(other.err())
        .contains("not found in PATH: ")
        .contains("perl-base", "util-linux", "curl", "openssl", "dash");
  }

  @Test
  void unknownOptionIsNamed() {
    assertThat(screen.run("up", "--dettach")).isEqualTo(2);
    assertThat(screen.err()).contains("--dettach").contains("cocolab up --help");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "65536"})
  void portOutsideTheRangeIsWrongUsage(String port) {
    assertThat(screen.run("up", "--port", port)).isEqualTo(2);
    assertThat(screen.err()).contains(port).contains("0 to 65535");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../x", "UPPER", "a b", "-x", "x-"})
  void labNameThatIsNoDnsLabelIsWrongUsage(String name) {
    assertThat(screen.run("status", "--lab", name)).isEqualTo(2);
    assertThat(screen.err()).contains("lab name");
  }

  @Test
  void unknownProfileNamesTheKnownOnes() {
    assertThat(screen.run("up", "--profile", "redhat-9")).isEqualTo(2);
    assertThat(screen.err()).contains("redhat-9").contains("redhat-1.2, upstream");
  }

  @Test
  void helpListsTheExitCodes() {
    assertThat(screen.run("--help")).isZero();
    assertThat(screen.out()).contains("up", "down", "status", "doctor", "bench", "130");
  }

  @Test
  void statusWithoutALabIsNotSo() {
    assertThat(screen.run("status")).isEqualTo(1);
    assertThat(screen.out()).isEmpty();
    assertThat(screen.err()).contains("no lab named 'default' runs");
  }

  @Test
  void downWithoutALabIsDone() {
    assertThat(screen.run("down")).isZero();
    assertThat(screen.err()).contains("no lab named 'default' runs");
  }

  @Test
  void homeThatIsAFileNamesTheRemedy() throws IOException {
    Path file = Files.createFile(home.resolve("file"));
    Screen other = new Screen(Map.of("COCOLAB_HOME", file.resolve("below").toString()));

    assertThat(other.run("status")).isEqualTo(3);
    assertThat(other.err()).contains(file.toString()).contains("set COCOLAB_HOME");
  }

  @Test
  void homeWithALongPathNamesTheLimitAndTheRemedy() {
    Path deep = home.resolve("x".repeat(100));
    Screen other = new Screen(Map.of("COCOLAB_HOME", deep.toString()));

    assertThat(other.run("status")).isEqualTo(3);
    assertThat(other.err()).contains("107").contains("COCOLAB_HOME to a shorter folder");
  }

  @Test
  void aSecondUpUnderTheSameNameIsRefused() throws IOException {
    LabDirectory directory = LabDirectory.of(home.resolve("lab-home"), "default");
    try (LabDirectory.Held held = directory.tryHold().orElseThrow()) {
      assertThat(screen.run("up")).isEqualTo(3);
      assertThat(held.channel().isOpen()).isTrue();
    }
    assertThat(screen.err()).contains("already runs").contains("down");
  }

  @Test
  void doctorPrintsOneFindingALineAndJson() {
    int code = screen.run("doctor", "--json");
    var findings = JsonMapper.shared().readTree(screen.out());
    boolean allFit = true;
    for (var finding : findings) {
      assertThat(finding.path("finding").asString()).isNotBlank();
      allFit &= finding.path("fit").asBoolean();
    }
    assertThat(findings.size()).isGreaterThanOrEqualTo(5);
    assertThat(code).isEqualTo(allFit ? 0 : 3);
  }
}
