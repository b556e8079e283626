package dev.cocolab.cli.kbs;

import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.Terminal;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Sets how evidence is appraised. */
@Command(
    name = "set-attestation-policy",
    mixinStandardHelpOptions = true,
    description = "Set a policy that appraises evidence.")
final class SetAttestationPolicyCommand implements Callable<Integer> {
  private final Terminal terminal;

  @ParentCommand private ConfigCommand config;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      defaultValue = "rego",
      description = "Sent along; brokers do not look at it (default: ${DEFAULT-VALUE}).")
  private String type;

  @Option(
      names = "--id",
      paramLabel = "ID",
      defaultValue = "default_cpu",
      description = "Id of the policy (default: ${DEFAULT-VALUE}; up to v0.18 it is 'default').")
  private String id;

  @Option(
      names = "--policy-file",
      required = true,
      paramLabel = "FILE",
      description = "Rego, package policy.")
  private Path file;

  SetAttestationPolicyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    PolicyText policy = new PolicyText(InputFile.read(file).text());
    JsonMapper json = JsonMapper.shared();
    ObjectNode body = json.createObjectNode();
    body.put("type", type).put("policy_id", id).put("policy", policy.encoded());
    config.post("attestation-policy", json.writeValueAsBytes(body));
    policy.confirm(terminal, "attestation");
    return ExitCode.OK.code();
  }
}
