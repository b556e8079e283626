package dev.cocolab.guest;

import dev.cocolab.guest.AgentRequest.Process;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A container as the runtime asks the agent for it, after it has removed what only concerns the
 * node: hooks, network and cgroup namespaces, devices, seccomp (kata's oci.proto, {@code Spec}).
 *
 * @param image what the guest pulls; {@code pause} for the sandbox's own container
 * @param capabilities with {@code CAP_}
 * @param storages beside the image
 * @param hostname only the sandbox's own container has one
 */
public record OciContainer(
    String id,
    String image,
    Process process,
    List<String> capabilities,
    List<Mount> mounts,
    List<GuestStorage> storages,
    Map<String, String> annotations,
    String hostname,
    boolean readOnlyRoot) {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String PULL = "image_guest_pull";

  /**
   * A mount of a container.
   *
   * @param source in the VM
   */
  public record Mount(String destination, String source, String type, List<String> options) {
    public Mount {
      options = List.copyOf(options);
    }

    private ObjectNode toJson() {
      ObjectNode json =
          AgentRequest.object()
              .put("destination", destination)
              .put("source", source)
              .put("type_", type);
      json.set("options", AgentRequest.strings(options));
      return json;
    }
  }

  public OciContainer {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(process, "process");
    capabilities = List.copyOf(capabilities);
    mounts = List.copyOf(mounts);
    storages = List.copyOf(storages);
    annotations = new TreeMap<>(annotations);
    Objects.requireNonNull(hostname, "hostname");
  }

  ObjectNode toJson() {
    ObjectNode json = AgentRequest.object();
    json.put("container_id", id).put("exec_id", id).putNull("string_user").putArray("devices");
    ArrayNode list = json.putArray("storages");
    List<GuestStorage> all = new ArrayList<>();
    all.add(imageStorage());
    all.addAll(storages);
    all.forEach(storage -> list.add(storage.toJson()));
    json.set("OCI", oci());
    json.put("sandbox_pidns", false).putArray("shared_mounts");
    return json;
  }

  /** The image comes as a storage whose option holds the container's annotations as JSON. */
  private GuestStorage imageStorage() {
    ObjectNode pull = AgentRequest.object();
    ObjectNode metadata = pull.putObject("metadata");
    annotations.forEach(metadata::put);
    return new GuestStorage(
        PULL,
        List.of(PULL + "=" + JSON.writeValueAsString(pull)),
        image,
        "overlay",
        List.of(),
        root());
  }

  private String root() {
    return "/run/kata-containers/" + id + "/rootfs";
  }

  private ObjectNode oci() {
    ObjectNode oci = AgentRequest.object();
    oci.put("Version", "1.1.0").set("Process", process.toJson(Optional.of(capabilities)));
    oci.putObject("Root").put("Path", root()).put("Readonly", readOnlyRoot);
    oci.put("Hostname", hostname);
    ArrayNode list = oci.putArray("Mounts");
    mounts.forEach(mount -> list.add(mount.toJson()));
    oci.putNull("Hooks");
    ObjectNode notes = oci.putObject("Annotations");
    annotations.forEach(notes::put);
    oci.set("Linux", linux());
    oci.putNull("Solaris").putNull("Windows");
    return oci;
  }

  private static ObjectNode linux() {
    ObjectNode linux = AgentRequest.object();
    linux.putArray("UIDMappings");
    linux.putArray("GIDMappings");
    linux.putObject("Sysctl");
    ObjectNode resources = linux.putObject("Resources");
    resources.putArray("Devices");
    resources.putNull("Memory").putNull("CPU").putNull("Pids").putNull("BlockIO");
    resources.putArray("HugepageLimits");
    resources.putNull("Network");
    ArrayNode namespaces = linux.put("CgroupsPath", "").putArray("Namespaces");
    for (String type : List.of("ipc", "uts", "mount")) {
      namespaces.addObject().put("Type", type).put("Path", "");
    }
    linux.putArray("Devices");
    linux.putNull("Seccomp").put("RootfsPropagation", "");
    linux.putArray("MaskedPaths");
    linux.putArray("ReadonlyPaths");
    return linux.put("MountLabel", "").putNull("IntelRdt");
  }
}
