package dev.cocolab.guest;

import java.util.List;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that the agent mounts in the VM before a container or sandbox uses it (agent.proto,
 * {@code Storage}).
 *
 * @param mountPoint in the VM
 */
public record GuestStorage(
    String driver,
    List<String> driverOptions,
    String source,
    String fstype,
    List<String> options,
    String mountPoint) {

  public GuestStorage {
    Objects.requireNonNull(driver, "driver");
    driverOptions = List.copyOf(driverOptions);
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(fstype, "fstype");
    options = List.copyOf(options);
    Objects.requireNonNull(mountPoint, "mountPoint");
  }

  ObjectNode toJson() {
    ObjectNode json = AgentRequest.object().put("driver", driver);
    json.set("driver_options", AgentRequest.strings(driverOptions));
    json.put("source", source).put("fstype", fstype);
    json.set("options", AgentRequest.strings(options));
    return json.put("mount_point", mountPoint).putNull("fs_group").put("shared", false);
  }
}
