package dev.cocolab.cli.kbs;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.Terminal;
import dev.cocolab.guest.KbsClient.AdminAnswer;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** What an administrator does; each call needs the broker to accept who calls. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description = "Set and read resources, policies and reference values as an administrator.",
    synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand implements Runnable {
  private static final String JSON = "application/json";
  private static final byte[] NOTHING = {};

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Spec private CommandSpec spec;

  @ParentCommand private KbsCommand kbs;

  @Mixin private AdminOptions admin;

  private ConfigCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  static CommandLine with(Terminal terminal, Map<String, String> environment) {
    return new CommandLine(new ConfigCommand(terminal, environment))
        .addSubcommand(new SetResourceCommand(terminal))
        .addSubcommand(new DeleteResourceCommand(terminal))
        .addSubcommand(new SetResourcePolicyCommand(terminal))
        .addSubcommand(new GetResourcePolicyCommand(terminal))
        .addSubcommand(new SetAttestationPolicyCommand(terminal))
        .addSubcommand(new SetReferenceValueCommand(terminal))
        .addSubcommand(new SetReferenceValuesCommand(terminal))
        .addSubcommand(new GetReferenceValueCommand(terminal));
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name a COMMAND: " + String.join(", ", spec.subcommands().keySet()));
  }

  /** Sends JSON. */
  void post(String path, byte[] json) {
    post(path, JSON, json);
  }

  /**
   * Sends a body.
   *
   * @param path below {@code /kbs/v0/}
   * @throws CliException {@link ExitCode#NOT_SO} for every status but 200
   */
  void post(String path, String contentType, byte[] body) {
    call("POST", path, contentType, body);
  }

  void delete(String path) {
    call("DELETE", path, JSON, NOTHING);
  }

  /** The body of what is read. */
  AdminAnswer get(String path) {
    return call("GET", path, JSON, NOTHING);
  }

  private AdminAnswer call(String method, String path, String contentType, byte[] body) {
    Optional<String> token = admin.token(terminal, environment);
    AdminAnswer answer =
        kbs.server().with(terminal, client -> client.admin(method, path, contentType, body, token));
    if (answer.status() != 200) {
      throw new CliException(
          ExitCode.NOT_SO,
          "%s %s: status %d. Request Failed, Response: \"%s\""
              .formatted(method, path, answer.status(), answer.text()));
    }
    return answer;
  }
}
