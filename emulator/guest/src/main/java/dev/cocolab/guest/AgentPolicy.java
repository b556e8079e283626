package dev.cocolab.guest;

import dev.cocolab.guest.PolicyVerdict.Outcome;
import dev.cocolab.protocol.Profile.RegoSyntax;
import dev.cocolab.rego.RegoDialect;
import dev.cocolab.rego.RegoEngine;
import dev.cocolab.rego.RegoException;
import dev.cocolab.rego.RegoResult;
import dev.cocolab.rego.SourceLimits;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The policy of the VM's agent: for each request of the runtime the rule {@code
 * data.agent_policy.<request>} must be true, or an object that says so and how the policy's state
 * changes. An undefined rule is an error, not a denial. {@code AllowRequestsFailingPolicy} is asked
 * once, when the policy is loaded. Requests are decided one after the other.
 */
final class AgentPolicy {

  /** Where the policy lies in the VM that the agent reads when it starts. */
  static final String FILE = "/etc/kata-opa/default-policy.rego";

  /** The name of a policy that a request brought. */
  static final String REPLACED = "agent_policy";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9]{0,63}");
  private static final Set<String> ALLOW_ALL =
      Set.of(
          "AddARPNeighborsRequest",
          "AddSwapRequest",
          "CloseStdinRequest",
          "CopyFileRequest",
          "CreateContainerRequest",
          "CreateSandboxRequest",
          "DestroySandboxRequest",
          "ExecProcessRequest",
          "GetDiagnosticDataRequest",
          "GetMetricsRequest",
          "GetOOMEventRequest",
          "GuestDetailsRequest",
          "ListInterfacesRequest",
          "ListRoutesRequest",
          "MemAgentCompactConfig",
          "MemAgentMemcgConfig",
          "MemHotplugByProbeRequest",
          "OnlineCPUMemRequest",
          "PauseContainerRequest",
          "PullImageRequest",
          "ReadStreamRequest",
          "RemoveContainerRequest",
          "RemoveStaleVirtiofsShareMountsRequest",
          "ReseedRandomDevRequest",
          "ResumeContainerRequest",
          "SetGuestDateTimeRequest",
          "SetPolicyRequest",
          "SignalProcessRequest",
          "StartContainerRequest",
          "StartTracingRequest",
          "StatsContainerRequest",
          "StopTracingRequest",
          "TtyWinResizeRequest",
          "UpdateContainerRequest",
          "UpdateEphemeralMountsRequest",
          "UpdateInterfaceRequest",
          "UpdateRoutesRequest",
          "WaitProcessRequest",
          "WriteStreamRequest");

  @FunctionalInterface
  private interface Rules {
    PolicyVerdict ask(String request, JsonNode input);
  }

  private final Rules rules;

  private AgentPolicy(Rules rules) {
    this.rules = rules;
  }

  /**
   * The policy of a VM image: every request is allowed but five that it does not name, which stay
   * undefined.
   */
  static AgentPolicy ofVmImage() {
    return new AgentPolicy(
        (request, input) ->
            ALLOW_ALL.contains(request) ? PolicyVerdict.allowed() : undefined(request));
  }

  /**
   * Reads a policy.
   *
   * @param name appears in what the policy prints, before the line
   * @throws IllegalArgumentException when the text does not load; the agent that starts ends then
   */
  static AgentPolicy parse(String name, String rego, RegoSyntax syntax, Consumer<String> log) {
    boolean blank =
        rego.lines().map(String::strip).allMatch(line -> line.isEmpty() || line.startsWith("#"));
    if (blank) {
      throw new IllegalArgumentException(name + ": the policy is empty");
    }
    RegoEngine engine;
    try {
      engine =
          RegoEngine.builder()
              .dialect(syntax == RegoSyntax.V0 ? RegoDialect.V0 : RegoDialect.V1)
              .limits(SourceLimits.kataAgent())
              .strictBuiltinErrors(false)
              .module(name, rego)
              .build();
    } catch (RegoException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    PolicyState state = new PolicyState();
    boolean lenient =
        verdict(engine, state, "AllowRequestsFailingPolicy", JSON.createObjectNode()).isAllowed();
    return new AgentPolicy(
        (request, input) -> {
          PolicyVerdict verdict;
          synchronized (state) {
            verdict = verdict(engine, state, request, input);
          }
          boolean failing =
              verdict.outcome() == Outcome.DENIED || verdict.equals(undefined(request));
          if (failing && lenient) {
            log.accept("kata-agent: policy: ignoring failure: " + verdict.message());
            return PolicyVerdict.allowed();
          }
          return verdict;
        });
  }

  /** Throws {@link IllegalArgumentException} when the request's name is no name. */
  PolicyVerdict evaluate(String request, JsonNode input) {
    if (!NAME.matcher(request).matches()) {
      throw new IllegalArgumentException("not the name of a request: " + request);
    }
    return rules.ask(request, input);
  }

  private static PolicyVerdict verdict(
      RegoEngine engine, PolicyState state, String request, JsonNode input) {
    RegoResult result;
    try {
      result = engine.evaluate("data.agent_policy." + request, input, state.data());
    } catch (RegoException e) {
      return error(request, String.valueOf(e.getMessage()));
    }
    if (result.value().isEmpty()) {
      return undefined(request);
    }
    JsonNode value = result.value().get();
    if (value.isObject() && value.path("allowed").isBoolean()) {
      JsonNode operations = value.path("ops");
      if (value.path("allowed").asBoolean()
          && !operations.isMissingNode()
          && !operations.isNull()) {
        try {
          state.apply(operations);
        } catch (IllegalArgumentException e) {
          return error(request, String.valueOf(e.getMessage()));
        }
      }
      value = value.path("allowed");
    }
    if (!value.isBoolean()) {
      return undecided(request, "unexpected eval_query result type " + value.getNodeType());
    }
    return value.asBoolean()
        ? PolicyVerdict.allowed()
        : new PolicyVerdict(
            Outcome.DENIED,
            RpcStatus.debug(
                request + " is blocked by policy: " + String.join(" ", result.prints())));
  }

  private static PolicyVerdict undefined(String request) {
    return undecided(request, "unexpected eval_query result len QueryResults { result: [] }");
  }

  private static PolicyVerdict undecided(String request, String detail) {
    return error(request, "policy check: " + detail);
  }

  private static PolicyVerdict error(String request, String detail) {
    return new PolicyVerdict(
        Outcome.UNDECIDED, RpcStatus.debug(request + ": internal error " + detail));
  }
}
