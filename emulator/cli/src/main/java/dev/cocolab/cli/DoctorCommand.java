package dev.cocolab.cli;

import dev.cocolab.cli.crypto.CryptoProviders;
import dev.cocolab.lab.LabException;
import dev.cocolab.lab.fitness.Check;
import dev.cocolab.lab.fitness.MachineChecks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Says whether this machine can run a lab and, if not, what to do. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Check this machine; each finding that is not fit names its remedy.")
final class DoctorCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Map<String, String> environment;

  @Option(names = "--json", description = "Print the findings as JSON.")
  private boolean json;

  DoctorCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() {
    List<Check> checks =
        new ArrayList<>(new MachineChecks(HomeFolder.open(environment), environment).all());
    checks.add(cryptography());
    if (json) {
      terminal.print(asJson(checks));
    } else {
      checks.forEach(
          check ->
              terminal.print(
                  "%-4s %-11s %s"
                      .formatted(check.isFit() ? "ok" : "FAIL", check.name(), check.finding())));
    }
    return checks.stream().allMatch(Check::isFit) ? ExitCode.OK.code() : ExitCode.UNFIT.code();
  }

  private Check cryptography() {
    try {
      return new Check(
          "crypto", new CryptoProviders().choose(environment).text(), Optional.empty());
    } catch (CliException e) {
      return new Check("crypto", e.getMessage(), Optional.of(LabException.Reason.TOOL_MISSING));
    }
  }

  private static String asJson(List<Check> checks) {
    ArrayNode findings = JsonMapper.shared().createArrayNode();
    for (Check check : checks) {
      findings
          .addObject()
          .put("name", check.name())
          .put("fit", check.isFit())
          .put("finding", check.finding());
    }
    return JsonMapper.shared().writeValueAsString(findings);
  }
}
