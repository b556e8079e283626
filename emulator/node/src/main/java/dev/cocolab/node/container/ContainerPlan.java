package dev.cocolab.node.container;

import dev.cocolab.image.ImageConfig;
import dev.cocolab.node.pod.ContainerStartException;
import dev.cocolab.node.volume.Environment;
import dev.cocolab.node.volume.PodVolume;
import dev.cocolab.node.volume.VolumeException;
import dev.cocolab.sandbox.Capability;
import dev.cocolab.sandbox.Mount;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** How pod spec and image configuration combine to what is run (kubelet and OCI rules). */
final class ContainerPlan {
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final Pod pod;
  private final Container container;

  ContainerPlan(Pod pod, Container container) {
    this.pod = pod;
    this.container = container;
  }

  /**
   * Command line before variables are expanded: {@code command} replaces both halves of the
   * image's.
   */
  List<String> commandLine(Optional<ImageConfig> image) {
    List<String> command = container.getCommand();
    List<String> args = container.getArgs();
    List<String> line = new ArrayList<>();
    if (!command.isEmpty()) {
      line.addAll(command);
      line.addAll(args);
    } else {
      image.ifPresent(config -> line.addAll(config.entrypoint()));
      if (args.isEmpty()) {
        image.ifPresent(config -> line.addAll(config.cmd()));
      } else {
        line.addAll(args);
      }
    }
    return line;
  }

  /** Arguments to run. */
  List<String> args(ImageConfig image, Map<String, String> podEnv) {
    List<String> line = Environment.expand(commandLine(Optional.of(image)), podEnv);
    if (line.isEmpty()) {
      throw new ContainerStartException(
          ContainerStartException.Reason.CREATE, "no command specified");
    }
    return line;
  }

  /** The image's variables, overridden by the pod's. */
  Map<String, String> env(
      ImageConfig image, Map<String, String> podEnv, String hostname, String home) {
    Map<String, String> env = new LinkedHashMap<>();
    env.put("PATH", DEFAULT_PATH);
    env.put("HOME", home);
    env.put("HOSTNAME", hostname);
    for (String line : image.env()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        env.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    env.putAll(podEnv);
    return env;
  }

  String workingDirectory(ImageConfig image) {
    if (container.getWorkingDir() != null && !container.getWorkingDir().isEmpty()) {
      return container.getWorkingDir();
    }
    return image.workingDir().isEmpty() ? "/" : image.workingDir();
  }

  /** User and group; runAsNonRoot is checked as the kubelet does. */
  ImageUser user(ImageConfig image, List<Path> layers) {
    Optional<Long> asUser =
        setting(SecurityContext::getRunAsUser, PodSecurityContext::getRunAsUser);
    Optional<Long> asGroup =
        setting(SecurityContext::getRunAsGroup, PodSecurityContext::getRunAsGroup);
    boolean nonRoot =
        setting(SecurityContext::getRunAsNonRoot, PodSecurityContext::getRunAsNonRoot)
            .orElse(false);
    String written = asUser.map(uid -> Long.toString(uid)).orElse(image.user());
    ImageUser user =
        ImageUser.of(written, layers)
            .orElseThrow(
                () ->
                    new ContainerStartException(
                        ContainerStartException.Reason.CREATE,
                        "unable to find user " + written + ": no matching entries in passwd file"));
    if (nonRoot && asUser.isEmpty() && user.named()) {
      throw config(
          "container has runAsNonRoot and image has non-numeric user ("
              + image.user()
              + "), cannot verify user is non-root");
    }
    if (nonRoot && user.uid() == 0) {
      throw config(
          asUser.isPresent()
              ? "container's runAsUser breaks non-root policy"
              : "container has runAsNonRoot and image will run as root");
    }
    return asGroup.isEmpty()
        ? user
        : new ImageUser(user.uid(), asGroup.get().intValue(), user.home(), user.named());
  }

  /** The user that the manifest asks for, 0 if it asks for none. */
  long requestedUser() {
    return setting(SecurityContext::getRunAsUser, PodSecurityContext::getRunAsUser).orElse(0L);
  }

  List<Integer> supplementalGroups() {
    PodSecurityContext context = pod.getSpec().getSecurityContext();
    List<Integer> groups = new ArrayList<>();
    if (context != null) {
      context.getSupplementalGroups().forEach(group -> groups.add(group.intValue()));
      if (context.getFsGroup() != null) {
        groups.add(context.getFsGroup().intValue());
      }
    }
    return groups;
  }

  boolean readOnlyRoot() {
    SecurityContext context = container.getSecurityContext();
    return context != null && Boolean.TRUE.equals(context.getReadOnlyRootFilesystem());
  }

  Set<Capability> capabilities() {
    Set<Capability> set = EnumSet.copyOf(Capability.defaults());
    SecurityContext context = container.getSecurityContext();
    if (context == null || context.getCapabilities() == null) {
      return set;
    }
    for (String name : context.getCapabilities().getDrop()) {
      if (name.equalsIgnoreCase("ALL")) {
        set.clear();
      } else {
        set.removeIf(capability -> name.toUpperCase(Locale.ROOT).endsWith(capability.name()));
      }
    }
    context.getCapabilities().getAdd().forEach(name -> set.add(Capability.of(name)));
    return set;
  }

  /** Mounts of the container in the order of the manifest. */
  List<Mount> mounts(Map<String, PodVolume> volumes) {
    List<Mount> mounts = new ArrayList<>();
    for (VolumeMount mount : container.getVolumeMounts()) {
      PodVolume volume = volumes.get(mount.getName());
      boolean readOnly = volume.readOnly() || Boolean.TRUE.equals(mount.getReadOnly());
      mounts.add(mount(mount, volume, readOnly));
    }
    return mounts;
  }

  private Mount mount(VolumeMount mount, PodVolume volume, boolean readOnly) {
    String sub = mount.getSubPath();
    if (sub == null || sub.isEmpty()) {
      return new Mount(volume.path(), mount.getMountPath(), readOnly);
    }
    if (volume.memoryBytes().isPresent()) {
      throw config("subPath in a volume of medium Memory is not supported by this node");
    }
    Path relative = Path.of(sub).normalize();
    if (relative.isAbsolute() || relative.startsWith("..")) {
      throw config("subPath must be a relative path without \"..\": " + sub);
    }
    try {
      Path found =
          inside(volume, relative)
              .orElseThrow(() -> config("subPath leads out of the volume: " + sub));
      // What was found may be exchanged before it is mounted: the sandbox follows no link to it,
      // and
      // makes what is missing.
      Path root = volume.path().toRealPath();
      return new Mount(
          found, mount.getMountPath(), readOnly, Optional.of(root), !volume.readOnly());
    } catch (IOException e) {
      throw new ContainerStartException(
          ContainerStartException.Reason.CONFIG,
          "failed to prepare subPath for volumeMount \""
              + mount.getName()
              + "\" of container \""
              + container.getName()
              + "\": no such file: "
              + sub,
          e);
    }
  }

  /**
   * The real path, with names that are missing at its end; empty if a link leads out of the volume.
   * Each step is looked at before the next: containers of the pod have written here.
   */
  private static Optional<Path> inside(PodVolume volume, Path relative) throws IOException {
    Path root = volume.path().toRealPath();
    Path here = root;
    for (int i = 0; i < relative.getNameCount(); i++) {
      Path next = here.resolve(relative.getName(i));
      if (!Files.exists(next, LinkOption.NOFOLLOW_LINKS) && !volume.readOnly()) {
        if (!Files.isDirectory(here)) {
          throw new NotDirectoryException(here.toString());
        }
        return Optional.of(here.resolve(relative.subpath(i, relative.getNameCount())));
      }
      here = next.toRealPath();
      if (!here.startsWith(root)) {
        return Optional.empty();
      }
    }
    return Optional.of(here);
  }

  private <T> Optional<T> setting(
      Function<SecurityContext, T> own, Function<PodSecurityContext, T> shared) {
    Optional<T> first = Optional.ofNullable(container.getSecurityContext()).map(own);
    return first.isPresent()
        ? first
        : Optional.ofNullable(pod.getSpec().getSecurityContext()).map(shared);
  }

  private ContainerStartException config(String text) {
    String where =
        text.contains("runAs")
            ? " (pod: \""
                + pod.getMetadata().getName()
                + "_"
                + pod.getMetadata().getNamespace()
                + "("
                + pod.getMetadata().getUid()
                + ")\", container: "
                + container.getName()
                + ")"
            : "";
    return new ContainerStartException(ContainerStartException.Reason.CONFIG, text + where);
  }

  /** The pod's own variables. */
  static Map<String, String> podEnv(
      Environment environment, Pod pod, Container container, String podIp) {
    try {
      return environment.of(pod, container, podIp);
    } catch (VolumeException e) {
      throw new ContainerStartException(
          ContainerStartException.Reason.CONFIG, String.valueOf(e.getMessage()), e);
    }
  }
}
