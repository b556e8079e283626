package dev.cocolab.apiserver.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.contract.CaseRunner.Outcome;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The embedded server answers as the contract says, but for the table of differences. */
class EmbeddedContractTest extends ApiContract {
  private final Differences differences = Differences.read();

  @Override
  ServerUnderTest start(Path folder) {
    return ServerUnderTest.embedded();
  }

  @Override
  String judge(ContractCase contract, Outcome outcome) {
    Optional<String> instead =
        differences.instead(contract, outcome.step(), outcome.fact().place());
    if (instead.isEmpty()) {
      return outcome.holds() ? "" : describe(contract, outcome, "expected ");
    }
    if (outcome.holds()) {
      return describe(contract, outcome, "no longer differs, take it off the table: ");
    }
    return CaseRunner.fits(instead.get(), outcome.actual())
        ? ""
        : describe(contract, outcome, "differs from the table, and from ");
  }

  @Test
  void theTableOfDifferencesNamesFactsOfTheContract() {
    List<ContractCase> all = cases().toList();

    assertThat(differences.unknown(all)).isEmpty();
    Set<String> titles = new HashSet<>();
    assertThat(all).allSatisfy(each -> assertThat(titles.add(each.toString())).isTrue());
    assertThat(all).hasSizeGreaterThan(300);
  }
}
