package dev.cocolab.cli.seal;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.OutputFile;
import dev.cocolab.cli.Terminal;
import dev.cocolab.protocol.SigningJwk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the key pair of a signer. */
@Command(
    name = "keygen",
    mixinStandardHelpOptions = true,
    description = "Make a signer's key pair: <kid>-private.json (0600) and <kid>-public.json.")
final class KeygenCommand implements Callable<Integer> {
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private final Terminal terminal;

  @Option(
      names = "--kid",
      paramLabel = "NAME",
      defaultValue = "sealed-signing",
      description = "Name of the key and of its files (default: ${DEFAULT-VALUE}).")
  private String kid;

  @Option(
      names = "--output-dir",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where the files go (default: ${DEFAULT-VALUE}).")
  private Path folder;

  KeygenCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (!FILE_NAME.matcher(kid).matches()) {
      throw new CliException(
          ExitCode.USAGE,
          "--kid '%s' is no name of a file: letters, digits, dots, - and _, at most 64"
              .formatted(kid));
    }
    Path secret = folder.resolve(kid + "-private.json");
    Path open = folder.resolve(kid + "-public.json");
    if (Files.exists(open)) {
      throw new CliException(
          ExitCode.USAGE, "%s is there already and is not written over".formatted(open));
    }
    SigningJwk key = SigningJwk.generate(kid, new SecureRandom());
    OutputFile.create(secret, key.privateJwk(), "rw-------");
    OutputFile.create(open, key.publicJwk(), "rw-r--r--");
    terminal.print("Generated %s-private.json and %1$s-public.json".formatted(kid));
    return ExitCode.OK.code();
  }
}
