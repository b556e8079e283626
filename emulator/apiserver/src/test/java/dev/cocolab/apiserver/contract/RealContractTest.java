package dev.cocolab.apiserver.contract;

import dev.cocolab.apiserver.contract.CaseRunner.Outcome;
import dev.cocolab.peers.KubeAssets;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The contract is what a kube-apiserver answers. */
@EnabledIfEnvironmentVariable(
    named = KubeAssets.VARIABLE,
    matches = ".+",
    disabledReason = KubeAssets.ABSENT)
class RealContractTest extends ApiContract {
  @Override
  ServerUnderTest start(Path folder) {
    return ServerUnderTest.real(KubeAssets.find(System.getenv()).orElseThrow(), folder);
  }

  @Override
  String judge(ContractCase contract, Outcome outcome) {
    return outcome.holds() ? "" : describe(contract, outcome, "expected ");
  }
}
