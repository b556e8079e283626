package dev.cocolab.lab;

import dev.cocolab.broker.AttestationJournal;
import dev.cocolab.lab.access.Kubeconfig;
import dev.cocolab.lab.explain.Explanations;
import dev.cocolab.lab.remote.PlainKeyServer;
import dev.cocolab.node.PodVmInventory;
import dev.cocolab.protocol.Profile;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One emulated confidential cluster with everything around it: API server, node, controllers,
 * Trustee, registry, blob storage, and the plain key server of the traditional comparison. Several
 * labs can live in one JVM; they share a {@link Machine} and nothing else.
 *
 * <pre>{@code
 * try (Machine machine = Machine.open(home, System.getenv(), System.err::println);
 *     Lab lab = Lab.builder(machine).start()) {
 *   KubernetesClient admin = lab.client(Persona.ADMIN);
 *   ...
 * }
 * }</pre>
 */
public final class Lab implements AutoCloseable {
  private final LabParts parts;

  private Lab(LabParts parts) {
    this.parts = parts;
  }

  public static Builder builder(Machine machine) {
    return new Builder(machine);
  }

  /** Options of a lab, each with a default. */
  public static final class Builder {
    private final Machine machine;
    private String name = "default";
    private InetAddress apiAddress = InetAddress.getLoopbackAddress();
    private int apiPort;
    private Profile profile = Profile.redhat12();
    private LabWiring wiring = LabWiring.regular();
    private Optional<Path> data = Optional.empty();
    private Optional<JoinedCluster> joined = Optional.empty();
    private Consumer<String> progress = line -> {};

    private Builder(Machine machine) {
      this.machine = Objects.requireNonNull(machine, "machine");
    }

    /** Name of the lab, used for the cluster's name in the kubeconfig. */
    public Builder name(String chosen) {
      this.name = Objects.requireNonNull(chosen, "chosen");
      return this;
    }

    /**
     * Where the API server listens; the loopback address unless told otherwise. Clients on this
     * machine use the loopback address also when it is the wildcard address.
     */
    public Builder apiAddress(InetAddress address) {
      this.apiAddress = Objects.requireNonNull(address, "address");
      return this;
    }

    /** TCP port of the API server; 0, the default, for any free one. */
    public Builder apiPort(int port) {
      this.apiPort = port;
      return this;
    }

    /** The release that is emulated; {@link Profile#redhat12()} unless told otherwise. */
    public Builder profile(Profile chosen) {
      this.profile = Objects.requireNonNull(chosen, "chosen");
      return this;
    }

    /** Exchanges parts. */
    public Builder wiring(LabWiring chosen) {
      this.wiring = Objects.requireNonNull(chosen, "chosen");
      return this;
    }

    /**
     * Folder (0700, made where missing) in which the cluster outlives the lab: a lab that is
     * started with it later goes on where this one ended, however it ended. Without one, everything
     * is in memory. One lab at a time; it fits only the home folder that it was made with.
     */
    public Builder data(Path folder) {
      this.data = Optional.of(folder);
      return this;
    }

    /**
     * A cluster that was joined, on which the lab works instead of an API server of its own. One
     * lab at a time; address, port and data folder do not apply.
     */
    public Builder joining(JoinedCluster cluster) {
      this.joined = Optional.of(cluster);
      return this;
    }

    /** Receives a line when something takes long enough for a person to wonder. */
    public Builder progress(Consumer<String> lines) {
      this.progress = Objects.requireNonNull(lines, "lines");
      return this;
    }

    /**
     * Starts the lab; returns when the API server answers, the node is Ready and Trustee is 1/1.
     *
     * @throws LabException when it cannot start here, its data folder is refused, or it does not
     *     become ready in time
     */
    public Lab start() {
      if (joined.isPresent() && data.isPresent()) {
        throw new IllegalStateException(
            "a joined cluster keeps its own objects, not a data folder");
      }
      return new Lab(
          LabParts.start(
              machine,
              new LabOptions(name, apiAddress, apiPort, profile, wiring, data, joined, progress)));
    }
  }

  /** Base URL of the API server. */
  public URI apiUrl() {
    return parts.apiUrl();
  }

  /** Folder in which the cluster outlives this lab. */
  public Optional<Path> data() {
    return parts.data();
  }

  /** Base URL of Trustee as reached from this machine; its certificate names 127.0.0.1. */
  public URI trusteeUrl() {
    return parts.trusteeUrl();
  }

  /** Base URL of Trustee as guests are told. */
  public String trusteeUrlForGuests() {
    return parts.trusteeUrlForGuests();
  }

  /** PEM certificate of Trustee's server, as it was when the lab started. */
  public String trusteeCertificate() {
    return parts.trusteeCertificate();
  }

  /** {@code cosign.pub}: PEM text of the key that the workshop's images are signed with. */
  public String cosignPublicKey() {
    return parts.cosignPublicKey();
  }

  /**
   * A registry auth file that opens the private repository, JSON. A secret: not for logs, reports
   * or the untrusted cluster.
   */
  public String pullSecret() {
    return parts.pullSecret();
  }

  /**
   * A client with a persona's identity; it is closed with the lab. It speaks TLS 1.2, of which any
   * number of connections at once resume one session in JDK 17.
   */
  public KubernetesClient client(Persona persona) {
    return parts.client(persona);
  }

  /** All personas' contexts, the cluster admin's first. */
  public Kubeconfig kubeconfig() {
    return parts.kubeconfig();
  }

  /** Writes the kubeconfig with mode 0600. */
  public void writeKubeconfig(Path file) {
    kubeconfig().write(file);
  }

  /** What Trustee appraised and answered. */
  public AttestationJournal journal() {
    return parts.journal();
  }

  public PodVmInventory podVms() {
    return parts.podVms();
  }

  /** Why Trustee gave what it gave. */
  public Explanations explanations() {
    return new Explanations(parts.journal(), parts.podVms());
  }

  /** What the guests have logged, the last 2,000 lines, oldest first. It holds no secret. */
  public List<String> guestLog() {
    return parts.guestLog().lines();
  }

  /** The storage account that the workload's defaults reach. */
  public DatasetStorage datasets() {
    return parts.datasets();
  }

  public PlainKeyServer keyServer() {
    return parts.keyServer();
  }

  /** How long each phase of the start took, in order. */
  public Map<String, Duration> startPhases() {
    return parts.phases();
  }

  /** Stops everything; no process, mount or port is left. */
  @Override
  public void close() {
    parts.close();
  }
}
