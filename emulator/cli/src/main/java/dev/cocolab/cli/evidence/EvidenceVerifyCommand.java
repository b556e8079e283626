package dev.cocolab.cli.evidence;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.Terminal;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.dcap.CollateralSource;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Judges evidence, and says which check it failed. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = "Verify evidence; exits with 1 and names the failed check if it is refused.",
    footerHeading = "%nJSON:%n",
    footer = {
      "  {\"verdict\":\"accepted|refused\",\"tee\":…,\"root\":…,\"failed_check\":…,\"reason\":…,\"claims\":{…}}",
      "All six are always there. Accepted: failed_check and reason are null, root says whose root",
      "vouched for it (emulated, AMD, Intel, NVIDIA; null for tpm and sample, which have none).",
      "Refused: root is null, claims is {}."
    })
final class EvidenceVerifyCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Roots roots;

  @Option(
      names = "--tee",
      required = true,
      paramLabel = "T",
      description = "Kind of evidence: az-snp-vtpm, az-tdx-vtpm, snp, tdx, tpm, sample, nvidia.")
  private String tee;

  @Option(
      names = "--evidence",
      required = true,
      paramLabel = "FILE",
      description =
          "The evidence: JSON as a guest sends it; for snp, tdx and nvidia also a bare report with"
              + " --certs.")
  private Path evidence;

  @Option(
      names = "--certs",
      paramLabel = "FILE",
      description = "PEM or DER certificates that come with a bare report.")
  private Path certificates;

  @Option(
      names = "--event-log",
      paramLabel = "FILE",
      description = "Event log that comes with a bare quote of tdx.")
  private Path eventLog;

  @Option(
      names = "--report-data",
      paramLabel = "HEX",
      description =
          "What the evidence must be bound to. Without it that is not looked at; on Azure it is required.")
  private String reportData;

  @Option(
      names = "--init-data",
      paramLabel = "HEX",
      description = "Digest of the initdata document that the evidence must be bound to.")
  private String initData;

  @Option(
      names = "--roots",
      paramLabel = "emulated|vendor|DIR",
      defaultValue = Roots.EMULATED,
      description =
          "Roots of trust: this machine's emulated ones, the hardware vendors', or the certificates"
              + " (PEM or DER) of a folder (default: ${DEFAULT-VALUE}).")
  private String root;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description =
          "Time of the verification, such as 2025-06-01 or 2025-06-01T12:00:00Z (default: now).")
  private String at;

  @Option(
      names = "--collateral",
      paramLabel = "DIR",
      description =
          "For TDX: TCB infos, identities of quoting enclaves, revocation lists and their issuer"
              + " chains, as Intel's service answers them (default with emulated roots: emulated ones).")
  private Path collateral;

  @Option(
      names = "--stance",
      paramLabel = "strict|compatible",
      defaultValue = "strict",
      description =
          "compatible accepts what Trustee accepts; strict also checks validity, PCR selection, chip"
              + " and unsigned bytes (default: ${DEFAULT-VALUE}).")
  private String stance;

  @Option(names = "--json", description = "Print the verdict as JSON.")
  private boolean json;

  EvidenceVerifyCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.roots = new Roots(terminal, environment);
  }

  @Override
  public Integer call() {
    Tee kind = TeeName.parse(tee, Judge.TEES);
    ExpectedBinding expected =
        new ExpectedBinding(
            HexBytes.optional("--report-data", reportData),
            HexBytes.optional("--init-data", initData));
    Judge judge = new Judge(tee -> roots.named(root, tee), this::collateral, clock(), stance());
    var input =
        EvidenceInput.of(kind, InputFile.read(evidence), read(certificates), read(eventLog));
    Outcome outcome = judge.judge(kind, input, expected);
    if (json) {
      terminal.print(outcome.json());
    } else {
      outcome.lines().forEach(terminal::print);
    }
    return outcome.exitCode().code();
  }

  private static Optional<InputFile> read(Path file) {
    return Optional.ofNullable(file).map(InputFile::read);
  }

  private CollateralSource collateral() {
    if (collateral != null) {
      return FolderCollateral.read(collateral);
    }
    if (root.equals(Roots.EMULATED)) {
      return EmulatedCollateral.of(roots.intel());
    }
    terminal.tell("no collateral: give that of the platform with --collateral DIR");
    return CollateralSource.none();
  }

  private Stance stance() {
    return switch (stance) {
      case "strict" -> Stance.strict();
      case "compatible" -> Stance.compatible();
      default ->
          throw new CliException(
              ExitCode.USAGE, "--stance '%s' is neither strict nor compatible".formatted(stance));
    };
  }

  private Clock clock() {
    return at == null ? Clock.systemUTC() : Clock.fixed(instant(at), ZoneOffset.UTC);
  }

  private static Instant instant(String text) {
    try {
      return text.contains("T")
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new CliException(
          ExitCode.USAGE,
          "--at '%s' is no time; give 2025-06-01 or 2025-06-01T12:00:00Z".formatted(text),
          e);
    }
  }
}
