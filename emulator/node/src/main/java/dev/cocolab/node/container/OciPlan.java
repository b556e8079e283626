package dev.cocolab.node.container;

import dev.cocolab.guest.AgentRequest;
import dev.cocolab.guest.OciContainer;
import dev.cocolab.node.pod.ContainerStart;
import dev.cocolab.node.pod.ContainerStartException;
import dev.cocolab.node.pod.ContainerStartException.Reason;
import dev.cocolab.node.volume.PodVolume;
import dev.cocolab.sandbox.Mount;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A container of a pod VM as the runtime asks the agent for it. */
final class OciPlan {
  static final String MESSAGE_PATH = "/dev/termination-log";

  private final ContainerStart start;
  private final ContainerPlan plan;
  private final PodPlace place;
  private final String id;
  private final SharedFiles shared;

  OciPlan(
      ContainerStart start,
      ContainerPlan plan,
      PodPlace place,
      String containerId,
      RandomGenerator random) {
    this.start = start;
    this.plan = plan;
    this.place = place;
    this.id = containerId;
    this.shared = new SharedFiles(containerId, random);
    try {
      share();
    } catch (IOException e) {
      throw new ContainerStartException(Reason.CREATE, "cannot read a volume: " + e, e);
    }
  }

  private void share() throws IOException {
    List<Mount> mounts = plan.mounts(place.volumes());
    List<VolumeMount> wanted = start.container().getVolumeMounts();
    for (int i = 0; i < mounts.size(); i++) {
      PodVolume volume = place.volumes().get(wanted.get(i).getName());
      shared.addVolume(mounts.get(i), volume, place.sandboxId(), group());
    }
    shared.addNames(place.files());
    shared.addHosts(place.files());
    shared.addTerminationLog(messagePath(start.container()));
  }

  private int group() {
    PodSecurityContext context = start.pod().getSpec().getSecurityContext();
    return context == null || context.getFsGroup() == null ? 0 : context.getFsGroup().intValue();
  }

  SharedFiles shared() {
    return shared;
  }

  OciContainer container(AgentRequest.Process process) {
    return new OciContainer(
        id,
        start.container().getImage(),
        process,
        plan.capabilities().stream().map(capability -> "CAP_" + capability.name()).toList(),
        shared.mounts(),
        shared.storages(),
        annotations(),
        "",
        plan.readOnlyRoot());
  }

  static String messagePath(Container container) {
    String path = container.getTerminationMessagePath();
    return path == null || path.isEmpty() ? MESSAGE_PATH : path;
  }

  private Map<String, String> annotations() {
    Map<String, String> all = new HashMap<>();
    all.put("io.kubernetes.cri-o.ContainerType", "container");
    all.put("io.kubernetes.cri-o.ImageName", start.container().getImage());
    all.put("io.kubernetes.cri-o.SandboxID", place.sandboxId());
    all.put("io.kubernetes.container.name", start.container().getName());
    all.put("io.kubernetes.container.restartCount", Integer.toString(start.attempt()));
    all.put("io.kubernetes.container.terminationMessagePath", messagePath(start.container()));
    all.put(
        "io.kubernetes.container.terminationMessagePolicy",
        RunningSandbox.logsTellTheEnd(start.container()) ? RunningSandbox.FALLBACK : "File");
    all.put("io.kubernetes.pod.name", start.pod().getMetadata().getName());
    all.put("io.kubernetes.pod.namespace", start.pod().getMetadata().getNamespace());
    all.put("io.kubernetes.pod.uid", start.pod().getMetadata().getUid());
    return all;
  }
}
