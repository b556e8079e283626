package dev.cocolab.cli.seal;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.Terminal;
import dev.cocolab.protocol.ProtocolException;
import dev.cocolab.protocol.SealedPayload.Envelope;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * Seals a secret itself. Upstream's tool asks the provider for a data key; here both forms of it
 * are given, because no provider of envelopes is reached from here.
 */
@Command(
    name = "envelope",
    mixinStandardHelpOptions = true,
    description =
        "Seal a file, encrypted under a data key that the provider (aliyun, aws, ehsm) unwraps for the guest.")
final class EnvelopeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @ParentCommand private SealCommand seal;

  @Option(
      names = {"-k", "--key-id"},
      required = true,
      paramLabel = "ID",
      description = "The provider's key that wrapped the data key.")
  private String keyId;

  @Option(
      names = {"-f", "--file-path"},
      required = true,
      paramLabel = "FILE",
      description = "The secret.")
  private Path secret;

  @Option(
      names = "--data-key",
      required = true,
      paramLabel = "FILE",
      description = "The data key, 32 bytes as they are.")
  private Path dataKey;

  @Option(
      names = "--wrapped-data-key",
      required = true,
      paramLabel = "FILE",
      description = "The same key as the provider wrapped it, bytes as they are.")
  private Path wrapped;

  @Mixin private ProviderOptions provider;

  EnvelopeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Envelope envelope;
    try {
      envelope =
          Envelope.seal(
              InputFile.read(secret).bytes(),
              InputFile.read(dataKey).bytes(),
              keyId,
              InputFile.read(wrapped).bytes(),
              provider.provider(),
              provider.settings(),
              provider.annotations(),
              new SecureRandom());
    } catch (ProtocolException e) {
      String option =
          e.reason() == ProtocolException.Reason.BAD_KEY ? "--data-key " + dataKey : "--provider";
      throw new CliException(ExitCode.USAGE, "%s: %s".formatted(option, e.getMessage()), e);
    }
    String sealed = seal.seal(envelope);
    terminal.tell(
        "The emulated guest refuses envelopes; on a real one the provider unwraps the key.");
    terminal.print(sealed);
    return ExitCode.OK.code();
  }
}
