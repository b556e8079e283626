package dev.cocolab.cli.initdata;

import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.OutputFile;
import dev.cocolab.cli.Terminal;
import dev.cocolab.protocol.Initdata;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Makes the value of the pod annotation, and of {@code INITDATA} in {@code peer-pods-cm}. */
@Command(
    name = "pack",
    mixinStandardHelpOptions = true,
    description = "Compress and encode a document for the annotation " + Initdata.ANNOTATION + ".")
final class PackCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "FILE", description = "The document, TOML.")
  private Path file;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write the value, without a line feed (default: print it).")
  private Path output;

  @Option(names = "--keep-crlf", description = "Keep carriage returns, which are measured.")
  private boolean keepCrlf;

  @Option(names = "--json", description = "Print annotation, value and measurement as JSON.")
  private boolean json;

  PackCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Initdata document = Document.plain(InputFile.read(file), keepCrlf);
    String value = document.encodeAnnotation();
    if (output != null) {
      OutputFile.write(output, value);
    }
    if (json) {
      ObjectNode out = JsonMapper.shared().createObjectNode();
      out.put("annotation", Initdata.ANNOTATION).put("value", value);
      out.setAll(Document.measurement(document));
      terminal.print(JsonMapper.shared().writeValueAsString(out));
    } else if (output == null) {
      terminal.print(value);
    }
    return ExitCode.OK.code();
  }
}
