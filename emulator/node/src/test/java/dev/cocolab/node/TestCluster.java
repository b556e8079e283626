package dev.cocolab.node;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.apiserver.ApiServer;
import dev.cocolab.apiserver.ApiServerOptions;
import dev.cocolab.apiserver.KubeletAccess;
import dev.cocolab.apiserver.PemIdentity;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.guest.GuestSurroundings;
import dev.cocolab.image.HostResolver;
import dev.cocolab.image.ImageReference;
import dev.cocolab.image.ImageStore;
import dev.cocolab.image.RegistryClient;
import dev.cocolab.image.RegistryServer;
import dev.cocolab.image.ServerIdentity;
import dev.cocolab.node.volume.FileTrees;
import dev.cocolab.protocol.Profile;
import dev.cocolab.sandbox.ProbeFacts;
import dev.cocolab.sandbox.SandboxHost;
import dev.cocolab.sandbox.Unfit;
import dev.cocolab.tee.PlatformAuthority;
import dev.cocolab.tee.RsaKeyPool;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClassBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** API server, registry and node in one JVM. */
final class TestCluster implements AutoCloseable {
  static final String IMAGE = "quay.io/lab/tools:1";
  static final String RESIDENT = "quay.io/lab/resident";
  static final String TOKEN = "administrator-of-a-test";
  private static final AtomicInteger NUMBER = new AtomicInteger(10);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  final Map<String, ResidentProgram> residents = new ConcurrentHashMap<>();

  /** What the components in pod VMs said. */
  final List<String> guestLog = new CopyOnWriteArrayList<>();

  final Path base;
  final KubernetesClient client;
  final RegistryServer registry;
  private final InetAddress address;
  final PemIdentity identity;
  private final X509Certificate certificate;
  final Vertx vertx = Vertx.vertx();
  final SandboxHost sandboxes;
  final ImageStore images;
  private final PlatformAuthority platform;
  private final RsaKeyPool keys;
  Node node;

  TestCluster() throws Exception {
    base = Files.createTempDirectory("nod");
    Optional<Unfit> unfit = SandboxHost.probe(ProbeFacts.gather(base));
    assumeTrue(unfit.isEmpty(), () -> unfit.orElseThrow().sentence());
    address = InetAddress.getByName("127.91." + NUMBER.getAndIncrement() + ".1");
    identity = identity(base, address.getHostAddress());
    certificate = certificate(identity.certificatePem());
    ApiServer server =
        ApiServer.start(
            ApiServerOptions.builder(vertx, identity)
                .bind(address)
                .clientCa(identity.certificatePem())
                .token(TOKEN, User.of("admin", User.MASTERS))
                .kubelet(new KubeletAccess(identity, identity.certificatePem()))
                .build());
    parts.push(server);
    client = client(server);
    parts.push(client);
    registry =
        RegistryServer.start(
            vertx,
            address,
            Optional.of(new ServerIdentity(identity.keyPem(), identity.certificatePem())));
    parts.push(registry);
    registry.load(TestImage.build(base.resolve("image")), ImageReference.parse(IMAGE));
    sandboxes = SandboxHost.open(base.resolve("state"), base.resolve("run"));
    parts.push(sandboxes);
    images = ImageStore.open(base.resolve("images"));
    parts.push(images);
    platform =
        PlatformAuthority.open(
            Path.of("target", "platform"), new SecureRandom(), Clock.systemUTC());
    keys = RsaKeyPool.start(2, new SecureRandom());
    parts.push(keys);
    client
        .resource(
            new RuntimeClassBuilder()
                .withNewMetadata()
                .withName("kata-remote")
                .endMetadata()
                .withHandler("kata-remote")
                .build())
        .create();
    startNode();
  }

  void startNode() {
    InetSocketAddress nobody = new InetSocketAddress(address, 1);
    HostResolver hosts = (host, port) -> host.equals("broker.test") ? nobody : registry.address();
    node =
        Node.start(
            NodeOptions.builder(client, "worker-0")
                .address(address)
                .kubelet(
                    0,
                    new KubeletTls(
                        identity.certificatePem(),
                        identity.keyPem(),
                        identity.certificatePem(),
                        KubeletCallers.only("test")))
                .resident(RESIDENT, context -> residents.get(RESIDENT).start(context))
                .outgoing("registry.test", HostTarget.of(443, registry.address()))
                .sandboxes(sandboxes)
                .images(images, RegistryClient.Options.https(vertx, hosts, List.of(certificate)))
                .hardware(platform, keys)
                .guest(
                    new GuestSurroundings(
                        vertx,
                        hosts,
                        List.of(certificate),
                        images,
                        Clock.systemUTC(),
                        new SecureRandom(),
                        Profile.redhat12(),
                        guestLog::add))
                .vertx(vertx)
                .stateDir(base.resolve("node"))
                .build());
  }

  /** For pulls past the node. */
  RegistryClient.Options registryOptions() {
    return RegistryClient.Options.https(
        vertx, (host, port) -> registry.address(), List.of(certificate));
  }

  private KubernetesClient client(ApiServer server) {
    String ca =
        Base64.getEncoder()
            .encodeToString(identity.certificatePem().getBytes(StandardCharsets.US_ASCII));
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(server.url().toString())
            .withCaCertData(ca)
            .withOauthToken(TOKEN)
            .withNamespace("default")
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  /** Creates a pod from YAML and waits until it is as asked for. */
  Pod apply(String yaml, Predicate<Pod> condition) {
    Pod created =
        client
            .pods()
            .inNamespace("default")
            .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
            .create();
    return await(created.getMetadata().getName(), condition);
  }

  Pod await(String name, Predicate<Pod> condition) {
    return Awaitility.await("pod " + name)
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> client.pods().inNamespace("default").withName(name).get(),
            pod -> pod != null && condition.test(pod));
  }

  void awaitGone(String name) {
    Awaitility.await("end of pod " + name)
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> client.pods().inNamespace("default").withName(name).get() == null);
  }

  String nodeAddress() {
    return address.getHostAddress();
  }

  String logs(String pod, String container) {
    return client.pods().inNamespace("default").withName(pod).inContainer(container).getLog();
  }

  List<String> events(String pod) {
    return client.v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> pod.equals(event.getInvolvedObject().getName()))
        .map(TestCluster::line)
        .toList();
  }

  void awaitEvent(String pod, String text) {
    Awaitility.await("event " + text)
        .atMost(Duration.ofSeconds(20))
        .until(() -> events(pod), lines -> lines.stream().anyMatch(line -> line.contains(text)));
  }

  private static String line(Event event) {
    return event.getType() + " " + event.getReason() + " " + event.getMessage();
  }

  private static PemIdentity identity(Path directory, String ip)
      throws IOException, InterruptedException {
    Path key = directory.resolve("key.pem");
    Path pem = directory.resolve("cert.pem");
    TestImage.run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=test",
        "-addext",
        "subjectAltName=IP:" + ip + ",DNS:quay.io,DNS:localhost",
        "-keyout",
        key.toString(),
        "-out",
        pem.toString());
    return new PemIdentity(Files.readString(pem), Files.readString(key));
  }

  private static X509Certificate certificate(String pem) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  @Override
  public void close() {
    node.close();
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("the test cluster does not close", e);
      }
    }
    vertx.close().toCompletionStage().toCompletableFuture().join();
    FileTrees.delete(base);
  }
}
