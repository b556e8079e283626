package dev.cocolab.cli.kbs;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.Terminal;
import dev.cocolab.guest.KbsClient.AdminAnswer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what a broker tells of its resource policies. */
@Command(
    name = "get-resource-policy",
    aliases = "list-resource-policies",
    mixinStandardHelpOptions = true,
    description = {
      "Print the ids of the resource policies, one a line; from Trustee up to v0.18 the policy",
      "itself, which later ones do not give away. No release gives away attestation policies."
    })
final class GetResourcePolicyCommand implements Callable<Integer> {
  private final Terminal terminal;

  @ParentCommand private ConfigCommand config;

  @Option(names = "--json", description = "Print {\"ids\": […]} or {\"policy\": …}.")
  private boolean json;

  GetResourcePolicyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    AdminAnswer answer = config.get("resource-policy");
    try {
      JsonNode ids = JsonMapper.shared().readTree(answer.body());
      if (ids.isArray()) {
        tellIds(ids);
        return ExitCode.OK.code();
      }
    } catch (JacksonException e) {
      // The older form is no JSON.
    }
    String policy = decoded(answer.text());
    terminal.print(
        json
            ? JsonMapper.shared().createObjectNode().put("policy", policy).toString()
            : policy.stripTrailing());
    return ExitCode.OK.code();
  }

  private void tellIds(JsonNode ids) {
    if (json) {
      terminal.print(JsonMapper.shared().createObjectNode().set("ids", ids).toString());
      return;
    }
    StreamSupport.stream(ids.spliterator(), false).map(JsonNode::asString).forEach(terminal::print);
  }

  private static String decoded(String base64url) {
    try {
      return new String(Base64.getUrlDecoder().decode(base64url.strip()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCode.NOT_SO, "the broker answers neither ids nor a policy: " + base64url, e);
    }
  }
}
