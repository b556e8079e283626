package dev.cocolab.cli.kbs;

import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.Terminal;
import dev.cocolab.guest.Attester;
import dev.cocolab.protocol.TeeKeyPair;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;

/** Gets an attestation token. */
@Command(
    name = "attest",
    mixinStandardHelpOptions = true,
    description =
        "Attest and print the attestation token; exits with 1 if the evidence is refused.")
final class AttestCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Map<String, String> environment;

  @ParentCommand private KbsCommand kbs;

  @Mixin private AttesterOptions attester;

  @Option(names = "--json", description = "Print {\"token\": …} instead of the bare token.")
  private boolean json;

  AttestCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() {
    TeeKeyPair key = attester.key();
    Attester who = attester.attester(terminal, environment);
    String token = kbs.server().with(terminal, client -> client.token(who, key));
    terminal.print(
        json ? JsonMapper.shared().createObjectNode().put("token", token).toString() : token);
    return ExitCode.OK.code();
  }
}
