package dev.cocolab.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a container is made from.
 *
 * @param id unique within the pod, {@code [a-zA-Z0-9_.-]{1,128}}
 * @param layers unpacked image layers, lowest first; shared and never written to
 * @param mounts files and directories of the host, in the order in which they are mounted
 * @param args program and arguments, at least one; a name without a slash is looked up in PATH
 * @param env the whole environment
 * @param cwd absolute working directory; created when missing
 * @param uid numeric user, mapped where the emulator itself is no root user
 * @param gid numeric group
 * @param supplementalGroups further groups; without effect where the emulator is no root user
 * @param readOnlyRoot whether the root file system refuses writes (mounts keep their own mode)
 * @param capabilities what remains for uid 0; any other uid has none
 * @param noNewPrivileges whether set-user-id programs stay without effect
 */
public record ContainerSpec(
    String id,
    List<Path> layers,
    List<Mount> mounts,
    List<String> args,
    Map<String, String> env,
    String cwd,
    int uid,
    int gid,
    List<Integer> supplementalGroups,
    boolean readOnlyRoot,
    Set<Capability> capabilities,
    boolean noNewPrivileges) {

  /** Copies the collections and checks the parts that end up in system calls. */
  public ContainerSpec {
    if (!Objects.requireNonNull(id, "id").matches("[a-zA-Z0-9_.-]{1,128}")) {
      throw new IllegalArgumentException("not a container id: " + id);
    }
    layers = List.copyOf(layers);
    mounts = List.copyOf(mounts);
    args = List.copyOf(args);
    env = Map.copyOf(new LinkedHashMap<>(env));
    supplementalGroups = List.copyOf(supplementalGroups);
    capabilities = Set.copyOf(capabilities);
    if (layers.isEmpty() || layers.size() > 500) {
      throw new IllegalArgumentException("1 to 500 layers expected, not " + layers.size());
    }
    if (args.isEmpty()) {
      throw new IllegalArgumentException("no program given");
    }
    if (!cwd.startsWith("/")) {
      throw new IllegalArgumentException("not an absolute path: " + cwd);
    }
    if (uid < 0 || gid < 0) {
      throw new IllegalArgumentException("negative user or group");
    }
    List<String> texts = new ArrayList<>(args);
    env.forEach((name, value) -> texts.add(name + "=" + value));
    texts.add(cwd);
    if (texts.stream().anyMatch(text -> text.indexOf('\0') >= 0)) {
      throw new IllegalArgumentException("NUL byte in arguments or environment");
    }
  }

  /** A container of user 0 in {@code /} with the default capabilities. */
  public static ContainerSpec of(String id, List<Path> layers, List<String> args) {
    return new ContainerSpec(
        id,
        layers,
        List.of(),
        args,
        Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        "/",
        0,
        0,
        List.of(),
        false,
        Capability.defaults(),
        true);
  }

  /** The same with these mounts. */
  public ContainerSpec withMounts(List<Mount> newMounts) {
    return new ContainerSpec(
        id,
        layers,
        newMounts,
        args,
        env,
        cwd,
        uid,
        gid,
        supplementalGroups,
        readOnlyRoot,
        capabilities,
        noNewPrivileges);
  }

  /** The same as this user and group. */
  public ContainerSpec withUser(int newUid, int newGid) {
    return new ContainerSpec(
        id,
        layers,
        mounts,
        args,
        env,
        cwd,
        newUid,
        newGid,
        supplementalGroups,
        readOnlyRoot,
        capabilities,
        noNewPrivileges);
  }

  /** The same with a root file system that refuses writes. */
  public ContainerSpec withReadOnlyRoot() {
    return new ContainerSpec(
        id,
        layers,
        mounts,
        args,
        env,
        cwd,
        uid,
        gid,
        supplementalGroups,
        true,
        capabilities,
        noNewPrivileges);
  }
}
