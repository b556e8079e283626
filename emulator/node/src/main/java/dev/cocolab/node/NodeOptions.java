package dev.cocolab.node;

import dev.cocolab.guest.GuestSurroundings;
import dev.cocolab.image.ImageStore;
import dev.cocolab.image.RegistryClient;
import dev.cocolab.sandbox.SandboxHost;
import dev.cocolab.tee.BootImage;
import dev.cocolab.tee.PlatformAuthority;
import dev.cocolab.tee.RsaKeys;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * What a node is made of. Nothing of it is closed by the node.
 *
 * @param client of a user that may do what a kubelet does
 * @param scheduler of a user that may do what a scheduler does, with pods that have no node
 * @param registrar of a user that may give the node the labels that a node may not give itself
 * @param nodeName name of the Node object
 * @param nodeAddress loopback address 127.b.c.1; pods get addresses of the same /24
 * @param kubeletPort port of the kubelet's endpoint, 0 for any
 * @param kubeletTls identity of that endpoint
 * @param labels labels of the Node object beside the usual ones
 * @param residents programs in this JVM, by image repository such as {@code quay.io/ns/name}
 * @param outgoingNames host names that pods may reach, asked for at each connection; the set of
 *     names and ports is read once
 * @param sandboxes where containers run
 * @param images cache of unpacked images
 * @param registry how the worker pulls
 * @param platform emulated hardware
 * @param bootImage what pod VMs boot
 * @param rsaKeys keys for their vTPMs
 * @param guest what surrounds a guest
 * @param vertx for the endpoint and probes
 * @param stateDir private directory for volumes and logs
 * @param clock time of statuses and events
 * @param random for identifiers
 */
public record NodeOptions(
    KubernetesClient client,
    KubernetesClient scheduler,
    KubernetesClient registrar,
    String nodeName,
    InetAddress nodeAddress,
    int kubeletPort,
    KubeletTls kubeletTls,
    Map<String, String> labels,
    Map<String, ResidentProgram> residents,
    Map<String, Supplier<HostTarget>> outgoingNames,
    SandboxHost sandboxes,
    ImageStore images,
    RegistryClient.Options registry,
    PlatformAuthority platform,
    BootImage bootImage,
    RsaKeys rsaKeys,
    GuestSurroundings guest,
    Vertx vertx,
    Path stateDir,
    Clock clock,
    SecureRandom random) {

  /** Checks what is given. */
  public NodeOptions {
    Objects.requireNonNull(client, "client");
    Objects.requireNonNull(scheduler, "scheduler");
    Objects.requireNonNull(registrar, "registrar");
    Objects.requireNonNull(nodeName, "nodeName");
    Objects.requireNonNull(kubeletTls, "kubeletTls");
    labels = Map.copyOf(labels);
    residents = Map.copyOf(residents);
    outgoingNames = Map.copyOf(outgoingNames);
    Objects.requireNonNull(sandboxes, "sandboxes");
    Objects.requireNonNull(images, "images");
    Objects.requireNonNull(registry, "registry");
    Objects.requireNonNull(platform, "platform");
    Objects.requireNonNull(bootImage, "bootImage");
    Objects.requireNonNull(rsaKeys, "rsaKeys");
    Objects.requireNonNull(guest, "guest");
    Objects.requireNonNull(vertx, "vertx");
    Objects.requireNonNull(stateDir, "stateDir");
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(random, "random");
    if (!nodeAddress.isLoopbackAddress() || nodeAddress.getAddress().length != 4) {
      throw new IllegalArgumentException("not an IPv4 loopback address: " + nodeAddress);
    }
  }

  /** Collects options; those without a default must be set. */
  public static Builder builder(KubernetesClient client, String nodeName) {
    return new Builder(client, nodeName);
  }

  /** Collects options; not for use by several threads. */
  public static final class Builder {
    private final KubernetesClient client;
    private final String nodeName;
    private final Map<String, String> labels = new LinkedHashMap<>();
    private final Map<String, ResidentProgram> residents = new LinkedHashMap<>();
    private final Map<String, Supplier<HostTarget>> names = new LinkedHashMap<>();
    private KubernetesClient scheduler;
    private KubernetesClient registrar;
    private InetAddress address = InetAddress.getLoopbackAddress();
    private int port = 10250;
    private KubeletTls tls;
    private SandboxHost sandboxes;
    private ImageStore images;
    private RegistryClient.Options registry;
    private PlatformAuthority platform;
    private BootImage bootImage = BootImage.defaultPodVm();
    private RsaKeys rsaKeys;
    private GuestSurroundings guest;
    private Vertx vertx;
    private Path stateDir;
    private Clock clock = Clock.systemUTC();
    private SecureRandom random = new SecureRandom();

    private Builder(KubernetesClient client, String nodeName) {
      this.client = client;
      this.scheduler = client;
      this.registrar = client;
      this.nodeName = nodeName;
    }

    /** Identities of their own for what nodes do not do on a cluster with NodeRestriction. */
    public Builder beside(KubernetesClient pods, KubernetesClient labels) {
      this.scheduler = pods;
      this.registrar = labels;
      return this;
    }

    /** Loopback address 127.b.c.1 of the node. */
    public Builder address(InetAddress nodeAddress) {
      this.address = nodeAddress;
      return this;
    }

    /** The kubelet's endpoint; port 0 for any free one. */
    public Builder kubelet(int kubeletPort, KubeletTls identity) {
      this.port = kubeletPort;
      this.tls = identity;
      return this;
    }

    /** One more label of the Node object. */
    public Builder label(String key, String value) {
      labels.put(key, value);
      return this;
    }

    /** More labels of the Node object. */
    public Builder labels(Map<String, String> more) {
      labels.putAll(more);
      return this;
    }

    /** A program that stands in for an image. */
    public Builder resident(String imageRepository, ResidentProgram program) {
      residents.put(imageRepository, program);
      return this;
    }

    /** A name that pods may reach. */
    public Builder outgoing(String hostName, HostTarget target) {
      names.put(hostName, () -> target);
      return this;
    }

    /** A name that pods may reach, whose address may change; its ports may not. */
    public Builder outgoing(String hostName, Supplier<HostTarget> target) {
      names.put(hostName, target);
      return this;
    }

    /** Where containers run. */
    public Builder sandboxes(SandboxHost host) {
      this.sandboxes = host;
      return this;
    }

    /** Images and how the worker pulls them. */
    public Builder images(ImageStore store, RegistryClient.Options workerRegistry) {
      this.images = store;
      this.registry = workerRegistry;
      return this;
    }

    /** Emulated hardware, and keys for its vTPMs. */
    public Builder hardware(PlatformAuthority authority, RsaKeys keys) {
      this.platform = authority;
      this.rsaKeys = keys;
      return this;
    }

    /** What pod VMs boot, if not the default image. */
    public Builder bootImage(BootImage image) {
      this.bootImage = image;
      return this;
    }

    /** What surrounds guests. */
    public Builder guest(GuestSurroundings surroundings) {
      this.guest = surroundings;
      return this;
    }

    /** Event loops. */
    public Builder vertx(Vertx instance) {
      this.vertx = instance;
      return this;
    }

    /** Directory for volumes and logs. */
    public Builder stateDir(Path directory) {
      this.stateDir = directory;
      return this;
    }

    /** Time and randomness. */
    public Builder sources(Clock time, SecureRandom randomness) {
      this.clock = time;
      this.random = randomness;
      return this;
    }

    /** Throws {@link NullPointerException} naming what is missing. */
    public NodeOptions build() {
      return new NodeOptions(
          client, scheduler, registrar, nodeName, address, port, tls, labels, residents, names,
          sandboxes, images, registry, platform, bootImage, rsaKeys, guest, vertx, stateDir, clock,
          random);
    }
  }
}
