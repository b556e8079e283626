package dev.cocolab.guest;

import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  private static final JsonMapper JSON = JsonMapper.builder().build();

  public AgentRequest {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(input, "input");
  }

  /**
   * A process in a container.
   *
   * @param env {@code NAME=value}
   */
  @SuppressWarnings("JavaLangClash") // the name in agent.proto
  public record Process(
      List<String> args, List<String> env, String cwd, long uid, long gid, boolean terminal) {
    public Process {
      args = List.copyOf(args);
      env = List.copyOf(env);
      Objects.requireNonNull(cwd, "cwd");
    }

    private ObjectNode toJson() {
      ObjectNode json = object();
      json.put("Terminal", terminal).putNull("ConsoleSize");
      ObjectNode user = json.putObject("User");
      user.put("UID", uid).put("GID", gid).putArray("AdditionalGids");
      user.put("Username", "");
      json.set("Args", strings(args));
      json.set("Env", strings(env));
      json.put("Cwd", cwd);
      ObjectNode capabilities = json.putObject("Capabilities");
      for (String set : List.of("Bounding", "Effective", "Inheritable", "Permitted", "Ambient")) {
        capabilities.putArray(set);
      }
      json.putArray("Rlimits");
      json.put("NoNewPrivileges", false)
          .put("ApparmorProfile", "")
          .put("OOMScoreAdj", 0)
          .put("SelinuxLabel", "");
      return json;
    }
  }

  /**
   * A mount of a container.
   *
   * @param source in the VM
   */
  public record Mount(String destination, String source, String type, List<String> options) {
    public Mount {
      options = List.copyOf(options);
    }
  }

  public static AgentRequest createSandbox(String sandboxId, String hostname, List<String> dns) {
    ObjectNode json = object();
    json.put("hostname", hostname).set("dns", strings(dns));
    json.putArray("storages");
    json.put("sandbox_pidns", false)
        .put("sandbox_id", sandboxId)
        .put("guest_hook_path", "")
        .putArray("kernel_modules");
    return new AgentRequest("CreateSandboxRequest", json);
  }

  /** A container whose image is pulled in the guest. */
  public static AgentRequest createContainer(
      String containerId,
      String image,
      Process process,
      List<Mount> mounts,
      Map<String, String> annotations,
      boolean readOnlyRoot) {
    ObjectNode json = object();
    json.put("container_id", containerId)
        .put("exec_id", containerId)
        .putNull("string_user")
        .putArray("devices");
    ObjectNode storage = json.putArray("storages").addObject();
    storage.put("driver", "image_guest_pull").putArray("driver_options");
    storage.put("source", image).put("fstype", "overlay").putArray("options");
    storage
        .put("mount_point", "/run/kata-containers/" + containerId + "/rootfs")
        .putNull("fs_group")
        .put("shared", false);
    json.set("OCI", oci(containerId, process, mounts, annotations, readOnlyRoot));
    json.put("sandbox_pidns", false).putArray("shared_mounts");
    return new AgentRequest("CreateContainerRequest", ports(json));
  }

  private static ObjectNode oci(
      String id,
      Process process,
      List<Mount> mounts,
      Map<String, String> annotations,
      boolean readOnlyRoot) {
    ObjectNode oci = object();
    oci.put("Version", "1.1.0").set("Process", process.toJson());
    oci.putObject("Root")
        .put("Path", "/run/kata-containers/" + id + "/rootfs")
        .put("Readonly", readOnlyRoot);
    oci.put("Hostname", "");
    ArrayNode list = oci.putArray("Mounts");
    for (Mount mount : mounts) {
      ObjectNode entry = list.addObject();
      entry
          .put("destination", mount.destination())
          .put("source", mount.source())
          .put("type_", mount.type());
      entry.set("options", strings(mount.options()));
    }
    oci.putNull("Hooks");
    ObjectNode notes = oci.putObject("Annotations");
    annotations.forEach(notes::put);
    ObjectNode linux = oci.putObject("Linux");
    linux.putArray("Namespaces");
    linux.putArray("MaskedPaths");
    linux.putArray("ReadonlyPaths");
    linux.putNull("Resources");
    oci.putNull("Solaris").putNull("Windows");
    return oci;
  }

  public static AgentRequest startContainer(String containerId) {
    return new AgentRequest("StartContainerRequest", object().put("container_id", containerId));
  }

  public static AgentRequest removeContainer(String containerId) {
    return new AgentRequest(
        "RemoveContainerRequest", object().put("container_id", containerId).put("timeout", 0));
  }

  public static AgentRequest execProcess(String containerId, String execId, Process process) {
    ObjectNode json = process(containerId, execId);
    json.putNull("string_user").set("process", process.toJson());
    return new AgentRequest("ExecProcessRequest", ports(json));
  }

  public static AgentRequest readStream(String containerId, String execId) {
    return new AgentRequest(
        "ReadStreamRequest", process(containerId, execId).put("len", 32 * 1024));
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

  private static ObjectNode object() {
    return JSON.createObjectNode();
  }

  private static ArrayNode strings(List<String> values) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    values.forEach(array::add);
    return array;
  }
}
