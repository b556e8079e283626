package dev.cocolab.lab;

import dev.cocolab.blobstore.BlobServer;
import dev.cocolab.broker.AttestationJournal;
import dev.cocolab.image.RegistryServer;
import dev.cocolab.lab.access.Access;
import dev.cocolab.lab.access.Kubeconfig;
import dev.cocolab.lab.authority.Identity;
import dev.cocolab.lab.data.DataFolder;
import dev.cocolab.lab.network.LoopbackNetwork;
import dev.cocolab.lab.network.NameTable;
import dev.cocolab.lab.network.TcpForwarder;
import dev.cocolab.lab.remote.PlainKeyServer;
import dev.cocolab.lab.setup.AccessSetup;
import dev.cocolab.lab.setup.ClusterSetup;
import dev.cocolab.lab.setup.Names;
import dev.cocolab.node.Node;
import dev.cocolab.node.PodVmInventory;
import dev.cocolab.operators.WorkloadControllers;
import dev.cocolab.sandbox.SandboxHost;
import dev.cocolab.tee.BootImage;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parts of one lab, started in the order in which they need each other and closed backwards.
 */
final class LabParts implements AutoCloseable {
  private final Machine machine;
  private final LabOptions options;
  private final OpenParts open = new OpenParts();
  private final Map<String, Duration> phases = new LinkedHashMap<>();
  private final Map<Persona, KubernetesClient> clients = new EnumMap<>(Persona.class);
  private final NameTable names = new NameTable();
  private final GuestLog guestLog = new GuestLog();
  private final AttestationJournal journal = new AttestationJournal();

  private Optional<DataFolder> data = Optional.empty();
  private LabCluster cluster;
  private Node node;
  private TcpForwarder route;
  private PlainKeyServer keyServer;
  private DatasetStorage datasets;
  private Identity trusteeIdentity;

  private LabParts(Machine machine, LabOptions options) {
    this.machine = machine;
    this.options = options;
  }

  static LabParts start(Machine machine, LabOptions options) {
    LabParts parts = new LabParts(machine, options);
    try {
      parts.startAll();
      return parts;
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  private void startAll() {
    PhaseClock clock = new PhaseClock(phases);
    data = options.data().map(folder -> open.own(DataFolder.open(folder)));
    data.ifPresent(folder -> folder.requireHome(machine.home(), machine.authority().fingerprint()));
    boolean again = data.filter(DataFolder::isSetUp).isPresent();
    LoopbackNetwork network = open.own(LoopbackNetwork.claim(machine.random()));
    SandboxHost sandboxes =
        open.own(SandboxHost.open(machine.home().resolve("sandboxes"), machine.sockets()));
    cluster =
        open.own(
            options
                .joined()
                .<LabCluster>map(JoinedCluster::enter)
                .orElseGet(() -> EmbeddedCluster.start(machine, options, data)));
    clock.mark("API server");

    KubernetesClient admin = client(Persona.ADMIN);
    data.ifPresent(folder -> new LostNode(admin, machine.clock()).withdraw());
    ClusterSetup setup =
        new ClusterSetup(admin, machine.random(), BootImage.defaultPodVm(), cluster.marks());
    trusteeIdentity =
        data.flatMap(folder -> setup.trusteeIdentity())
            .orElseGet(() -> LabServers.trusteeIdentity(machine));
    SideBySide objects = again ? SideBySide.nothing() : setUp(admin, setup);

    RegistryServer registry = open.own(LabServers.registry(machine));
    BlobServer blobs = open.own(LabServers.blobs(machine));
    keyServer = open.own(PlainKeyServer.start(machine.vertx()));
    datasets = new DatasetStorage(blobs, machine.random(), machine.clock());
    RouteBackend endpoint = open.own(cluster.route(admin));
    route = open.own(TcpForwarder.start(machine.vertx(), endpoint::address));
    names.put(Names.ROUTE_HOST, 443, route.address());
    LabServers.REGISTRY_HOSTS.forEach(host -> names.put(host, 443, registry.address()));
    clock.mark("registry and blob storage");

    if (cluster.needsControllers()) {
      open.own(WorkloadControllers.start(part(AccessSetup.CONTROLLERS, AccessSetup.PARTS)));
    }
    clock.mark("controllers");

    LabServers.fill(registry, machine);
    node =
        open.own(
            new LabNode(
                    machine,
                    network,
                    sandboxes,
                    names,
                    options.profile(),
                    options.wiring(),
                    journal,
                    guestLog)
                .start(
                    cluster,
                    part(AccessSetup.NODE, AccessSetup.NODES),
                    part(AccessSetup.TRUSTEE_OPERATOR, AccessSetup.SERVICE_ACCOUNTS),
                    blobs,
                    keyServer));
    open.own(cluster.contents());
    clock.mark("node");
    objects.await();
    clock.mark("objects");
    Readiness trustee = new Readiness(admin, endpoint, options.progress());
    if (again) {
      trustee.awaitAgain();
    } else {
      data.ifPresent(DataFolder::setUpDone);
      trustee.await();
    }
    clock.mark("Trustee");
    machine.keys().begin();
  }

  private SideBySide setUp(KubernetesClient admin, ClusterSetup setup) {
    cluster.prepare(admin);
    Identity token =
        data.flatMap(folder -> setup.tokenIdentity())
            .orElseGet(() -> LabServers.tokenIdentity(machine));
    return SideBySide.start(
        "lab-objects", () -> setup.apply(trusteeIdentity, token, machine.signingKeys()));
  }

  /** A client of one of the lab's own parts, which has no more rights than the part needs. */
  private KubernetesClient part(String user, String group) {
    return client(cluster.part(user, group));
  }

  private KubernetesClient client(Access access) {
    return open.own(LabServers.client(machine, cluster.url(), cluster.authorityPem(), access));
  }

  Optional<Path> data() {
    return data.map(DataFolder::path);
  }

  URI apiUrl() {
    return cluster.url();
  }

  URI trusteeUrl() {
    return URI.create("https://127.0.0.1:" + route.address().getPort());
  }

  String trusteeUrlForGuests() {
    return "https://" + Names.ROUTE_HOST;
  }

  String trusteeCertificate() {
    return trusteeIdentity.certificatePem();
  }

  String cosignPublicKey() {
    return machine.signingKeys().workshopPublicPem();
  }

  String pullSecret() {
    return machine.pullSecret().json();
  }

  KubernetesClient client(Persona persona) {
    synchronized (clients) {
      return clients.computeIfAbsent(persona, who -> client(cluster.persona(who)));
    }
  }

  Kubeconfig kubeconfig() {
    List<Access> users = Arrays.stream(Persona.values()).map(cluster::persona).toList();
    return new Kubeconfig(
        "cocolab-" + options.name(), cluster.url(), cluster.authorityPem(), users);
  }

  AttestationJournal journal() {
    return journal;
  }

  GuestLog guestLog() {
    return guestLog;
  }

  PodVmInventory podVms() {
    return node;
  }

  DatasetStorage datasets() {
    return datasets;
  }

  PlainKeyServer keyServer() {
    return keyServer;
  }

  Map<String, Duration> phases() {
    return Collections.unmodifiableMap(phases);
  }

  @Override
  public void close() {
    open.close();
  }
}
