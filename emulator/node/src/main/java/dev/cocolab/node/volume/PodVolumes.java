package dev.cocolab.node.volume;

import io.fabric8.kubernetes.api.model.ConfigMapVolumeSource;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ProjectedVolumeSource;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Makes the volumes of a pod on disk. Secrets are files of mode 0644 or less below a 0700
 * directory.
 */
public final class PodVolumes {
  private static final long DEFAULT_MEMORY = 512L * 1024 * 1024;
  private static final int SHARED_MODE = 0777;
  private static final long TOKEN_SECONDS = 3600;

  private final ClusterObjects objects;
  private final String hostIp;

  /** Reads references through this port. */
  public PodVolumes(ClusterObjects objects, String hostIp) {
    this.objects = objects;
    this.hostIp = hostIp;
  }

  /**
   * Makes all volumes of a pod.
   *
   * @param directory new directory for them
   * @param podIp for the downward API
   * @param memory whether medium Memory becomes a tmpfs of the pod's sandbox; otherwise it is a
   *     private directory
   * @param group fsGroup, where the emulator can give files away
   * @throws VolumeException with the text of the FailedMount event
   */
  public Map<String, PodVolume> setUp(
      Pod pod, Path directory, String podIp, boolean memory, OptionalInt group) {
    DownwardFields fields = new DownwardFields(pod, podIp, hostIp);
    Map<String, PodVolume> ready = new LinkedHashMap<>();
    for (Volume volume : pod.getSpec().getVolumes()) {
      Path path = directory.resolve(volume.getName());
      try {
        ready.put(volume.getName(), setUp(pod, volume, path, fields, memory, group));
      } catch (VolumeException e) {
        throw new VolumeException(
            "MountVolume.SetUp failed for volume \"" + volume.getName() + "\" : " + e.getMessage(),
            e);
      } catch (IOException e) {
        throw new VolumeException(
            "MountVolume.SetUp failed for volume \"" + volume.getName() + "\" : " + e, e);
      }
    }
    return ready;
  }

  private PodVolume setUp(
      Pod pod, Volume volume, Path path, DownwardFields fields, boolean memory, OptionalInt group)
      throws IOException {
    String name = volume.getName();
    if (volume.getEmptyDir() != null) {
      return emptyDir(name, volume.getEmptyDir(), path, memory, group);
    }
    ProjectedFiles files;
    if (volume.getSecret() != null) {
      SecretVolumeSource source = volume.getSecret();
      files = new ProjectedFiles(source.getDefaultMode());
      secret(pod, source.getSecretName(), source.getItems(), isTrue(source.getOptional()), files);
    } else if (volume.getConfigMap() != null) {
      ConfigMapVolumeSource source = volume.getConfigMap();
      files = new ProjectedFiles(source.getDefaultMode());
      configMap(pod, source.getName(), source.getItems(), isTrue(source.getOptional()), files);
    } else if (volume.getDownwardAPI() != null) {
      files = new ProjectedFiles(volume.getDownwardAPI().getDefaultMode());
      files.addFields(volume.getDownwardAPI().getItems(), fields);
    } else if (volume.getProjected() != null) {
      files = projected(pod, volume.getProjected(), fields);
    } else {
      throw new VolumeException("unsupported volume type");
    }
    files.write(path, group);
    return new PodVolume(name, path, OptionalLong.empty(), true);
  }

  private static PodVolume emptyDir(
      String name, EmptyDirVolumeSource source, Path path, boolean memory, OptionalInt group)
      throws IOException {
    FileTrees.createPrivate(path.getParent());
    Files.createDirectory(path);
    Files.setPosixFilePermissions(path, FileTrees.permissions(SHARED_MODE));
    if (group.isPresent()) {
      Files.setAttribute(path, "unix:gid", group.getAsInt());
    }
    boolean tmpfs = memory && "Memory".equals(source.getMedium());
    long size =
        source.getSizeLimit() == null
            ? DEFAULT_MEMORY
            : Quantity.getAmountInBytes(source.getSizeLimit()).longValue();
    return tmpfs
        ? new PodVolume(name, path, OptionalLong.of(size), false)
        : new PodVolume(
            name, path, OptionalLong.empty(), false, Optional.ofNullable(source.getSizeLimit()));
  }

  private ProjectedFiles projected(Pod pod, ProjectedVolumeSource source, DownwardFields fields) {
    ProjectedFiles files = new ProjectedFiles(source.getDefaultMode());
    for (VolumeProjection part : source.getSources()) {
      if (part.getSecret() != null) {
        secret(
            pod,
            part.getSecret().getName(),
            part.getSecret().getItems(),
            isTrue(part.getSecret().getOptional()),
            files);
      } else if (part.getConfigMap() != null) {
        configMap(
            pod,
            part.getConfigMap().getName(),
            part.getConfigMap().getItems(),
            isTrue(part.getConfigMap().getOptional()),
            files);
      } else if (part.getDownwardAPI() != null) {
        files.addFields(part.getDownwardAPI().getItems(), fields);
      } else if (part.getServiceAccountToken() != null) {
        String audience = part.getServiceAccountToken().getAudience();
        Long seconds = part.getServiceAccountToken().getExpirationSeconds();
        String token =
            objects.serviceAccountToken(
                pod, audience == null ? "" : audience, seconds == null ? TOKEN_SECONDS : seconds);
        files.add(
            part.getServiceAccountToken().getPath(),
            token.getBytes(StandardCharsets.UTF_8),
            0600 | 0044);
      } else {
        throw new VolumeException("unsupported projected source");
      }
    }
    return files;
  }

  private void secret(
      Pod pod, String name, List<KeyToPath> items, boolean optional, ProjectedFiles files) {
    Optional<Map<String, byte[]>> contents =
        References.secret(objects, pod.getMetadata().getNamespace(), name);
    if (contents.isPresent()) {
      files.addKeys("secret", contents.get(), items, optional);
    } else if (!optional) {
      throw new VolumeException("secret \"" + name + "\" not found");
    }
  }

  private void configMap(
      Pod pod, String name, List<KeyToPath> items, boolean optional, ProjectedFiles files) {
    Optional<Map<String, byte[]>> contents =
        References.configMap(objects, pod.getMetadata().getNamespace(), name);
    if (contents.isPresent()) {
      files.addKeys("config", contents.get(), items, optional);
    } else if (!optional) {
      throw new VolumeException("configmap \"" + name + "\" not found");
    }
  }

  private static boolean isTrue(Boolean value) {
    return Boolean.TRUE.equals(value);
  }
}
