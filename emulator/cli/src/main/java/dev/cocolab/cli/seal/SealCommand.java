package dev.cocolab.cli.seal;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.Terminal;
import dev.cocolab.protocol.ProtocolException;
import dev.cocolab.protocol.SealedPayload;
import dev.cocolab.protocol.SealedSecret;
import dev.cocolab.protocol.SigningJwk;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Makes sealed secrets. The options before the kind of secret are those of upstream's tool {@code
 * secret seal}.
 */
@Command(
    name = "seal",
    mixinStandardHelpOptions = true,
    description = "Make and check sealed secrets, and the key that signs them.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  cocolab seal keygen",
      "  cocolab seal --signing-kid kbs:///default/sealed-signing-key/jwk_public \\",
      "    --signing-jwk-path sealed-signing-private.json \\",
      "    vault --resource-uri kbs:///default/fraud-dataset/dataset_key --provider kbs"
    })
public final class SealCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--signing-kid",
      paramLabel = "KID",
      description =
          "Where the guest finds the signer's public JWK, such as kbs:///default/sealed-signing-key/jwk_public.")
  private String signingKid;

  @Option(
      names = "--signing-jwk-path",
      paramLabel = "FILE",
      description = "The signer's private JWK, EC P-256.")
  private Path signingJwk;

  @Option(
      names = "--unsigned",
      description =
          "Sign nothing; only guests with skip_sealed_secret_verification take the secret.")
  private boolean unsigned;

  private SealCommand() {}

  /** The command with those below it. */
  public static CommandLine with(Terminal terminal) {
    return new CommandLine(new SealCommand())
        .addSubcommand(new VaultCommand(terminal))
        .addSubcommand(new EnvelopeCommand(terminal))
        .addSubcommand(new KeygenCommand(terminal))
        .addSubcommand(new VerifyCommand(terminal));
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name a COMMAND: " + String.join(", ", spec.subcommands().keySet()));
  }

  /**
   * The sealed text.
   *
   * @throws CliException {@link ExitCode#USAGE} if there is nothing to sign with
   */
  String seal(SealedPayload payload) {
    if (unsigned) {
      if (signingKid != null || signingJwk != null) {
        throw new CliException(
            ExitCode.USAGE, "--unsigned goes without --signing-kid and --signing-jwk-path");
      }
      return SealedSecret.unsigned(payload);
    }
    if (signingKid == null || signingKid.isBlank() || signingJwk == null) {
      throw new CliException(
          ExitCode.USAGE,
          "say before the kind of secret who signs: --signing-kid KID --signing-jwk-path FILE ('cocolab seal keygen' makes a key)");
    }
    return SealedSecret.seal(key(), signingKid, payload);
  }

  private SigningJwk key() {
    try {
      return SigningJwk.parse(InputFile.read(signingJwk).bytes());
    } catch (ProtocolException e) {
      throw new CliException(
          ExitCode.USAGE,
          "--signing-jwk-path %s: %s; give the private JWK that 'seal keygen' writes"
              .formatted(signingJwk, e.getMessage()),
          e);
    }
  }
}
