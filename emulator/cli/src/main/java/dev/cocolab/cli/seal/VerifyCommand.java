package dev.cocolab.cli.seal;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.Terminal;
import dev.cocolab.protocol.SealedSecret;
import dev.cocolab.protocol.SealedSecretException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Checks a sealed secret as a guest does before it asks the broker for anything. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description =
        "Check a sealed secret as a guest does and show what it says; exits with 1 if a guest would refuse it.")
final class VerifyCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "FILE|sealed.…", description = "The sealed secret, or a file with it.")
  private String sealed;

  @Option(
      names = "--jwk",
      required = true,
      paramLabel = "FILE",
      description = "The signer's public JWK, as the broker has it.")
  private Path jwk;

  @Option(names = "--json", description = "Print the finding as JSON.")
  private boolean json;

  VerifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    ObjectNode finding = JsonMapper.shared().createObjectNode();
    ExitCode code = check(text(), InputFile.read(jwk).bytes(), finding);
    if (json) {
      terminal.print(JsonMapper.shared().writeValueAsString(finding));
    } else {
      for (var entry : finding.properties()) {
        JsonNode value = entry.getValue();
        terminal.print(
            "%-18s %s"
                .formatted(entry.getKey(), value.isString() ? value.asString() : value.toString()));
      }
    }
    return code.code();
  }

  /** One line feed after the secret is the file's, as {@code echo} writes it. */
  private String text() {
    if (sealed.startsWith(SealedSecret.PREFIX)) {
      return sealed;
    }
    String content = InputFile.read(Path.of(sealed)).text();
    String line = content.endsWith("\n") ? content.substring(0, content.length() - 1) : content;
    if (!line.startsWith(SealedSecret.PREFIX)) {
      throw new CliException(ExitCode.USAGE, "%s does not begin with 'sealed.'".formatted(sealed));
    }
    return line;
  }

  private static ExitCode check(String text, byte[] jwk, ObjectNode finding) {
    try {
      SealedSecret secret = SealedSecret.parse(text);
      byte[] payload = secret.verifiedPayload(jwk);
      secret.verify(jwk);
      finding.put("verdict", "accepted").put("kid", secret.keyId());
      finding.setAll(
          (ObjectNode) JsonMapper.shared().readTree(new String(payload, StandardCharsets.UTF_8)));
      return ExitCode.OK;
    } catch (SealedSecretException e) {
      finding.put("verdict", "refused").put("failed_check", e.reason().name());
      finding.put("reason", e.getMessage());
      return ExitCode.NOT_SO;
    }
  }
}
