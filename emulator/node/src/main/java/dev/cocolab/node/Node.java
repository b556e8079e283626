package dev.cocolab.node;

import dev.cocolab.node.cluster.ApiObjects;
import dev.cocolab.node.cluster.ApiReporter;
import dev.cocolab.node.cluster.NodeRegistration;
import dev.cocolab.node.cluster.PodScheduler;
import dev.cocolab.node.cluster.PodSupervisor;
import dev.cocolab.node.container.NodeBackend;
import dev.cocolab.node.container.OutgoingNames;
import dev.cocolab.node.container.PodAddresses;
import dev.cocolab.node.kubelet.KubeletServer;
import dev.cocolab.node.log.PodLogs;
import dev.cocolab.node.pod.PodWorker;
import dev.cocolab.node.pod.PreparedPod;
import dev.cocolab.node.pod.RunningContainer;
import dev.cocolab.node.vm.ConfidentialMachines;
import dev.cocolab.node.vm.GuestMachine;
import dev.cocolab.node.volume.FileTrees;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node. It is the only node of its cluster and therefore also takes the scheduler's part:
 * pods without a node are bound to it.
 */
public final class Node implements PodVmInventory, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Node.class);
  private static final int POD_VMS = 10;

  private final ConfidentialMachines machines;
  private final KubeletServer kubelet;
  private final Deque<AutoCloseable> parts;

  private Node(ConfidentialMachines machines, KubeletServer kubelet, Deque<AutoCloseable> parts) {
    this.machines = machines;
    this.kubelet = kubelet;
    this.parts = parts;
  }

  /**
   * Starts a node; returns when it is registered and ready.
   *
   * @throws NodeException ENDPOINT, DIRECTORY or REGISTRATION
   */
  public static Node start(NodeOptions options) {
    Deque<AutoCloseable> parts = new ArrayDeque<>();
    boolean complete = false;
    try {
      Node node = start(options, parts);
      complete = true;
      return node;
    } finally {
      if (!complete) {
        close(parts);
      }
    }
  }

  private static Node start(NodeOptions options, Deque<AutoCloseable> parts) {
    Path state = directory(options.stateDir());
    String address = options.nodeAddress().getHostAddress();
    NodeThreads threads = new NodeThreads("node-" + options.nodeName());
    parts.push(threads);
    ApiObjects objects = new ApiObjects(options.client());
    ConfidentialMachines machines =
        new ConfidentialMachines(
            objects,
            GuestMachine.on(
                options.platform(), options.bootImage(), options.rsaKeys(), options.guest()));
    PodLogs logs = new PodLogs(state.resolve("logs"), options.clock());
    OutgoingNames names =
        new OutgoingNames(options.outgoingNames(), options.sandboxes().runtimeDirectory());
    parts.push(names);
    NodeBackend backend =
        new NodeBackend(
            new NodeBackend.Parts(
                options.sandboxes(),
                options.images(),
                options.registry(),
                machines,
                options.residents(),
                names,
                new PodAddresses(options.nodeAddress().getAddress()),
                objects,
                logs,
                options.vertx(),
                state,
                address,
                options.clock(),
                options.random(),
                threads.pool()));
    parts.push(backend);
    ApiReporter reporter =
        new ApiReporter(
            options.client(), options.nodeName(), options.clock(), threads, threads.pool());
    PodSupervisor supervisor =
        new PodSupervisor(
            options.client(),
            options.nodeName(),
            logs,
            new PodWorker.Surroundings(
                backend, reporter, threads, options.clock(), threads.pool(), address));
    KubeletServer kubelet =
        KubeletServer.start(
            options.vertx(),
            options.nodeAddress(),
            options.kubeletPort(),
            options.kubeletTls(),
            pods(supervisor),
            logs,
            options.clock(),
            threads.pool());
    parts.push(kubelet);
    NodeRegistration registration =
        new NodeRegistration(
            options.client(),
            options.registrar(),
            new NodeRegistration.Facts(
                options.nodeName(), address, kubelet.port(), labels(options), POD_VMS),
            options.clock());
    registration.register();
    parts.push(registration::leave);
    threads.every(Duration.ofSeconds(NodeRegistration.HEARTBEAT_SECONDS), registration::heartbeat);
    parts.push(supervisor);
    supervisor.start();
    PodScheduler scheduler =
        new PodScheduler(
            options.scheduler(), options.nodeName(), reporter, threads, threads.pool());
    parts.push(scheduler);
    scheduler.start();
    return new Node(machines, kubelet, parts);
  }

  private static KubeletServer.Pods pods(PodSupervisor supervisor) {
    return new KubeletServer.Pods() {
      @Override
      public Optional<Pod> find(String namespace, String name) {
        return supervisor.pod(namespace, name);
      }

      @Override
      public Optional<RunningContainer> running(Pod pod, String container) {
        return supervisor.running(pod, container);
      }

      @Override
      public Optional<PreparedPod> place(Pod pod) {
        return supervisor.place(pod);
      }
    };
  }

  private static Path directory(Path path) {
    try {
      return FileTrees.createPrivate(path.toAbsolutePath());
    } catch (IOException e) {
      throw new NodeException(
          NodeException.Reason.DIRECTORY, "Cannot use " + path + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, String> labels(NodeOptions options) {
    Map<String, String> labels = new TreeMap<>();
    labels.put("kubernetes.io/hostname", options.nodeName());
    labels.put("kubernetes.io/os", "linux");
    labels.put("kubernetes.io/arch", NodeRegistration.architecture());
    labels.put("node-role.kubernetes.io/worker", "");
    labels.putAll(options.labels());
    return labels;
  }

  /** Port of the kubelet's endpoint. */
  public int kubeletPort() {
    return kubelet.port();
  }

  @Override
  public List<PodVm> podVms() {
    return machines.podVms();
  }

  /** Ends all containers and VMs and marks the node as not ready; pod objects stay. */
  @Override
  public void close() {
    close(parts);
  }

  private static void close(Deque<AutoCloseable> parts) {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        log.warn("closing the node: {}", e.toString());
      }
    }
  }
}
