package dev.cocolab.node.container;

import dev.cocolab.image.ImageException;
import dev.cocolab.image.ImageReference;
import dev.cocolab.image.ImageStore;
import dev.cocolab.image.RegistryClient;
import dev.cocolab.node.NodeException;
import dev.cocolab.node.ResidentProgram;
import dev.cocolab.node.admission.PodAdmission;
import dev.cocolab.node.log.PodLogs;
import dev.cocolab.node.pod.EventSink;
import dev.cocolab.node.pod.PodBackend;
import dev.cocolab.node.pod.PodSetupException;
import dev.cocolab.node.pod.PreparedPod;
import dev.cocolab.node.vm.PodMachine;
import dev.cocolab.node.vm.PodMachines;
import dev.cocolab.node.volume.ClusterObjects;
import dev.cocolab.node.volume.Environment;
import dev.cocolab.node.volume.FileTrees;
import dev.cocolab.node.volume.PodVolume;
import dev.cocolab.node.volume.PodVolumes;
import dev.cocolab.node.volume.VolumeException;
import dev.cocolab.sandbox.Forward;
import dev.cocolab.sandbox.MemoryVolume;
import dev.cocolab.sandbox.PodSandbox;
import dev.cocolab.sandbox.PodSandboxSpec;
import dev.cocolab.sandbox.SandboxException;
import dev.cocolab.sandbox.SandboxHost;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes pods real on this machine. */
public final class NodeBackend implements PodBackend, AutoCloseable {
  private static final String GUEST_ADDRESS = "127.0.0.1";
  private static final int GUEST_PORT = 8006;

  /**
   * What a backend works with.
   *
   * @param residents by image repository, {@code quay.io/namespace/name}
   * @param directory private directory for volumes and scratch files
   */
  public record Parts(
      SandboxHost sandboxes,
      ImageStore images,
      RegistryClient.Options registry,
      PodMachines machines,
      Map<String, ResidentProgram> residents,
      OutgoingNames names,
      PodAddresses addresses,
      ClusterObjects objects,
      PodLogs logs,
      Vertx vertx,
      Path directory,
      String hostIp,
      Clock clock,
      RandomGenerator random,
      Executor threads) {}

  private final Parts parts;
  private final PodVolumes volumes;
  private final WorkerImages workerImages;

  /** A backend for one node. */
  public NodeBackend(Parts parts) {
    this.parts = parts;
    this.volumes = new PodVolumes(parts.objects(), parts.hostIp());
    this.workerImages =
        new WorkerImages(parts.images(), parts.registry(), parts.objects(), parts.clock());
  }

  @Override
  public PreparedPod prepare(Pod pod, EventSink events) {
    Deque<Runnable> undo = new ArrayDeque<>();
    boolean complete = false;
    try {
      PreparedPod prepared = prepare(pod, undo);
      complete = true;
      return prepared;
    } catch (NodeException e) {
      throw new PodSetupException(
          PodSetupException.Step.ROOM, "0/1 nodes are available: " + e.getMessage(), e);
    } finally {
      if (!complete) {
        undo.forEach(Runnable::run);
      }
    }
  }

  private PreparedPod prepare(Pod pod, Deque<Runnable> undo) {
    String uid = pod.getMetadata().getUid();
    Path directory = parts.directory().resolve("pods").resolve(uid);
    FileTrees.delete(directory);
    undo.push(() -> FileTrees.delete(directory));
    String podIp = parts.addresses().take();
    undo.push(() -> parts.addresses().release(podIp));
    boolean confidential = isConfidential(pod);
    List<Container> containers =
        Stream.concat(
                pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream())
            .toList();
    long residents = containers.stream().filter(c -> resident(pod, c).isPresent()).count();
    Map<String, PodVolume> ready =
        volumes(pod, directory.resolve("volumes"), podIp, residents == 0);
    String hostname = hostname(pod);
    String sandboxId = Hex.random(parts.random());
    NetworkFiles files = NetworkFiles.of(pod, podIp, hostname, parts.names().hostsLines());
    Optional<PodMachine> machine = Optional.empty();
    if (confidential) {
      PodMachine vm = parts.machines().boot(pod, sandboxId);
      undo.push(vm::close);
      machine = Optional.of(vm);
      SandboxCalls calls = new SandboxCalls(vm, sandboxId);
      undo.push(calls::end);
      calls.begin(pod, files, parts.random());
    }
    Optional<PodSandbox> sandbox = Optional.empty();
    if (residents < containers.size()) {
      List<Forward> forwards = new ArrayList<>(parts.names().forwards());
      machine.ifPresent(vm -> forwards.add(guestApi(vm, sandboxId)));
      sandbox = Optional.of(sandbox(sandboxId, files, forwards, ready));
      undo.push(sandbox.get()::close);
      publish(pod, sandbox.get(), podIp, containers);
    }
    PodPlace place =
        new PodPlace(directory, podIp, sandboxId, hostname, files, ready, sandbox, machine);
    Environment environment = new Environment(parts.objects(), parts.hostIp());
    Set<Integer> residentPorts =
        containers.stream()
            .filter(container -> resident(pod, container).isPresent())
            .flatMap(container -> ContainerPorts.of(container).stream())
            .collect(Collectors.toSet());
    return new NodePod(
        parts,
        place,
        environment,
        workerImages,
        new PodPorts(place, residentPorts),
        new ArrayDeque<>(undo));
  }

  private Map<String, PodVolume> volumes(Pod pod, Path directory, String podIp, boolean memory) {
    try {
      FileTrees.createPrivate(directory);
      return volumes.setUp(pod, directory, podIp, memory, group(pod));
    } catch (VolumeException e) {
      throw new PodSetupException(PodSetupException.Step.VOLUME, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new PodSetupException(PodSetupException.Step.VOLUME, e.toString(), e);
    }
  }

  private OptionalInt group(Pod pod) {
    boolean wanted =
        pod.getSpec().getSecurityContext() != null
            && pod.getSpec().getSecurityContext().getFsGroup() != null;
    return wanted && parts.sandboxes().usesRealUserIds()
        ? OptionalInt.of(pod.getSpec().getSecurityContext().getFsGroup().intValue())
        : OptionalInt.empty();
  }

  private Forward guestApi(PodMachine vm, String sandboxId) {
    Path socket = parts.sandboxes().runtimeDirectory().resolve("api-" + sandboxId.substring(0, 12));
    vm.serveApi(socket);
    return new Forward(GUEST_ADDRESS, GUEST_PORT, socket);
  }

  private PodSandbox sandbox(
      String sandboxId, NetworkFiles files, List<Forward> forwards, Map<String, PodVolume> ready) {
    List<MemoryVolume> memory =
        ready.values().stream()
            .filter(volume -> volume.memoryBytes().isPresent())
            .map(volume -> new MemoryVolume(volume.path(), volume.memoryBytes().getAsLong()))
            .toList();
    try {
      return parts
          .sandboxes()
          .createPod(
              new PodSandboxSpec(
                  sandboxId.substring(0, 32),
                  files.hostname(),
                  forwards,
                  files.hosts(),
                  files.resolvConf(),
                  memory));
    } catch (SandboxException e) {
      throw new PodSetupException(
          PodSetupException.Step.SANDBOX, "Failed to create pod sandbox: " + e.getMessage(), e);
    }
  }

  /**
   * Makes the ports of sandboxed containers reachable at the pod's address on this machine. Several
   * containers may name the same one, as an init container and a container do.
   */
  private void publish(Pod pod, PodSandbox sandbox, String podIp, List<Container> containers) {
    Set<Integer> ports =
        containers.stream()
            .filter(container -> resident(pod, container).isEmpty())
            .flatMap(container -> ContainerPorts.of(container).stream())
            .collect(Collectors.toCollection(TreeSet::new));
    for (int port : ports) {
      try {
        sandbox.publish(new InetSocketAddress(podIp, port), port);
      } catch (IOException e) {
        throw new PodSetupException(
            PodSetupException.Step.SANDBOX,
            "Failed to create pod sandbox: cannot listen on %s:%d: %s"
                .formatted(podIp, port, e.getMessage()),
            e);
      }
    }
  }

  private static String hostname(Pod pod) {
    String name = pod.getSpec().getHostname();
    String wanted = name == null || name.isEmpty() ? pod.getMetadata().getName() : name;
    return wanted.length() <= 63 ? wanted : wanted.substring(0, 63).replaceAll("[.-]+$", "");
  }

  private Optional<ResidentProgram> resident(Pod pod, Container container) {
    return resident(parts.residents(), pod, container);
  }

  static boolean isConfidential(Pod pod) {
    return PodAdmission.CONFIDENTIAL_RUNTIME.equals(pod.getSpec().getRuntimeClassName());
  }

  /** The resident program of a container; never inside a confidential VM. */
  static Optional<ResidentProgram> resident(
      Map<String, ResidentProgram> residents, Pod pod, Container container) {
    if (isConfidential(pod) || container.getImage() == null) {
      return Optional.empty();
    }
    try {
      ImageReference reference = ImageReference.parse(container.getImage());
      return Optional.ofNullable(residents.get(reference.name()));
    } catch (ImageException e) {
      // The container's start will say what is wrong with the name.
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    workerImages.close();
  }
}
