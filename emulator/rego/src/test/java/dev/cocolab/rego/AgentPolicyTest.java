package dev.cocolab.rego;

import static dev.cocolab.rego.Policies.NOTHING;
import static dev.cocolab.rego.Policies.json;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AgentPolicyTest {

  private static RegoEngine engine(RegoDialect dialect, String source) {
    return RegoEngine.builder()
        .dialect(dialect)
        .limits(SourceLimits.kataAgent())
        .strictBuiltinErrors(false)
        .module("agent_policy", source)
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "'[\"cat\", \"/proc/uptime\"]', true",
    "'[\"cat /proc/uptime\"]', true",
    "'[\"cat\", \"/proc/uptime\", \"\"]', false",
    "'[\"cat\", \"/proc/version\"]', false",
    "'[\"bash\"]', false",
    "'[]', false",
    "'[1]', false",
    "'null', false",
  })
  void execIsAllowedForListedCommandsOnly(String args, boolean allowed) {
    for (RegoDialect dialect : RegoDialect.values()) {
      RegoEngine engine = engine(dialect, Policies.text("agent-allow-list.rego"));

      RegoResult result =
          engine.evaluate(
              "data.agent_policy.ExecProcessRequest",
              Policies.JSON.readTree("{\"process\": {\"Args\": " + args + "}}"),
              NOTHING);

      assertThat(result.value().orElseThrow().asBoolean()).as("%s", dialect).isEqualTo(allowed);
    }
  }

  @Test
  void requestWithoutRuleIsUndefined() {
    RegoResult result =
        engine(RegoDialect.V1, "package agent_policy\n")
            .evaluate("data.agent_policy.ExecProcessRequest", NOTHING, NOTHING);

    assertThat(result.ruleDefined()).isFalse();
    assertThat(result.value()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void objectResultsCarryOperations(RegoDialect dialect) {
    String policy =
        """
        package agent_policy
        import future.keywords.if
        CreateContainerRequest := {"ops": ops, "allowed": true} if {
          not data.pstate.seen
          ops := [{"op": "add", "path": "/seen", "value": input.id}]
        }
        """;

    RegoEngine engine = engine(dialect, policy);

    assertThat(
            engine
                .evaluate(
                    "data.agent_policy.CreateContainerRequest",
                    json("{'id': 'c1'}"),
                    json("{'pstate': {}}"))
                .value())
        .contains(
            json("{'allowed': true, 'ops': [{'op': 'add', 'path': '/seen', 'value': 'c1'}]}"));
    assertThat(
            engine
                .evaluate(
                    "data.agent_policy.CreateContainerRequest",
                    json("{'id': 'c1'}"),
                    json("{'pstate': {'seen': 'c1'}}"))
                .value())
        .isEmpty();
  }

  @Test
  void printsAreGatheredWithModuleAndLine() {
    RegoResult result =
        engine(
                RegoDialect.V1,
                """
                package agent_policy

                ExecProcessRequest if {
                  print("command", input.x, input.missing, ["a", 1])
                  false
                }
                """)
            .evaluate("data.agent_policy.ExecProcessRequest", json("{'x': 'ls'}"), NOTHING);

    assertThat(result.prints())
        .containsExactly("agent_policy:4: command ls <undefined> [\"a\", 1]");
    assertThat(result.value()).isEmpty();
  }

  @Test
  void builtinErrorsAreUndefinedHereAndErrorsInTrustee() {
    String policy = "package agent_policy\nr := count(input.x)";
    RegoEngine lenient = engine(RegoDialect.V1, policy);

    assertThat(lenient.evaluate("data.agent_policy.r", json("{'x': null}"), NOTHING).value())
        .isEmpty();
  }
}
