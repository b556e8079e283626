package dev.cocolab.cli.seal;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.Terminal;
import dev.cocolab.protocol.ProtocolException;
import dev.cocolab.protocol.SealedPayload.Vault;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Seals a pointer. */
@Command(
    name = "vault",
    mixinStandardHelpOptions = true,
    description = "Seal a pointer to a secret that the provider keeps: kbs, aliyun or aws.")
final class VaultCommand implements Callable<Integer> {
  private final Terminal terminal;

  @ParentCommand private SealCommand seal;

  @Option(
      names = {"-r", "--resource-uri"},
      required = true,
      paramLabel = "URI",
      description = "The secret; for kbs kbs:///<repository>/<type>/<tag>.")
  private String resource;

  @Mixin private ProviderOptions provider;

  VaultCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Vault vault;
    try {
      vault = new Vault(resource, provider.provider(), provider.settings(), provider.annotations());
    } catch (ProtocolException e) {
      String option =
          e.reason() == ProtocolException.Reason.BAD_URI
              ? "--resource-uri '%s'".formatted(resource)
              : "--provider";
      throw new CliException(ExitCode.USAGE, "%s: %s".formatted(option, e.getMessage()), e);
    }
    String sealed = seal.seal(vault);
    terminal.tell("Warning: Secrets must be provisioned to provider separately.");
    if (!vault.provider().toLowerCase(Locale.ROOT).equals("kbs")) {
      terminal.tell("The emulated guest unseals secrets of kbs only.");
    }
    terminal.print(sealed);
    return ExitCode.OK.code();
  }
}
