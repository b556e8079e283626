package dev.cocolab.node.container;

import dev.cocolab.guest.AgentRequest;
import dev.cocolab.image.ImageConfig;
import dev.cocolab.image.UnpackedImage;
import dev.cocolab.node.ResidentProcess;
import dev.cocolab.node.ResidentProgram;
import dev.cocolab.node.log.ContainerLog;
import dev.cocolab.node.pod.ContainerStart;
import dev.cocolab.node.pod.ContainerStartException;
import dev.cocolab.node.pod.ContainerStartException.Reason;
import dev.cocolab.node.pod.EventSink;
import dev.cocolab.node.pod.PreparedPod;
import dev.cocolab.node.pod.RunningContainer;
import dev.cocolab.node.vm.GuestRefusal;
import dev.cocolab.node.vm.PodMachine;
import dev.cocolab.node.volume.DiskUsage;
import dev.cocolab.node.volume.Environment;
import dev.cocolab.node.volume.FileTrees;
import dev.cocolab.sandbox.ContainerSpec;
import dev.cocolab.sandbox.Mount;
import dev.cocolab.sandbox.SandboxContainer;
import dev.cocolab.sandbox.SandboxException;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Probe;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pod whose volumes and sandbox exist: starts its containers. */
final class NodePod implements PreparedPod {
  private static final Logger log = LoggerFactory.getLogger(NodePod.class);
  private static final int MESSAGE_MODE = 0666;

  private final NodeBackend.Parts parts;
  private final PodPlace place;
  private final Environment environment;
  private final WorkerImages workerImages;
  private final PodPorts ports;
  private final Deque<Runnable> teardown;

  NodePod(
      NodeBackend.Parts parts,
      PodPlace place,
      Environment environment,
      WorkerImages workerImages,
      PodPorts ports,
      Deque<Runnable> teardown) {
    this.parts = parts;
    this.place = place;
    this.environment = environment;
    this.workerImages = workerImages;
    this.ports = ports;
    this.teardown = teardown;
  }

  @Override
  public String podIp() {
    return place.podIp();
  }

  @Override
  public String sandboxId() {
    return place.sandboxId();
  }

  @Override
  public SocketChannel connect(int port) throws IOException {
    return ports.connect(port);
  }

  @Override
  public RunningContainer start(ContainerStart start) {
    Optional<ResidentProgram> resident =
        NodeBackend.resident(parts.residents(), start.pod(), start.container());
    return resident.isPresent() ? startResident(start, resident.get()) : startSandbox(start);
  }

  private RunningContainer startResident(ContainerStart start, ResidentProgram program) {
    Container container = start.container();
    refuseExecProbes(container);
    String path = fieldPath(start);
    start
        .events()
        .record(
            EventSink.Type.NORMAL,
            "Pulled",
            "Container image \"" + container.getImage() + "\" already present on machine",
            path);
    ContainerPlan plan = new ContainerPlan(start.pod(), container);
    Map<String, String> env =
        ContainerPlan.podEnv(environment, start.pod(), container, place.podIp());
    List<Mount> mounts = plan.mounts(place.volumes());
    ContainerLog output = openLog(start);
    boolean started = false;
    try {
      created(start, path);
      Path root = Files.createDirectories(containerDirectory(start).resolve("rootfs"));
      makeMissing(mounts);
      MountView.assemble(root, mounts);
      ResidentProcess process =
          program.start(
              new MountedContext(
                  Environment.expand(plan.commandLine(Optional.empty()), env),
                  env,
                  root,
                  InetAddress.getByName(place.podIp()),
                  output));
      RunningContainer running =
          new RunningResident(
              Hex.random(parts.random()),
              container.getImage(),
              process,
              new NetworkProbe(parts.vertx(), container, place.podIp(), Optional.empty()),
              output);
      started(start, path);
      started = true;
      return running;
    } catch (IOException | RuntimeException e) {
      output.add("stderr", String.valueOf(e.getMessage()), true);
      throw new ContainerStartException(Reason.RUN, String.valueOf(e.getMessage()), e);
    } finally {
      if (!started) {
        output.close();
      }
    }
  }

  /** By name, which is safe only as long as no sandboxed container writes to the volume. */
  private void makeMissing(List<Mount> mounts) throws IOException {
    for (Mount mount : mounts) {
      if (mount.makeMissing() && !Files.exists(mount.hostPath())) {
        if (place.sandbox().isPresent()) {
          throw new NoSuchFileException(mount.hostPath().toString());
        }
        Files.createDirectories(mount.hostPath());
      }
    }
  }

  private static void refuseExecProbes(Container container) {
    boolean exec = probes(container).anyMatch(probe -> probe.getExec() != null);
    if (exec) {
      throw new ContainerStartException(
          Reason.CONFIG, "exec probes are not supported for the image " + container.getImage());
    }
  }

  private static Stream<Probe> probes(Container container) {
    return Stream.of(
            Optional.ofNullable(container.getReadinessProbe()),
            Optional.ofNullable(container.getLivenessProbe()),
            Optional.ofNullable(container.getStartupProbe()))
        .flatMap(Optional::stream);
  }

  private RunningContainer startSandbox(ContainerStart start) {
    Container container = start.container();
    String path = fieldPath(start);
    ContainerPlan plan = new ContainerPlan(start.pod(), container);
    String id = Hex.random(parts.random());
    Map<String, String> env =
        ContainerPlan.podEnv(environment, start.pod(), container, place.podIp());
    UnpackedImage image =
        place.machine().isPresent()
            ? guestImage(start, plan, env, id, path)
            : workerImages.pull(start, path);
    ImageConfig config = image.config();
    ImageUser user = plan.user(config, image.layers());
    List<String> args = plan.args(config, env);
    String cwd = plan.workingDirectory(config);
    Map<String, String> fullEnv = plan.env(config, env, place.hostname(), user.home());
    Optional<Unsealing> unsealing = place.machine().map(Unsealing::new);
    Map<String, String> seenEnv = unsealing.map(in -> in.variables(fullEnv)).orElse(fullEnv);
    List<Mount> volumes = plan.mounts(place.volumes());
    List<Mount> mounts =
        new ArrayList<>(
            unsealing.map(in -> in.files(volumes, containerDirectory(start))).orElse(volumes));
    Path message = messageFile(start);
    mounts.add(new Mount(message, OciPlan.messagePath(container), false));
    ContainerSpec spec =
        new ContainerSpec(
            container.getName() + "." + start.attempt(),
            image.layers(),
            mounts,
            args,
            seenEnv,
            cwd,
            user.uid(),
            user.gid(),
            plan.supplementalGroups(),
            plan.readOnlyRoot(),
            plan.capabilities(),
            true);
    AgentRequest.Process process = process(plan, args, fullEnv, cwd, user.uid(), user.gid());
    created(start, path);
    place.machine().ifPresent(vm -> admitStart(vm, id));
    return run(
        start,
        path,
        spec,
        new RunningSandbox.Identity(
            id,
            container.getName(),
            image.reference().name() + "@" + image.manifestDigest(),
            message,
            RunningSandbox.logsTellTheEnd(container),
            process));
  }

  private RunningContainer run(
      ContainerStart start, String path, ContainerSpec spec, RunningSandbox.Identity identity) {
    ContainerLog output = openLog(start);
    boolean started = false;
    try {
      SandboxContainer running = place.sandbox().orElseThrow().start(spec);
      RunningContainer container =
          new RunningSandbox(
              identity,
              running,
              place.machine(),
              new NetworkProbe(parts.vertx(), start.container(), place.podIp(), place.sandbox()),
              output,
              start.events(),
              parts.threads());
      started(start, path);
      started = true;
      return container;
    } catch (SandboxException e) {
      throw new ContainerStartException(
          Reason.CREATE, "container create failed: " + e.getMessage(), e);
    } finally {
      if (!started) {
        output.close();
      }
    }
  }

  /** CreateContainer in a guest: policy first, then the pull by the guest's own rules. */
  private UnpackedImage guestImage(
      ContainerStart start, ContainerPlan plan, Map<String, String> env, String id, String path) {
    PodMachine vm = place.machine().orElseThrow();
    Container container = start.container();
    Optional<ImageConfig> config = workerImages.metadata(start, path);
    List<String> args = Environment.expand(plan.commandLine(config), env);
    String cwd = config.map(plan::workingDirectory).orElse("/");
    AgentRequest.Process process = process(plan, args, env, cwd, plan.requestedUser(), 0);
    OciPlan oci = new OciPlan(start, plan, place, id, parts.random());
    Optional<String> refusal =
        new RuntimeCalls(vm, id).create(oci.shared().copied(), oci.container(process));
    if (refusal.isPresent()) {
      throw new ContainerStartException(
          Reason.CREATE, "CreateContainer failed: " + refusal.get() + ": unknown");
    }
    try {
      return vm.pull(container.getImage());
    } catch (GuestRefusal e) {
      if (!e.detail().equals(e.getMessage())) {
        // A real cluster would not show this; without it nobody finds the broker that is away.
        start.events().record(EventSink.Type.WARNING, "GuestFailed", e.detail(), path);
      }
      throw new ContainerStartException(Reason.CREATE, String.valueOf(e.getMessage()), e);
    }
  }

  private static AgentRequest.Process process(
      ContainerPlan plan,
      List<String> args,
      Map<String, String> env,
      String cwd,
      long uid,
      long gid) {
    List<String> lines =
        env.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).toList();
    return new AgentRequest.Process(args, lines, cwd, uid, gid, plan.supplementalGroups(), false);
  }

  private void admitStart(PodMachine vm, String id) {
    Optional<String> refusal = new RuntimeCalls(vm, id).start();
    if (refusal.isPresent()) {
      throw new ContainerStartException(
          Reason.RUN, "failed to start container " + id + ": " + refusal.get() + ": unknown");
    }
  }

  private static void created(ContainerStart start, String path) {
    start
        .events()
        .record(
            EventSink.Type.NORMAL,
            "Created",
            "Created container: " + start.container().getName(),
            path);
  }

  private static void started(ContainerStart start, String path) {
    start
        .events()
        .record(
            EventSink.Type.NORMAL,
            "Started",
            "Started container " + start.container().getName(),
            path);
  }

  private ContainerLog openLog(ContainerStart start) {
    try {
      return parts
          .logs()
          .begin(start.pod().getMetadata().getUid(), start.container().getName(), start.attempt());
    } catch (IOException e) {
      throw new ContainerStartException(
          Reason.CREATE, "cannot write the container's log: " + e.getMessage(), e);
    }
  }

  private Path containerDirectory(ContainerStart start) {
    return place
        .directory()
        .resolve("containers")
        .resolve(start.container().getName())
        .resolve(Integer.toString(start.attempt()));
  }

  private Path messageFile(ContainerStart start) {
    Path file = containerDirectory(start).resolve("message");
    try {
      Files.createDirectories(file.getParent());
      Files.deleteIfExists(file);
      FileTrees.writeNew(file, new byte[0], MESSAGE_MODE);
      return file;
    } catch (IOException e) {
      throw new ContainerStartException(
          Reason.CREATE, "cannot write to " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public Optional<String> excess() {
    return DiskUsage.excess(place.directory(), place.volumes().values());
  }

  private static String fieldPath(ContainerStart start) {
    return (start.init() ? "spec.initContainers{" : "spec.containers{")
        + start.container().getName()
        + "}";
  }

  @Override
  public void close() {
    ports.close();
    while (!teardown.isEmpty()) {
      try {
        teardown.pop().run();
      } catch (RuntimeException e) {
        log.warn("taking down pod {}", place.podIp(), e);
      }
    }
  }
}
