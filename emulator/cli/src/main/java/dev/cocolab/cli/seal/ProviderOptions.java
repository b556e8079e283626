package dev.cocolab.cli.seal;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a provider is told beside the secret's name. */
final class ProviderOptions {
  @Option(
      names = {"-p", "--provider"},
      required = true,
      paramLabel = "P",
      description = "Who keeps the secret, or unwraps its key.")
  private String provider;

  @Option(
      names = "--provider-settings",
      paramLabel = "JSON",
      defaultValue = "{}",
      description =
          "How the guest reaches the provider, a JSON object (default: ${DEFAULT-VALUE}).")
  private String settings;

  @Option(
      names = {"-a", "--annotations"},
      paramLabel = "JSON",
      defaultValue = "{}",
      description = "What the provider needs beside, a JSON object (default: ${DEFAULT-VALUE}).")
  private String annotations;

  String provider() {
    return provider;
  }

  ObjectNode settings() {
    return object("--provider-settings", settings);
  }

  ObjectNode annotations() {
    return object("--annotations", annotations);
  }

  private static ObjectNode object(String option, String json) {
    try {
      JsonNode value = JsonMapper.shared().readTree(json);
      if (value instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      throw new CliException(
          ExitCode.USAGE, "%s '%s' is no JSON object".formatted(option, json), e);
    }
    throw new CliException(ExitCode.USAGE, "%s '%s' is no JSON object".formatted(option, json));
  }
}
