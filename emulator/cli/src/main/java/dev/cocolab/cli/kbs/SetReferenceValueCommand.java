package dev.cocolab.cli.kbs;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Registers one reference value. */
@Command(
    name = "set-sample-reference-value",
    mixinStandardHelpOptions = true,
    description = "Register a reference value, by default as a list of one text.")
final class SetReferenceValueCommand implements Callable<Integer> {
  private final Terminal terminal;

  @ParentCommand private ConfigCommand config;

  @Parameters(index = "0", paramLabel = "NAME", description = "Name of the value.")
  private String name;

  @Parameters(index = "1", paramLabel = "VALUE", description = "The value.")
  private String value;

  @ArgGroup private Kind kind;

  @Option(names = "--as-single-value", description = "Register the value itself, not a list.")
  private boolean single;

  /** What the value is, unless it is text. */
  private static final class Kind {
    @Option(names = "--as-integer", description = "The value is a number of 32 bits, with sign.")
    private boolean integer;

    @Option(names = "--as-bool", description = "The value is true or false.")
    private boolean bool;
  }

  SetReferenceValueCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    JsonNode typed = typed();
    ObjectNode values = JsonMapper.shared().createObjectNode();
    if (single) {
      values.set(name, typed);
    } else {
      values.putArray(name).add(typed);
    }
    config.post("reference-value", SampleMessage.of(values));
    terminal.print("Reference Values Updated");
    return ExitCode.OK.code();
  }

  private JsonNode typed() {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (kind != null && kind.bool) {
      if (!value.equals("true") && !value.equals("false")) {
        throw new CliException(
            ExitCode.USAGE, "VALUE '%s' is neither true nor false".formatted(value));
      }
      return nodes.booleanNode(value.equals("true"));
    }
    if (kind == null || !kind.integer) {
      return nodes.stringNode(value);
    }
    try {
      return nodes.numberNode(Integer.parseInt(value));
    } catch (NumberFormatException e) {
      throw new CliException(
          ExitCode.USAGE, "VALUE '%s' is no integer of 32 bits".formatted(value), e);
    }
  }
}
