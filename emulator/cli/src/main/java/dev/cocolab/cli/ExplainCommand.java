package dev.cocolab.cli;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tells why Trustee gave a pod, or a request, what it gave. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Tell why Trustee of a running lab gave or refused: which claim, which reference value,",
      "which rule, and what to change."
    })
final class ExplainCommand implements Callable<Integer> {
  private static final Pattern POD =
      Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");
  private static final Pattern REQUEST = Pattern.compile("[A-Za-z0-9-]{1,64}");

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Mixin private LabName lab;

  @Parameters(
      paramLabel = "REQUEST|NAMESPACE/POD",
      description = "An answer's x-cocolab-request-id, or a pod.")
  private String subject;

  @Option(
      names = "--claims",
      description = "Print claims and reference values, too (with --json they always are).")
  private boolean claims;

  @Option(names = "--json", description = "Print the explanation as JSON.")
  private boolean json;

  ExplainCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() {
    if (!POD.matcher(subject).matches() && !REQUEST.matcher(subject).matches()) {
      throw new CliException(
          ExitCode.USAGE,
          "'%s' is neither NAMESPACE/POD nor the value of a header x-cocolab-request-id"
              .formatted(subject));
    }
    LabDirectory directory = lab.in(environment);
    Optional<String> answer =
        ControlSocket.ask(
            directory.controlSocket(), LabControl.EXPLAIN + subject, StatusCommand.PATIENCE);
    if (answer.isEmpty()) {
      throw new CliException(
          ExitCode.NOT_SO,
          "no lab named '%s' runs; start it with './cocolab up --lab %1$s'"
              .formatted(directory.name()));
    }
    JsonNode explained = read(answer.get());
    if (explained.has("unknown")) {
      throw new CliException(ExitCode.NOT_SO, explained.path("unknown").asString());
    }
    if (json) {
      terminal.print(explained.toPrettyString());
    } else {
      print(explained);
    }
    return ExitCode.OK.code();
  }

  private JsonNode read(String answer) {
    try {
      return JsonMapper.shared().readTree(answer);
    } catch (JacksonException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "the lab does not know how to explain; was it started by another version?",
          e);
    }
  }

  private void print(JsonNode explained) {
    terminal.print(explained.path("subject").asString());
    if (explained.path("entries").isEmpty()) {
      terminal.print("  has asked Trustee for nothing yet");
    }
    for (JsonNode entry : explained.path("entries")) {
      terminal.print("");
      terminal.print(
          "%s  %s: %s (request %s)"
              .formatted(
                  entry.path("at").asString(),
                  entry.path("asked").asString(),
                  entry.path("decision").asString(),
                  entry.path("request").asString()));
      entry.path("lines").forEach(line -> terminal.print("  " + line.asString()));
      if (claims) {
        terminal.print("  claims: " + entry.path("claims").toPrettyString());
        terminal.print("  reference values: " + entry.path("reference_values").toPrettyString());
      }
    }
  }
}
