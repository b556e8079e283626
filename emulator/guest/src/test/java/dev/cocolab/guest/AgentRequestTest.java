package dev.cocolab.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.guest.PolicyVerdict.Outcome;
import dev.cocolab.protocol.Profile.RegoSyntax;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each request of a pod's life as policies see it, and what refuses it. */
class AgentRequestTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final AgentRequest.Process COMMAND =
      new AgentRequest.Process(
          List.of(
              "curl", "-s", "http://127.0.0.1:8006/cdh/resource/default/attestation-status/status"),
          List.of("PATH=/bin"),
          "/",
          1001,
          0,
          List.of(),
          true);

  /** Gated by the agent, and asked by no runtime with a remote hypervisor in the life of a pod. */
  private static final List<String> OTHERS =
      List.of(
          "AddARPNeighborsRequest",
          "AddSwapPathRequest",
          "AddSwapRequest",
          "GetIPTablesRequest",
          "GetMetricsRequest",
          "ListInterfacesRequest",
          "ListRoutesRequest",
          "MemAgentCompactConfig",
          "MemAgentMemcgConfig",
          "MemHotplugByProbeRequest",
          "OnlineCPUMemRequest",
          "PauseContainerRequest",
          "ReseedRandomDevRequest",
          "ResizeVolumeRequest",
          "ResumeContainerRequest",
          "SetGuestDateTimeRequest",
          "SetIPTablesRequest",
          "StatsContainerRequest",
          "UpdateContainerRequest",
          "UpdateEphemeralMountsRequest",
          "UpdateInterfaceRequest",
          "UpdateRoutesRequest",
          "VolumeStatsRequest");

  static List<AgentRequest> life() {
    return List.of(
        AgentRequest.setPolicy("package agent_policy"),
        AgentRequest.createSandbox(
            "5a5a", "fraud", List.of("search ns.svc.cluster.local", "options ndots:5", "")),
        AgentRequest.guestDetails(),
        AgentRequest.copyFile(
            new CopiedFile(
                "/run/kata-containers/shared/containers/0123-00112233aabbccdd-secrets/..data",
                0120777,
                Optional.of("..2026_08_22"),
                0,
                0,
                2000),
            0),
        AgentRequest.createContainer(container()),
        AgentRequest.startContainer("0123"),
        AgentRequest.getOomEvent(),
        AgentRequest.execProcess("0123", "4567", COMMAND),
        AgentRequest.ttyWinResize("0123", "4567", 50, 132),
        AgentRequest.writeStream("0123", "4567", new byte[] {'h', 'i', -1, 0}),
        AgentRequest.closeStdin("0123", "4567"),
        AgentRequest.readStream("0123", "4567"),
        AgentRequest.waitProcess("0123", "4567"),
        AgentRequest.signalProcess("0123", "", 15),
        AgentRequest.terminationLog("0123"),
        AgentRequest.removeContainer("0123"),
        AgentRequest.removeStaleMounts(),
        AgentRequest.destroySandbox());
  }

  private static OciContainer container() {
    String scratch = "/run/kata-containers/shared/containers/5a5a/rootfs/local/scratch";
    return new OciContainer(
        "0123",
        "quay.io/lab/app:1",
        new AgentRequest.Process(
            List.of("/app", "--loud"),
            List.of("PATH=/bin", "MODE=x"),
            "/work",
            1001,
            0,
            List.of(2000),
            false),
        List.of("CAP_CHOWN", "CAP_KILL"),
        List.of(
            new OciContainer.Mount(
                "/scratch", scratch, "local", List.of("rbind", "rprivate", "rw"))),
        List.of(
            new GuestStorage("local", List.of(), "local", "local", List.of("mode=0777"), scratch)),
        Map.of("io.kubernetes.pod.name", "fraud", "io.kubernetes.cri-o.ContainerType", "container"),
        "",
        true);
  }

  static Stream<String> names() {
    return Stream.concat(life().stream().map(AgentRequest::name), OTHERS.stream());
  }

  @ParameterizedTest
  @MethodSource("life")
  void isTheMessageOfTheAgentsProtocolMemberByMember(AgentRequest request) throws IOException {
    assertThat(request.input().toString()).isEqualTo(golden(request.name()).toString());
  }

  private static JsonNode golden(String name) throws IOException {
    String resource = "/agent-requests/" + name + ".json";
    try (InputStream file = AgentRequestTest.class.getResourceAsStream(resource)) {
      return JSON.readTree(Objects.requireNonNull(file, resource));
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void isBlockedByAPolicyThatDeniesItAlone(String denied) {
    String rules =
        names()
            .map(name -> "default " + name + " := " + !name.equals(denied))
            .collect(Collectors.joining("\n", "package agent_policy\n", "\n"));
    AgentPolicy policy = AgentPolicy.parse(AgentPolicy.FILE, rules, RegoSyntax.V1, line -> {});

    for (String name : names().toList()) {
      PolicyVerdict verdict = policy.evaluate(name, JSON.createObjectNode());
      if (name.equals(denied)) {
        assertThat(verdict)
            .isEqualTo(
                new PolicyVerdict(Outcome.DENIED, "\"" + name + " is blocked by policy: \""));
        assertThat(verdict.rpcError())
            .isEqualTo(
                "rpc error: code = PermissionDenied desc = \""
                    + name
                    + " is blocked by policy: \"");
      } else {
        assertThat(verdict).isEqualTo(PolicyVerdict.allowed());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void isAnInternalErrorOfAPolicyThatDoesNotNameIt(String name) {
    AgentPolicy policy =
        AgentPolicy.parse(AgentPolicy.FILE, "package agent_policy\n", RegoSyntax.V1, line -> {});

    assertThat(policy.evaluate(name, JSON.createObjectNode()).rpcError())
        .isEqualTo(
            "rpc error: code = Internal desc = \""
                + name
                + ": internal error policy check: unexpected eval_query result len QueryResults {"
                + " result: [] }\"");
  }

  @Test
  void fiveAreUndefinedInThePolicyOfAVmImage() {
    AgentPolicy policy = AgentPolicy.ofVmImage();

    Set<String> refused =
        names()
            .filter(name -> !policy.evaluate(name, JSON.createObjectNode()).isAllowed())
            .collect(Collectors.toSet());

    assertThat(refused)
        .containsExactlyInAnyOrder(
            "AddSwapPathRequest",
            "GetIPTablesRequest",
            "SetIPTablesRequest",
            "ResizeVolumeRequest",
            "VolumeStatsRequest");
  }

  @ParameterizedTest
  @ValueSource(ints = {0100644, 0040755, 0140777, 0})
  void translatesTheTypeOfACopiedFileAndGivesNoTarget(int mode) {
    JsonNode json =
        AgentRequest.copyFile(
                new CopiedFile("/run/x", mode, Optional.empty(), 1 << 21, 0, 0), 1 << 20)
            .input();

    assertThat(json.path("file_type").asString())
        .isEqualTo(Map.of(0100644, "Regular", 0040755, "Directory").getOrDefault(mode, "Unknown"));
    assertThat(json.path("symlink_target").isNull()).isTrue();
    assertThat(json.path("offset").asInt()).isEqualTo(1 << 20);
    assertThat(json.has("data")).isFalse();
  }
}
