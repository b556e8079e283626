package dev.cocolab.cli.evidence;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.OutputFile;
import dev.cocolab.cli.Terminal;
import dev.cocolab.evidence.Tee;
import dev.cocolab.tee.EvidenceMachine;
import dev.cocolab.tee.tamper.Specimen;
import dev.cocolab.tee.tamper.Tampering;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Makes evidence of an emulated machine, genuine or forged. */
@Command(
    name = "new",
    mixinStandardHelpOptions = true,
    description =
        "Make fresh evidence on this machine's emulated hardware, with fields changed if asked.",
    footerHeading = "%nExample:%n",
    footer = {
      "  cocolab evidence new --tee az-snp-vtpm --report-data 00ff --tamper snp.measurement=flip -o forged.json",
      "  cocolab evidence verify --tee az-snp-vtpm --report-data 00ff --evidence forged.json"
    })
final class EvidenceNewCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Machines machines;

  @Option(
      names = "--tee",
      required = true,
      paramLabel = "T",
      description = "Kind of evidence: az-snp-vtpm, az-tdx-vtpm, snp, tdx, tpm, sample.")
  private String tee;

  @Option(
      names = "--report-data",
      required = true,
      paramLabel = "HEX",
      description = "What the evidence is bound to; 48 bytes in the KBS protocol, at most 64.")
  private String reportData;

  @Option(
      names = "--init-data",
      paramLabel = "HEX",
      description = "Digest of the initdata document that the machine is bound to.")
  private String initData;

  @Option(
      names = "--tamper",
      paramLabel = "FIELD=CHANGE",
      description =
          "Change a field that 'evidence fields' names: to bytes (FIELD=HEX), or in one bit (FIELD=flip,"
              + " FIELD=flip:BIT). Signatures stay as they are. Repeatable, in the order given.")
  private List<String> tamper = List.of();

  @Option(
      names = "--resign",
      description =
          "After each change, make again what covers it, digests and signatures, as a forger with the"
              + " hardware's keys could.")
  private boolean resign;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write the evidence (default: print it).")
  private Path output;

  EvidenceNewCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.machines = new Machines(new Roots(terminal, environment));
  }

  @Override
  public Integer call() {
    Tee kind = TeeName.parse(tee, Machines.TEES);
    byte[] data = HexBytes.parse("--report-data", reportData);
    var digest = HexBytes.optional("--init-data", initData);
    if (resign && tamper.isEmpty()) {
      throw new CliException(ExitCode.USAGE, "--resign goes with --tamper only");
    }
    List<Tampering> changes =
        tamper.stream()
            .map(text -> Machines.asked("--tamper", () -> Tampering.parse(text)))
            .toList();
    EvidenceMachine machine = Machines.asked("--tee " + tee, () -> machines.boot(kind, digest));
    var evidence = Machines.asked("--report-data", () -> machine.evidence(data));
    if (!changes.isEmpty()) {
      Specimen specimen = Specimen.of(kind, evidence);
      for (Tampering change : changes) {
        Specimen before = specimen;
        specimen =
            Machines.asked(
                "--tamper",
                () -> resign ? before.with(change, machine.keys()) : before.with(change));
      }
      evidence = specimen.toJson();
    }
    String json = JsonMapper.shared().writeValueAsString(evidence);
    if (output == null) {
      terminal.print(json);
    } else {
      OutputFile.write(output, json + "\n");
    }
    return ExitCode.OK.code();
  }
}
