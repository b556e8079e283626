package dev.cocolab.cli.kbs;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.Terminal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How an administrator is known to the broker. */
final class AdminOptions {
  /** Where {@code kbs-client} looks, beside the home folder's own file. */
  private static final Path BESIDE = Path.of("kbs", "config", "docker-compose", "admin-token");

  @ArgGroup private Proof proof;

  @Option(
      names = "--admin-issuer",
      paramLabel = "ISS",
      description = "With --auth-private-key: the token's issuer.")
  private String issuer;

  @Option(
      names = "--admin-audience",
      paramLabel = "AUD",
      description = "With --auth-private-key: the token's audience.")
  private String audience;

  @Option(
      names = "--admin-role",
      paramLabel = "ROLE",
      description = "With --auth-private-key: the token's role.")
  private String role;

  /** One or the other. */
  private static final class Proof {
    @Option(
        names = "--admin-token-file",
        paramLabel = "FILE",
        description =
            "File with the admin token (default: kbs/config/docker-compose/admin-token here, then"
                + " ~/.trustee/admin-token, then none).")
    private Path tokenFile;

    @Option(
        names = "--auth-private-key",
        paramLabel = "PEM",
        description =
            "Ed25519 key (PKCS#8) with which an admin token of two hours is signed, as Trustee up"
                + " to v0.20 wants.")
    private Path privateKey;
  }

  /**
   * The token, where there is one; says so where there is none, as an open broker takes that.
   *
   * @throws CliException {@link ExitCode#USAGE}
   */
  Optional<String> token(Terminal terminal, Map<String, String> environment) {
    if (proof != null && proof.privateKey != null) {
      AdminToken claims = new AdminToken(opt(issuer), opt(audience), opt(role));
      return Optional.of(claims.signed(InputFile.read(proof.privateKey), Clock.systemUTC()));
    }
    if (issuer != null || audience != null || role != null) {
      throw new CliException(
          ExitCode.USAGE,
          "--admin-issuer, --admin-audience and --admin-role need --auth-private-key");
    }
    if (proof != null) {
      return Optional.of(read(proof.tokenFile));
    }
    for (Path place : places(environment)) {
      if (Files.isRegularFile(place)) {
        terminal.tell("using the admin token in " + place);
        return Optional.of(read(place));
      }
    }
    terminal.tell("no admin token; a broker that is not open will refuse");
    return Optional.empty();
  }

  private static List<Path> places(Map<String, String> environment) {
    String home = environment.get("HOME");
    return home == null
        ? List.of(BESIDE)
        : List.of(BESIDE, Path.of(home, ".trustee", "admin-token"));
  }

  private static String read(Path file) {
    String token = InputFile.read(file).text().strip();
    if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new CliException(ExitCode.USAGE, file + " holds no token: one word of ASCII");
    }
    return token;
  }

  private static Optional<String> opt(String value) {
    return Optional.ofNullable(value);
  }
}
