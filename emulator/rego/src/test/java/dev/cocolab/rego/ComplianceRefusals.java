package dev.cocolab.rego;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Which compliance cases this engine does not follow, and why. */
final class ComplianceRefusals {

  /** Functions that are absent on purpose; a trailing dot stands for a whole group. */
  private static final Set<String> ABSENT =
      Set.of(
          "array.flatten",
          "crypto.",
          "glob.",
          "graph.",
          "graphql.",
          "hex.",
          "http.send",
          "io.jwt.",
          "json.marshal_with_options",
          "json.match_schema",
          "json.patch",
          "json.verify_schema",
          "net.",
          "opa.runtime",
          "providers.aws.sign_req",
          "rand.intn",
          "regex.globs_match",
          "regex.template_match",
          "rego.metadata.",
          "rego.parse_module",
          "semver.",
          "strings.render_template",
          "test.sleep",
          "time.diff",
          "time.format",
          "time.parse_ns",
          "urlquery.",
          "uuid.",
          "yaml.");

  private static final Pattern CALL = Pattern.compile("([a-z_0-9]+(?:\\.[a-z_0-9]+)+)\\(");

  /** Cases in which this engine deliberately gives another answer, or reads another language. */
  private static final Set<String> DIFFERENT =
      Set.of(
          // Numbers are written in full; the reference keeps the text of the literal.
          "strings/sprintf: float too big",
          // A number is never a key of a JSON object.
          "data/nested integer",
          // A rule hides the base document of the same path, so that data cannot change a policy.
          "base/virtual: conflicts",
          // A template as a parameter that refers to a variable of the body.
          "string-interpolation/multi-line/template-string function arg");

  private ComplianceRefusals() {}

  static boolean isDifferent(JsonNode testCase) {
    return DIFFERENT.stream().anyMatch(testCase.get("note").asString()::endsWith);
  }

  /** The absent function that a case calls. */
  static Optional<String> absentFunction(JsonNode testCase) {
    for (JsonNode module : testCase.get("modules")) {
      Matcher call = CALL.matcher(module.asString());
      while (call.find()) {
        String name = call.group(1);
        if (ABSENT.stream()
            .anyMatch(each -> each.endsWith(".") ? name.startsWith(each) : name.equals(each))) {
          return Optional.of(name);
        }
      }
    }
    return Optional.empty();
  }
}
