package dev.cocolab.guest;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request of the runtime to the VM's agent, with the JSON that policies see: the protobuf message
 * of kata's agent.proto, member by member, with default values where nothing is known.
 *
 * @param name of the message
 */
public record AgentRequest(String name, ObjectNode input) {

  /** What one read or write moves, in bytes. */
  public static final int STREAM_LENGTH = 32 * 1024;

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long SHARED_MEMORY = 64L * 1024 * 1024;

  public AgentRequest {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(input, "input");
  }

  /**
   * A process in a container.
   *
   * @param env {@code NAME=value}
   * @param groups beside {@code gid}
   */
  @SuppressWarnings("JavaLangClash") // the name in agent.proto
  public record Process(
      List<String> args,
      List<String> env,
      String cwd,
      long uid,
      long gid,
      List<Integer> groups,
      boolean terminal) {
    public Process {
      args = List.copyOf(args);
      env = List.copyOf(env);
      Objects.requireNonNull(cwd, "cwd");
      groups = List.copyOf(groups);
    }

    /** The capabilities of a container's first process; the runtime sends none with a command. */
    ObjectNode toJson(Optional<List<String>> capabilities) {
      ObjectNode json = object();
      json.put("Terminal", terminal).putNull("ConsoleSize");
      ObjectNode user = json.putObject("User");
      ArrayNode additional = user.put("UID", uid).put("GID", gid).putArray("AdditionalGids");
      groups.forEach(additional::add);
      user.put("Username", "");
      json.set("Args", strings(args));
      json.set("Env", strings(env));
      json.put("Cwd", cwd).putNull("Capabilities");
      capabilities.ifPresent(names -> putCapabilities(json.putObject("Capabilities"), names));
      json.putArray("Rlimits");
      json.put("NoNewPrivileges", false)
          .put("ApparmorProfile", "")
          .put("OOMScoreAdj", 0)
          .put("SelinuxLabel", "");
      return json;
    }

    private static void putCapabilities(ObjectNode sets, List<String> names) {
      sets.set("Bounding", strings(names));
      sets.set("Effective", strings(names));
      sets.putArray("Inheritable");
      sets.set("Permitted", strings(names));
      sets.putArray("Ambient");
    }
  }

  /** The first request of a pod; a remote hypervisor asks for no kernel modules. */
  public static AgentRequest createSandbox(String sandboxId, String hostname, List<String> dns) {
    ObjectNode json = object();
    json.put("hostname", hostname).set("dns", strings(dns));
    json.putArray("storages")
        .add(
            new GuestStorage(
                    "ephemeral",
                    List.of(),
                    "shm",
                    "tmpfs",
                    List.of("noexec", "nosuid", "nodev", "mode=1777", "size=" + SHARED_MEMORY),
                    "/run/kata-containers/sandbox/shm")
                .toJson());
    json.put("sandbox_pidns", false)
        .put("sandbox_id", sandboxId)
        .put("guest_hook_path", "")
        .putArray("kernel_modules");
    return new AgentRequest("CreateSandboxRequest", json);
  }

  public static AgentRequest destroySandbox() {
    return new AgentRequest("DestroySandboxRequest", object());
  }

  public static AgentRequest guestDetails() {
    return new AgentRequest(
        "GuestDetailsRequest", object().put("mem_block_size", true).put("mem_hotplug_probe", true));
  }

  public static AgentRequest getOomEvent() {
    return new AgentRequest("GetOOMEventRequest", object());
  }

  public static AgentRequest setPolicy(String rego) {
    return new AgentRequest("SetPolicyRequest", object().put("policy", rego));
  }

  /**
   * A part of a file on the node for which there is no shared file system; policies see no data.
   */
  public static AgentRequest copyFile(CopiedFile file, long offset) {
    return new AgentRequest("CopyFileRequest", file.toJson(offset));
  }

  /** A container whose image is pulled in the guest. */
  public static AgentRequest createContainer(OciContainer container) {
    return new AgentRequest("CreateContainerRequest", ports(container.toJson()));
  }

  public static AgentRequest startContainer(String containerId) {
    return new AgentRequest("StartContainerRequest", object().put("container_id", containerId));
  }

  public static AgentRequest removeContainer(String containerId) {
    return new AgentRequest(
        "RemoveContainerRequest", object().put("container_id", containerId).put("timeout", 0));
  }

  public static AgentRequest removeStaleMounts() {
    return new AgentRequest("RemoveStaleVirtiofsShareMountsRequest", object());
  }

  /** What a container left in its termination message. */
  public static AgentRequest terminationLog(String containerId) {
    return new AgentRequest(
        "GetDiagnosticDataRequest",
        object().put("log_type", "termination_log").put("container_id", containerId));
  }

  public static AgentRequest execProcess(String containerId, String execId, Process process) {
    ObjectNode json = process(containerId, execId);
    json.putNull("string_user").set("process", process.toJson(Optional.empty()));
    return new AgentRequest("ExecProcessRequest", ports(json));
  }

  public static AgentRequest readStream(String containerId, String execId) {
    return new AgentRequest(
        "ReadStreamRequest", process(containerId, execId).put("len", STREAM_LENGTH));
  }

  /** The data of a write are an array of numbers. */
  public static AgentRequest writeStream(String containerId, String execId, byte[] data) {
    ObjectNode json = process(containerId, execId);
    ArrayNode numbers = json.putArray("data");
    for (byte b : data) {
      numbers.add(b & 0xff);
    }
    return new AgentRequest("WriteStreamRequest", json);
  }

  /**
   * A signal.
   *
   * @param execId empty for all processes of the container
   */
  public static AgentRequest signalProcess(String containerId, String execId, int signal) {
    return new AgentRequest(
        "SignalProcessRequest", process(containerId, execId).put("signal", signal));
  }

  public static AgentRequest waitProcess(String containerId, String execId) {
    return new AgentRequest("WaitProcessRequest", process(containerId, execId));
  }

  public static AgentRequest closeStdin(String containerId, String execId) {
    return new AgentRequest("CloseStdinRequest", process(containerId, execId));
  }

  public static AgentRequest ttyWinResize(
      String containerId, String execId, int rows, int columns) {
    ObjectNode json = process(containerId, execId).put("row", rows).put("column", columns);
    return new AgentRequest("TtyWinResizeRequest", json);
  }

  private static ObjectNode process(String containerId, String execId) {
    return object().put("container_id", containerId).put("exec_id", execId);
  }

  private static ObjectNode ports(ObjectNode json) {
    return json.put("stdin_port", 0).put("stdout_port", 0).put("stderr_port", 0);
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  static ArrayNode strings(List<String> values) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    values.forEach(array::add);
    return array;
  }
}
