package dev.cocolab.lab;

import dev.cocolab.lab.LabException.Reason;
import dev.cocolab.lab.access.Access;
import dev.cocolab.lab.authority.CertificateRequest;
import dev.cocolab.lab.authority.Identity;
import dev.cocolab.lab.joined.AdminConnection;
import dev.cocolab.lab.joined.Belongings;
import dev.cocolab.lab.joined.CertificateRequests;
import dev.cocolab.lab.joined.CertificateRequests.Signer;
import dev.cocolab.lab.joined.JoinLease;
import dev.cocolab.lab.joined.Marker;
import dev.cocolab.lab.joined.OtherControllers;
import dev.cocolab.lab.setup.AccessSetup;
import dev.cocolab.lab.setup.Names;
import dev.cocolab.node.KubeletTls;
import dev.cocolab.node.cluster.ReviewedCallers;
import dev.cocolab.operators.WorkloadControllers;
import dev.cocolab.operators.WorkloadControllers.Part;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Somebody else's cluster, joined as its only node: a bare API server with or without a
 * kube-controller-manager. Everybody gets certificates through the CSR API, which the administrator
 * approves. Any number of labs may work on it, one after the other; each finds it empty. Closing
 * takes back everything that joining and the labs have made.
 *
 * <p>What an earlier lab left that was killed is cleaned away first. Nothing that no lab made, or
 * that nothing shows a lab to have made, is touched; where it is in the way the cluster is not
 * joined.
 */
public final class JoinedCluster implements AutoCloseable {
  private static final Duration SIGNING = Duration.ofSeconds(20);

  private final Machine machine;
  private final Config config;
  private final Consumer<String> progress;
  private final OpenParts open = new OpenParts();
  private final URI url;
  private final String authorityPem;
  private final KubernetesClient admin;
  private final Belongings belongings;
  private final CertificateRequests requests;
  private final Map<Persona, Access> personas = new EnumMap<>(Persona.class);
  private final Map<String, Access> parts = new ConcurrentHashMap<>();
  private final AtomicBoolean inUse = new AtomicBoolean();
  private KubernetesClient scheduler;

  private JoinedCluster(
      Machine machine, Config config, Duration signing, Consumer<String> progress) {
    this.machine = machine;
    this.config = AdminConnection.impatient(config);
    this.progress = progress;
    this.url = AdminConnection.url(config);
    this.authorityPem = AdminConnection.authorityPem(config);
    this.admin =
        new KubernetesClientBuilder()
            .withConfig(this.config)
            .withHttpClientFactory(machine.clusterHttp())
            .withKubernetesSerialization(machine.clusterObjects())
            .build();
    this.belongings = new Belongings(admin);
    this.requests = new CertificateRequests(admin, machine.random(), signing);
  }

  /**
   * Joins the cluster of a kubeconfig's current context, and runs those controllers there that it
   * lacks, as {@link OtherControllers} finds out.
   *
   * @param kubeconfig of a cluster administrator
   * @param progress told what takes long
   * @throws LabException KUBECONFIG_UNUSABLE, CLUSTER_UNREACHABLE, CLUSTER_REFUSES,
   *     CLUSTER_FOREIGN, CLUSTER_IN_USE or CLUSTER_UNFIT; nothing is left on the cluster then
   */
  public static JoinedCluster join(Machine machine, Path kubeconfig, Consumer<String> progress) {
    return join(machine, AdminConnection.read(kubeconfig), Optional.empty(), progress);
  }

  /**
   * As the other one.
   *
   * @param controllers which to run there, whatever the cluster has; empty: find out
   */
  public static JoinedCluster join(
      Machine machine, Config admin, Optional<Set<Part>> controllers, Consumer<String> progress) {
    return join(machine, admin, controllers, SIGNING, progress);
  }

  /** With a limit of its own for each signature. */
  static JoinedCluster join(
      Machine machine,
      Config admin,
      Optional<Set<Part>> controllers,
      Duration signing,
      Consumer<String> progress) {
    Objects.requireNonNull(controllers, "controllers");
    JoinedCluster cluster = new JoinedCluster(machine, admin, signing, progress);
    try {
      cluster.join(controllers);
      return cluster;
    } catch (RuntimeException e) {
      cluster.open.close();
      throw e;
    }
  }

  private void join(Optional<Set<Part>> controllers) {
    open.own(admin);
    AdminConnection.requireAdmin(admin);
    try {
      JoinLease lease = open.own(JoinLease.take(admin, machine.clock()));
      belongings.refuseForeign();
      belongings.claimDefault();
      open.own(belongings::removeOthers);
      AccessSetup access = new AccessSetup(admin, Marker.labels());
      access.joined();
      Set<Part> lacking = controllers.orElseGet(this::lacking);
      if (!lacking.isEmpty()) {
        access.controllers();
        open.own(
            WorkloadControllers.start(
                client(AccessSetup.CONTROLLERS, AccessSetup.PARTS), lacking, machine.clock()));
      }
      belongings.awaitDying();
      belongings.clearRemains(lease);
      open.own(
          () -> {
            belongings.empty();
            belongings.removeNamespaces();
          });
      belongings.forgetEvents();
      for (Persona persona : Persona.values()) {
        personas.put(persona, sign(persona));
      }
      scheduler = client(AccessSetup.SCHEDULER, AccessSetup.PARTS);
      if (!authorizesNodes()) {
        access.joinedNode();
      }
    } catch (KubernetesClientException e) {
      throw new LabException(
          Reason.CLUSTER_UNFIT, "cannot join %s: %s".formatted(url, e.getMessage()), e);
    }
  }

  private Set<Part> lacking() {
    return OtherControllers.isPresent(admin, machine.clock())
        ? Set.of()
        : EnumSet.allOf(Part.class);
  }

  /** The group of masters is for nobody who asks for a certificate. */
  private Access sign(Persona persona) {
    String group = persona == Persona.ADMIN ? AccessSetup.ADMINS : persona.group();
    return new Access(
        persona.user(), sign(persona.user(), group, Signer.CLIENT), persona.namespace());
  }

  private Identity sign(String user, String group, Signer signer) {
    progress.accept("waiting for the certificate of " + user);
    return requests.obtain(
        admin, user, CertificateRequest.client(user, group, machine.random()), signer);
  }

  /** Whether a node may do what nodes do without a rule that says so. */
  private boolean authorizesNodes() {
    return Boolean.TRUE.equals(
        admin
            .authorization()
            .v1()
            .subjectAccessReview()
            .create(
                new SubjectAccessReviewBuilder()
                    .withNewSpec()
                    .withUser(AccessSetup.NODE)
                    .withGroups(AccessSetup.NODES, "system:authenticated")
                    .withNewResourceAttributes()
                    .withVerb("create")
                    .withResource("nodes")
                    .endResourceAttributes()
                    .endSpec()
                    .build())
            .getStatus()
            .getAllowed());
  }

  private KubernetesClient client(String user, String group) {
    return open.own(LabServers.client(machine, url, authorityPem, part(user, group)));
  }

  /** Lets a lab work here. */
  LabCluster enter() {
    if (!inUse.compareAndSet(false, true)) {
      throw new LabException(
          Reason.CLUSTER_IN_USE, "a lab works on %s already; close it first".formatted(url));
    }
    return new JoinedLabCluster(this);
  }

  void empty() {
    belongings.empty();
  }

  void leave() {
    belongings.forgetEvents();
    inUse.set(false);
  }

  /** Base URL of the API server. */
  public URI url() {
    return url;
  }

  String authorityPem() {
    return authorityPem;
  }

  Map<String, String> marks() {
    return Marker.labels();
  }

  KubernetesClient admin() {
    return admin;
  }

  KubernetesClient scheduler() {
    return scheduler;
  }

  Access persona(Persona persona) {
    return personas.get(persona);
  }

  Access part(String user, String group) {
    return parts.computeIfAbsent(
        user,
        who ->
            new Access(
                who,
                sign(
                    who,
                    group,
                    group.equals(AccessSetup.NODES) ? Signer.KUBELET_CLIENT : Signer.CLIENT),
                "default"));
  }

  /**
   * A kubelet's endpoint that serves whom the cluster lets ask nodes. The API server's own
   * certificate is signed by the authority that it publishes for those who stand behind it.
   */
  KubeletTls kubelet(InetAddress address, KubernetesClient node) {
    Identity serving =
        requests.obtain(
            node,
            "kubelet",
            CertificateRequest.server(
                AccessSetup.NODE,
                AccessSetup.NODES,
                List.of(Names.NODE),
                List.of(address.getHostAddress()),
                machine.random()),
            Signer.KUBELET_SERVING);
    ConfigMap published =
        admin
            .configMaps()
            .inNamespace("kube-system")
            .withName("extension-apiserver-authentication")
            .get();
    String clients = published == null ? null : published.getData().get("client-ca-file");
    if (clients == null) {
      throw new LabException(
          Reason.CLUSTER_UNFIT,
          "%s does not say which authority signs its clients (ConfigMap kube-system/extension-apiserver-authentication, client-ca-file); start it with --client-ca-file"
              .formatted(url));
    }
    return new KubeletTls(
        serving.certificatePem(),
        serving.keyPem(),
        clients,
        new ReviewedCallers(node, Names.NODE, machine.vertx(), machine.clock()));
  }

  /**
   * Takes everything back.
   *
   * @throws LabException NOT_READY when the cluster does not end the namespaces in time; the next
   *     one who joins cleans up
   */
  @Override
  public void close() {
    open.close();
  }

  /** Never credentials. */
  @Override
  public String toString() {
    return "JoinedCluster[" + url + "]";
  }
}
