package dev.cocolab.cli.evidence;

import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.Terminal;
import dev.cocolab.evidence.Tee;
import dev.cocolab.tee.tamper.EvidenceField;
import dev.cocolab.tee.tamper.Specimen;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Lists the fields of evidence, by which a forger names them. */
@Command(
    name = "fields",
    mixinStandardHelpOptions = true,
    description =
        "List the fields of evidence: name, offset and length in bytes, whether 'evidence new --tamper'"
            + " can change it, the part that holds it, and what covers it.")
final class EvidenceFieldsCommand implements Callable<Integer> {
  private static final String ROW = "%-34s %7s %7s  %-10s  %-20s %s";

  private final Terminal terminal;
  private final Machines machines;

  @Option(
      names = "--tee",
      required = true,
      paramLabel = "T",
      description = "Kind of evidence: az-snp-vtpm, az-tdx-vtpm, snp, tdx, tpm, sample.")
  private String tee;

  @Option(
      names = "--evidence",
      paramLabel = "FILE",
      description = "Evidence whose fields are listed (default: fresh one of this machine).")
  private Path file;

  @Option(names = "--json", description = "Print the fields as JSON.")
  private boolean json;

  EvidenceFieldsCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.machines = new Machines(new Roots(terminal, environment));
  }

  @Override
  public Integer call() {
    Tee kind = TeeName.parse(tee, Machines.TEES);
    String what = file == null ? "--tee " + tee : file.toString();
    List<EvidenceField> fields =
        Machines.asked(what, () -> Specimen.of(kind, evidence(kind))).fields();
    if (json) {
      terminal.print(asJson(fields));
    } else {
      terminal.print(ROW.formatted("NAME", "OFFSET", "LENGTH", "TAMPERABLE", "PART", "COVERED BY"));
      for (EvidenceField field : fields) {
        terminal.print(
            ROW.formatted(
                field.name(),
                field.offset(),
                field.length(),
                field.tamperable() ? "yes" : "no",
                field.part(),
                field.layer().protectedBy()));
      }
    }
    return ExitCode.OK.code();
  }

  private JsonNode evidence(Tee kind) {
    return file == null
        ? machines.boot(kind, Optional.empty()).evidence(new byte[48])
        : InputFile.read(file).json();
  }

  private static String asJson(List<EvidenceField> fields) {
    ArrayNode list = JsonMapper.shared().createArrayNode();
    for (EvidenceField field : fields) {
      list.addObject()
          .put("name", field.name())
          .put("offset", field.offset())
          .put("length", field.length())
          .put("tamperable", field.tamperable())
          .put("part", field.part())
          .put("layer", field.layer().id())
          .put("covered_by", field.layer().protectedBy());
    }
    return JsonMapper.shared().writeValueAsString(list);
  }
}
