package dev.cocolab.cli.initdata;

import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.OutputFile;
import dev.cocolab.cli.Terminal;
import dev.cocolab.protocol.Initdata;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Gives the document back that an annotation holds. */
@Command(
    name = "unpack",
    mixinStandardHelpOptions = true,
    description = "Print, to the byte, the document that a packed value holds.")
final class UnpackCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      paramLabel = "FILE",
      description = "The value of the annotation: base64, on one line, of the compressed document.")
  private Path file;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write the document (default: print it).")
  private Path output;

  @Option(names = "--json", description = "Print measurement and files as JSON.")
  private boolean json;

  UnpackCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Initdata document = Document.packed(InputFile.read(file));
    byte[] bytes = document.bytes();
    int line = Document.lineWithCarriageReturn(bytes);
    if (line > 0) {
      terminal.tell("line %d of the document ends in CR LF, which is measured".formatted(line));
    }
    if (output != null) {
      OutputFile.write(output, bytes);
    }
    if (json) {
      ObjectNode out = Document.measurement(document);
      ObjectNode data = out.putObject("data");
      document.data().forEach(data::put);
      terminal.print(JsonMapper.shared().writeValueAsString(out));
    } else if (output == null) {
      // A document is UTF-8, or it would not have been read: this prints its very bytes.
      terminal.out().print(new String(bytes, StandardCharsets.UTF_8));
      terminal.out().flush();
    }
    return ExitCode.OK.code();
  }
}
