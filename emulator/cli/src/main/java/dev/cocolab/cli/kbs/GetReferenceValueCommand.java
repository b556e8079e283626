package dev.cocolab.cli.kbs;

import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.Terminal;
import dev.cocolab.guest.KbsClient.AdminAnswer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Reads one reference value. */
@Command(
    name = "get-reference-value",
    mixinStandardHelpOptions = true,
    description = "Print a reference value: its JSON in quotes, as kbs-client prints it.")
final class GetReferenceValueCommand implements Callable<Integer> {
  private final Terminal terminal;

  @ParentCommand private ConfigCommand config;

  @Option(names = "--id", required = true, paramLabel = "ID", description = "Name of the value.")
  private String id;

  @Option(names = "--json", description = "Print the JSON itself.")
  private boolean json;

  GetReferenceValueCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    AdminAnswer answer = config.get("reference-value/" + id);
    terminal.print(json ? answer.text() : quoted(answer.text()));
    return ExitCode.OK.code();
  }

  /** As Rust shows text to a programmer. */
  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> out.append((char) c);
              }
            });
    return out.append('"').toString();
  }
}
