package dev.cocolab.cli.kbs;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.Terminal;
import dev.cocolab.guest.Attester;
import dev.cocolab.protocol.TeeKeyPair;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;

/** Reads a resource as a guest does. */
@Command(
    name = "get-resource",
    mixinStandardHelpOptions = true,
    description = "Attest, read a resource and print it in base64; exits with 1 if it is refused.")
final class GetResourceCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Map<String, String> environment;

  @ParentCommand private KbsCommand kbs;

  @Mixin private AttesterOptions attester;

  @Option(
      names = "--path",
      required = true,
      paramLabel = "REPOSITORY/TYPE/TAG",
      description = "Path of the resource.")
  private String path;

  @Option(
      names = "--attestation-token",
      paramLabel = "FILE",
      description = "Use this token, issued for the key of --tee-key-file, and do not attest.")
  private Path tokenFile;

  @Option(
      names = "--json",
      description = "Print {\"path\": …, \"resource\": …} instead of the bare base64.")
  private boolean json;

  GetResourceCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() {
    String content = Base64.getEncoder().encodeToString(tokenFile == null ? attested() : shown());
    terminal.print(
        json
            ? JsonMapper.shared()
                .createObjectNode()
                .put("path", path)
                .put("resource", content)
                .toString()
            : content);
    return ExitCode.OK.code();
  }

  private byte[] attested() {
    TeeKeyPair key = attester.key();
    Attester who = attester.attester(terminal, environment);
    return kbs.server().with(terminal, client -> client.resource(path, who, key));
  }

  private byte[] shown() {
    if (!attester.hasKeyFile()) {
      throw new CliException(
          ExitCode.USAGE, "--attestation-token needs --tee-key-file, the key it was issued for");
    }
    if (attester.namesMachine()) {
      throw new CliException(
          ExitCode.USAGE, "--attestation-token excludes --tee and initdata: nothing is attested");
    }
    TeeKeyPair key = attester.key();
    String token = InputFile.read(tokenFile).text().strip();
    return kbs.server().with(terminal, client -> client.resource(path, token, key));
  }
}
