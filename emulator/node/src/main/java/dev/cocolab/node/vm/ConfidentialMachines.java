package dev.cocolab.node.vm;

import dev.cocolab.node.PodVm;
import dev.cocolab.node.PodVmInventory;
import dev.cocolab.node.pod.PodSetupException;
import dev.cocolab.node.volume.ClusterObjects;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.protocol.InitdataException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Boots a confidential VM for each pod of the runtime class {@code kata-remote}. */
public final class ConfidentialMachines implements PodMachines, PodVmInventory {
  private static final String ADAPTOR_NAMESPACE = "openshift-sandboxed-containers-operator";
  private static final String ADAPTOR_SETTINGS = "peer-pods-cm";
  private static final String PREFIX =
      "Failed to create pod sandbox: rpc error: code = Unknown desc = CreateContainer failed: ";
  private static final String REMOTE =
      "remote hypervisor call failed: rpc error: code = Unknown desc = creating an instance : ";
  private static final int DEFAULT_LIMIT = 10;

  /** Makes hardware and guest. */
  @FunctionalInterface
  public interface Boot {
    /**
     * Starts a VM.
     *
     * @param initdata empty for none
     * @throws GuestRefusal if hardware or guest do not start
     */
    PodMachine start(String name, String size, Optional<Initdata> initdata);
  }

  private final ClusterObjects objects;
  private final Boot boot;
  private final Map<PodMachine, PodVm> running = new ConcurrentHashMap<>();

  /** Reads the adaptor's settings through the first, starts VMs through the second. */
  public ConfidentialMachines(ClusterObjects objects, Boot boot) {
    this.objects = objects;
    this.boot = boot;
  }

  @Override
  public List<PodVm> podVms() {
    return running.values().stream().sorted(Comparator.comparing(PodVm::name)).toList();
  }

  @Override
  public PodMachine boot(Pod pod, String sandboxId) {
    Map<String, String> annotations = HypervisorAnnotations.of(pod);
    HypervisorAnnotations.notEnabled(annotations)
        .ifPresent(
            key -> {
              throw shim("annotation " + key + " is not enabled");
            });
    Map<String, String> settings = settings();
    requireRoom(settings);
    Optional<Initdata> initdata = initdata(annotations, settings);
    String size;
    try {
      size = new InstanceSizes(settings).choose(annotations);
    } catch (InstanceSizes.Refused e) {
      throw remote(String.valueOf(e.getMessage()), e);
    }
    String image = HypervisorAnnotations.value(annotations, "image");
    if (!image.isEmpty()) {
      throw remote("the pod VM image " + image + " is not available in this lab", null);
    }
    String name = VmNames.of(pod.getMetadata().getName(), sandboxId);
    PodMachine machine;
    try {
      machine = boot.start(name, size, initdata);
    } catch (GuestRefusal e) {
      throw remote(e.detail(), e);
    }
    Registered registered = new Registered(machine, running);
    running.put(
        registered,
        new PodVm(
            name,
            size,
            machine.vmId(),
            pod.getMetadata().getNamespace(),
            pod.getMetadata().getName()));
    return registered;
  }

  private Map<String, String> settings() {
    return objects
        .configMap(ADAPTOR_NAMESPACE, ADAPTOR_SETTINGS)
        .map(ConfigMap::getData)
        .orElse(Map.of());
  }

  private void requireRoom(Map<String, String> settings) {
    String text = settings.getOrDefault("PEERPODS_LIMIT_PER_NODE", "");
    int limit = text.matches("-?\\d{1,9}") ? Integer.parseInt(text) : DEFAULT_LIMIT;
    if (limit >= 0 && running.size() >= limit) {
      throw new PodSetupException(
          PodSetupException.Step.ROOM,
          "0/1 nodes are available: 1 Insufficient kata.peerpods.io/vm.");
    }
  }

  /** The annotation beats the global value; an empty one counts as absent. */
  private static Optional<Initdata> initdata(
      Map<String, String> annotations, Map<String, String> settings) {
    String own = HypervisorAnnotations.value(annotations, "cc_init_data");
    String global = settings.getOrDefault("INITDATA", "");
    String value = own.isEmpty() ? global : own;
    if (value.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Initdata.decodeAnnotation(value));
    } catch (InitdataException e) {
      if (own.isEmpty()) {
        throw remote("failed to parse global initdata: " + e.getMessage(), e);
      }
      throw shim(String.valueOf(e.getMessage()));
    }
  }

  private static PodSetupException shim(String text) {
    return new PodSetupException(PodSetupException.Step.SANDBOX, PREFIX + text + ": unknown");
  }

  private static PodSetupException remote(String text, Throwable cause) {
    return new PodSetupException(PodSetupException.Step.SANDBOX, PREFIX + REMOTE + text, cause);
  }
}
