package dev.cocolab.node.cluster;

import dev.cocolab.node.NodeException;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddressBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Node object and its heartbeat: a lease, as the kubelet has it. */
public final class NodeRegistration {
  /** Seconds between two heartbeats. */
  public static final int HEARTBEAT_SECONDS = 10;

  private static final Logger log = LoggerFactory.getLogger(NodeRegistration.class);
  private static final String LEASES = "kube-node-lease";
  private static final int LEASE_SECONDS = 40;
  private static final String VERSION = "v1.32.4";
  private static final String VMS = "kata.peerpods.io/vm";
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  /** What the node says of itself. */
  public record Facts(
      String name, String address, int kubeletPort, Map<String, String> labels, int podVms) {}

  /** Labels below these a node may not give itself where NodeRestriction is in force. */
  private static final String ROLES = "node-role.kubernetes.io/";

  private final KubernetesClient client;
  private final KubernetesClient registrar;
  private final Facts facts;
  private final Clock clock;
  private boolean leases = true;

  /** A registration of this node. */
  public NodeRegistration(
      KubernetesClient client, KubernetesClient registrar, Facts facts, Clock clock) {
    this.client = client;
    this.registrar = registrar;
    this.facts = facts;
    this.clock = clock;
  }

  /**
   * Creates or updates the Node object and marks it ready.
   *
   * @throws NodeException REGISTRATION
   */
  public void register() {
    try {
      boolean restricted = registrar != client;
      Node wanted = node(label -> !restricted || !label.startsWith(ROLES));
      try {
        client.nodes().resource(wanted).create();
      } catch (KubernetesClientException e) {
        if (e.getCode() != CONFLICT) {
          throw e;
        }
        label(client, wanted);
      }
      if (restricted) {
        label(registrar, node(label -> label.startsWith(ROLES)));
      }
      writeStatus("True");
      heartbeat();
    } catch (KubernetesClientException e) {
      throw new NodeException(
          NodeException.Reason.REGISTRATION,
          "The API server refuses the node " + facts.name() + ": " + e.getMessage(),
          e);
    }
  }

  private Node node(Predicate<String> labels) {
    Map<String, String> chosen = new TreeMap<>(facts.labels());
    chosen.keySet().removeIf(labels.negate());
    return new NodeBuilder()
        .withNewMetadata()
        .withName(facts.name())
        .withLabels(chosen)
        .endMetadata()
        .build();
  }

  private void label(KubernetesClient by, Node wanted) {
    by.nodes()
        .withName(facts.name())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE), by.getKubernetesSerialization().asJson(wanted));
  }

  /** Tells that the node lives; failures are logged and tried again with the next beat. */
  public void heartbeat() {
    try {
      if (leases) {
        renew();
      } else {
        writeStatus("True");
      }
    } catch (KubernetesClientException e) {
      log.warn("heartbeat of {}: {}", facts.name(), e.getMessage());
    }
  }

  /** Marks the node as not ready because it ends. */
  public void leave() {
    try {
      writeStatus("False");
    } catch (KubernetesClientException e) {
      log.debug("node {} could not be marked: {}", facts.name(), e.getMessage());
    }
  }

  private void renew() {
    ZonedDateTime now = clock.instant().truncatedTo(ChronoUnit.MICROS).atZone(ZoneOffset.UTC);
    Lease lease =
        new LeaseBuilder()
            .withNewMetadata()
            .withName(facts.name())
            .withNamespace(LEASES)
            .endMetadata()
            .withNewSpec()
            .withHolderIdentity(facts.name())
            .withLeaseDurationSeconds(LEASE_SECONDS)
            .withRenewTime(now)
            .endSpec()
            .build();
    var existing = client.leases().inNamespace(LEASES).withName(facts.name());
    try {
      if (existing.get() == null) {
        createLease(lease);
      } else {
        existing.patch(
            PatchContext.of(PatchType.JSON_MERGE),
            client.getKubernetesSerialization().asJson(lease));
      }
    } catch (KubernetesClientException e) {
      if (e.getCode() != NOT_FOUND) {
        throw e;
      }
      log.debug("no leases on this server, the node's status is the heartbeat");
      leases = false;
    }
  }

  private void createLease(Lease lease) {
    try {
      client.leases().inNamespace(LEASES).resource(lease).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != NOT_FOUND) {
        throw e;
      }
      client
          .namespaces()
          .resource(new NamespaceBuilder().withNewMetadata().withName(LEASES).endMetadata().build())
          .create();
      client.leases().inNamespace(LEASES).resource(lease).create();
    }
  }

  private void writeStatus(String ready) {
    Instant now = clock.instant();
    String memory = Runtime.getRuntime().maxMemory() / 1024 + "Ki";
    Map<String, Quantity> capacity =
        Map.of(
            "cpu",
            new Quantity(Integer.toString(Runtime.getRuntime().availableProcessors())),
            "memory",
            new Quantity(memory),
            "pods",
            new Quantity("110"),
            VMS,
            new Quantity(Integer.toString(facts.podVms())));
    Node status =
        new NodeBuilder()
            .withNewMetadata()
            .withName(facts.name())
            .endMetadata()
            .withNewStatus()
            .withCapacity(capacity)
            .withAllocatable(capacity)
            .withConditions(
                condition("MemoryPressure", "False", "KubeletHasSufficientMemory", now),
                condition("DiskPressure", "False", "KubeletHasNoDiskPressure", now),
                condition("PIDPressure", "False", "KubeletHasSufficientPID", now),
                condition(
                    "Ready", ready, ready.equals("True") ? "KubeletReady" : "KubeletNotReady", now))
            .withAddresses(
                List.of(
                    new NodeAddressBuilder()
                        .withType("InternalIP")
                        .withAddress(facts.address())
                        .build(),
                    new NodeAddressBuilder()
                        .withType("Hostname")
                        .withAddress(facts.name())
                        .build()))
            .withNewDaemonEndpoints()
            .withNewKubeletEndpoint(facts.kubeletPort())
            .endDaemonEndpoints()
            .withNewNodeInfo()
            .withArchitecture(architecture())
            .withOperatingSystem("linux")
            .withKernelVersion(System.getProperty("os.version", ""))
            .withOsImage("CoCoLab emulated worker")
            .withContainerRuntimeVersion("cri-o://1.32.0-cocolab")
            .withKubeletVersion(VERSION)
            .withKubeProxyVersion(VERSION)
            .withMachineID("")
            .withSystemUUID("")
            .withBootID("")
            .endNodeInfo()
            .endStatus()
            .build();
    client
        .nodes()
        .withName(facts.name())
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            client.getKubernetesSerialization().asJson(status));
  }

  private static NodeCondition condition(String type, String status, String reason, Instant now) {
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    return new NodeConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withMessage(reason.equals("KubeletReady") ? "kubelet is posting ready status" : reason)
        .withLastHeartbeatTime(time)
        .withLastTransitionTime(time)
        .build();
  }

  /** As Kubernetes names it. */
  public static String architecture() {
    String name = System.getProperty("os.arch", "");
    return name.equals("aarch64") ? "arm64" : "amd64";
  }
}
