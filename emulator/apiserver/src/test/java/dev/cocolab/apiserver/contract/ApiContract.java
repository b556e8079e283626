package dev.cocolab.apiserver.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.contract.CaseRunner.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract of the API: facts written once, as a kube-apiserver 1.32 answers, and held against a
 * server.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ApiContract {
  private static final List<String> FILES =
      List.of(
          "access.txt",
          "accounts.txt",
          "apply.txt",
          "definitions.txt",
          "deletion.txt",
          "discovery.txt",
          "fields.txt",
          "kinds.txt",
          "lists.txt",
          "objects.txt",
          "patches.txt",
          "pods.txt",
          "protobuf.txt",
          "subresources.txt",
          "tables.txt",
          "watch.txt");

  private ServerUnderTest server;
  private CaseRunner runner;

  abstract ServerUnderTest start(Path folder);

  /** What is wrong with the answer to one fact, for people; empty when nothing is. */
  abstract String judge(ContractCase contract, Outcome outcome);

  @BeforeAll
  void startServer(@TempDir Path folder) {
    server = start(folder);
    runner = new CaseRunner(server);
  }

  @AfterAll
  void stopServer() throws Exception {
    if (server != null) {
      server.server().close();
    }
  }

  static Stream<ContractCase> cases() {
    return FILES.stream().flatMap(file -> ContractFile.read(file).stream());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void theServerAnswersAs(ContractCase contract) {
    List<String> wrong = new ArrayList<>();
    for (Outcome outcome : runner.run(contract)) {
      String finding = judge(contract, outcome);
      if (!finding.isEmpty()) {
        wrong.add(finding);
      }
    }
    assertThat(String.join("\n", wrong)).as(contract.toString()).isEmpty();
  }

  static String describe(ContractCase contract, Outcome outcome, String what) {
    ContractCase.Step step = contract.steps().get(outcome.step() - 1);
    return outcome.step()
        + " "
        + outcome.fact().place()
        + " "
        + outcome.actual()
        + "\n    "
        + step.verb()
        + " "
        + step.path()
        + "\n    "
        + what
        + outcome.fact().expected();
  }
}
