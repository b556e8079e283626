package dev.cocolab.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.guest.PolicyVerdict.Outcome;
import dev.cocolab.protocol.Profile.RegoSyntax;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.MissingNode;

/** Policies as the workshop writes them, against the input of the runtime. */
class AgentPolicyTest {

  private static final String ALLOW_LIST =
      """
      package agent_policy

      import future.keywords.in
      import future.keywords.if

      default CreateContainerRequest := true
      default ReadStreamRequest := false
      default ExecProcessRequest := false

      ExecProcessRequest if {
        input_command = concat(" ", input.process.Args)
        some allowed_command in policy_data.allowed_commands
        input_command == allowed_command
      }

      policy_data := {
        "allowed_commands": [
          "curl -s http://127.0.0.1:8006/cdh/resource/default/attestation-status/status",
          "cat /etc/os-release",
        ]
      }
      """;

  private final List<String> log = new ArrayList<>();

  private static AgentRequest exec(String... args) {
    return AgentRequest.execProcess(
        "0123",
        "4567",
        new AgentRequest.Process(
            List.of(args), List.of("PATH=/bin"), "/", 1001, 0, List.of(), false));
  }

  private PolicyVerdict ask(AgentPolicy policy, AgentRequest request) {
    return policy.evaluate(request.name(), request.input());
  }

  @ParameterizedTest
  @EnumSource(RegoSyntax.class)
  void theAllowListComparesTheJoinedArguments(RegoSyntax syntax) {
    AgentPolicy policy = AgentPolicy.parse(AgentPolicy.FILE, ALLOW_LIST, syntax, log::add);

    assertThat(ask(policy, exec("cat", "/etc/os-release")).isAllowed()).isTrue();
    assertThat(ask(policy, exec("cat /etc/os-release")).isAllowed()).isTrue();
    PolicyVerdict denied = ask(policy, exec("cat", "/etc/passwd"));
    assertThat(denied.outcome()).isEqualTo(Outcome.DENIED);
    assertThat(denied.message()).isEqualTo("\"ExecProcessRequest is blocked by policy: \"");
    assertThat(denied.rpcError())
        .isEqualTo(
            "rpc error: code = PermissionDenied desc = \"ExecProcessRequest is blocked by policy: \"");
  }

  @Test
  void eachRequestHasItsRule() {
    AgentPolicy policy = AgentPolicy.parse(AgentPolicy.FILE, ALLOW_LIST, RegoSyntax.V1, log::add);
    assertThat(policy.evaluate("CreateContainerRequest", MissingNode.getInstance()).isAllowed())
        .isTrue();
    assertThat(ask(policy, AgentRequest.readStream("0123", "")).outcome())
        .isEqualTo(Outcome.DENIED);
    PolicyVerdict undefined = ask(policy, AgentRequest.startContainer("0123"));
    assertThat(undefined.outcome()).isEqualTo(Outcome.UNDECIDED);
    assertThat(undefined.message())
        .isEqualTo(
            "\"StartContainerRequest: internal error policy check: unexpected eval_query result len QueryResults { result:"
                + " [] }\"");
  }

  @Test
  void anEmptyPackageOrAnotherOneDecidesNothing() {
    for (String text :
        List.of("package agent_policy\n", "package policy\ndefault ExecProcessRequest := true\n")) {
      AgentPolicy policy = AgentPolicy.parse(AgentPolicy.FILE, text, RegoSyntax.V1, log::add);
      assertThat(ask(policy, exec("id")).outcome()).isEqualTo(Outcome.UNDECIDED);
    }
  }

  @Test
  void printsFollowTheColonOfADenial() {
    String text =
        "package agent_policy\n\ndefault ExecProcessRequest := false\n\nExecProcessRequest if {\n  print(\"args\", input.process.Args[0])\n  false\n}\n";
    PolicyVerdict verdict =
        ask(AgentPolicy.parse(AgentPolicy.FILE, text, RegoSyntax.V1, log::add), exec("id"));

    assertThat(verdict.message())
        .isEqualTo(
            "\"ExecProcessRequest is blocked by policy: /etc/kata-opa/default-policy.rego:6: args id\"");
  }

  @Test
  void requestsMayBeAllowedToFail() {
    String text =
        "package agent_policy\ndefault AllowRequestsFailingPolicy := true\ndefault ExecProcessRequest := false\n";
    AgentPolicy policy = AgentPolicy.parse(AgentPolicy.FILE, text, RegoSyntax.V1, log::add);

    assertThat(ask(policy, exec("id")).isAllowed()).isTrue();
    assertThat(ask(policy, AgentRequest.startContainer("x")).isAllowed()).isTrue();
    assertThat(log).anyMatch(line -> line.contains("ExecProcessRequest is blocked by policy"));
  }

  @Test
  void whatIsAllowedToFailMustStillEvaluate() {
    String text =
        """
        package agent_policy
        AllowRequestsFailingPolicy := true
        ReadStreamRequest := "yes"
        ExecProcessRequest := true if { input.process.Cwd == "/" }
        ExecProcessRequest := false if { input.process.Terminal == false }
        """;
    AgentPolicy policy = AgentPolicy.parse(AgentPolicy.FILE, text, RegoSyntax.V1, log::add);

    assertThat(ask(policy, AgentRequest.readStream("x", "")).message())
        .startsWith(
            "\"ReadStreamRequest: internal error policy check: unexpected eval_query result type ");
    assertThat(ask(policy, exec("id")).message())
        .as("two values for one rule")
        .startsWith("\"ExecProcessRequest: internal error ")
        .doesNotContain("policy check");
  }

  @Test
  void objectsDecideByTheirMember() {
    String text =
        """
        package agent_policy
        ExecProcessRequest := {"allowed": true, "ops": []}
        StartContainerRequest := {"allowed": true, "ops": [{"op": "add"}]}
        ReadStreamRequest := "yes"
        CloseStdinRequest := {"allowed": false}
        """;
    AgentPolicy policy = AgentPolicy.parse(AgentPolicy.FILE, text, RegoSyntax.V1, log::add);

    assertThat(ask(policy, exec("id")).isAllowed()).isTrue();
    assertThat(ask(policy, AgentRequest.startContainer("x")).message())
        .as("an operation without a value")
        .startsWith("\"StartContainerRequest: internal error operation '/0' failed at path ''");
    assertThat(ask(policy, AgentRequest.readStream("x", "")).outcome())
        .isEqualTo(Outcome.UNDECIDED);
    assertThat(ask(policy, AgentRequest.closeStdin("x", "")).outcome()).isEqualTo(Outcome.DENIED);
  }

  /** As generated policies do: a container may be started once, and only if it was created. */
  @Test
  void rulesRememberWhatTheyAllowed() {
    String text =
        """
        package agent_policy
        default StartContainerRequest := false
        CreateContainerRequest := {"allowed": true, "ops": [
          {"op": "add", "path": sprintf("/pstate/%s", [input.container_id]), "value": "created"}]}
        StartContainerRequest := {"allowed": true, "ops": [
          {"op": "replace", "path": sprintf("/pstate/%s", [input.container_id]), "value": "started"}]} if {
          data.pstate[input.container_id] == "created"
        }
        """;
    AgentPolicy policy = AgentPolicy.parse(AgentPolicy.FILE, text, RegoSyntax.V1, log::add);

    assertThat(ask(policy, AgentRequest.startContainer("0123")).outcome())
        .isEqualTo(Outcome.DENIED);
    assertThat(
            policy
                .evaluate("CreateContainerRequest", AgentRequest.startContainer("0123").input())
                .isAllowed())
        .isTrue();
    assertThat(ask(policy, AgentRequest.startContainer("4567")).outcome())
        .isEqualTo(Outcome.DENIED);
    assertThat(ask(policy, AgentRequest.startContainer("0123")).isAllowed()).isTrue();
    assertThat(ask(policy, AgentRequest.startContainer("0123")).outcome())
        .isEqualTo(Outcome.DENIED);
  }
}
