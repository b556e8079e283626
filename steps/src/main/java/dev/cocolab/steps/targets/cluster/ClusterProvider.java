package dev.cocolab.steps.targets.cluster;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.steps.persona.ClusterAdmin;
import dev.cocolab.steps.persona.Namespaces;
import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.Target;
import dev.cocolab.steps.targets.TargetProvider;
import dev.cocolab.steps.targets.Timeouts;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathBuilderException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scenarios on a cluster that is there and stays: personas act through Kubernetes objects, and what
 * a scenario changed is put back after it. One scenario at a time.
 */
public final class ClusterProvider implements TargetProvider {
  /** Name for {@code --target}. */
  public static final String NAME = "cluster";

  /** How a node says that it is one of CoCoLab's, whose hardware is emulated. */
  private static final String EMULATED_NODE = "CoCoLab";

  private static final int SLOWER = 10;
  private static final long LARGEST_KUBECONFIG = 1L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(ClusterProvider.class);

  private final String name;
  private final ClusterClients clients;
  private final ClusterParts parts;
  private final Set<Capability> capabilities;
  private final AtomicReference<ClusterState> changed = new AtomicReference<>();
  private final Thread hook = new Thread(() -> giveBack(), "cocolab-cluster-restore");

  private ClusterProvider(
      String name, ClusterClients clients, ClusterParts parts, Set<Capability> capabilities) {
    this.name = name;
    this.clients = clients;
    this.parts = parts;
    this.capabilities = Set.copyOf(capabilities);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * A cluster by the file that was named for the run.
   *
   * @throws CliException USAGE without a file that can be read, UNREACHABLE when the cluster does
   *     not answer, UNFIT when it lacks what scenarios need
   */
  public static ClusterProvider open(Optional<Path> kubeconfig) {
    Path file =
        kubeconfig.orElseThrow(
            () ->
                new CliException(
                    ExitCode.USAGE,
                    "the target '%s' needs a cluster: name its kubeconfig with --kubeconfig or in"
                            .formatted(NAME)
                        + " KUBECONFIG"));
    return of(NAME, read(file), ClusterParts.none());
  }

  /**
   * A cluster with parts beside Kubernetes, under the name of another target.
   *
   * @param kubeconfig YAML text without paths of files
   */
  public static ClusterProvider of(String name, String kubeconfig, ClusterParts parts) {
    return of(name, new KubeconfigText(kubeconfig), parts);
  }

  private static ClusterProvider of(String name, KubeconfigText kubeconfig, ClusterParts parts) {
    ClusterClients clients = new ClusterClients(kubeconfig);
    boolean fit = false;
    try {
      Set<Capability> offered = new HashSet<>(parts.capabilities());
      clients
          .silence()
          .ifPresent(
              e -> {
                throw noAnswer(clients.current(), e);
              });
      if (look(clients.current())) {
        offered.add(Capability.REAL_TEE);
      }
      ClusterProvider provider = new ClusterProvider(name, clients, parts, offered);
      fit = true;
      return provider;
    } finally {
      if (!fit) {
        clients.close();
      }
    }
  }

  private static KubeconfigText read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new CliException(
          ExitCode.USAGE,
          "the kubeconfig %s cannot be read: %s"
              .formatted(
                  file, Files.exists(file) ? "it is no regular file" : "there is no such file"));
    }
    try {
      if (Files.size(file) > LARGEST_KUBECONFIG) {
        throw new CliException(ExitCode.USAGE, file + " is larger than 1 MiB, so no kubeconfig");
      }
      return KubeconfigText.of(
          Files.readString(file), Objects.requireNonNull(file.toAbsolutePath().getParent()));
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, "%s: %s".formatted(file, e.getMessage()), e);
    } catch (CharacterCodingException e) {
      throw new CliException(ExitCode.USAGE, file + ": it is no kubeconfig", e);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE, "the kubeconfig %s cannot be read; may you read it?".formatted(file), e);
    }
  }

  /** Whether the hardware is real. */
  private static boolean look(KubernetesClient client) {
    try {
      List<String> missing = new ArrayList<>();
      if (client.runtimeClasses().withName("kata-remote").get() == null) {
        missing.add("the RuntimeClass kata-remote");
      }
      if (client
              .configMaps()
              .inNamespace(Namespaces.SANDBOXED_CONTAINERS)
              .withName("peer-pods-cm")
              .get()
          == null) {
        missing.add("peer-pods-cm in " + Namespaces.SANDBOXED_CONTAINERS);
      }
      if (client
              .apps()
              .deployments()
              .inNamespace(Namespaces.TRUSTEE)
              .withName("trustee-deployment")
              .get()
          == null) {
        missing.add("trustee-deployment in " + Namespaces.TRUSTEE);
      }
      if (!missing.isEmpty()) {
        throw new CliException(
            ExitCode.UNFIT,
            "the cluster at %s lacks %s; the workshop's set-up chapters make them"
                .formatted(client.getMasterUrl(), String.join(", ", missing)));
      }
      requireNoLeftovers(client);
      List<Node> nodes = client.nodes().list().getItems();
      return !nodes.isEmpty()
          && nodes.stream()
              .map(node -> String.valueOf(node.getStatus().getNodeInfo().getOsImage()))
              .noneMatch(image -> image.startsWith(EMULATED_NODE));
    } catch (KubernetesClientException e) {
      throw noAnswer(client, e);
    }
  }

  private static CliException noAnswer(KubernetesClient client, KubernetesClientException e) {
    return new CliException(
        ExitCode.UNREACHABLE,
        "the cluster at %s does not answer as it should: %s"
            .formatted(client.getMasterUrl(), reason(e)),
        e);
  }

  /** A run that was killed could not put back what it had changed; a person must look at it. */
  private static void requireNoLeftovers(KubernetesClient client) {
    List<HasMetadata> suspects = new ArrayList<>();
    suspects.addAll(client.pods().inNamespace(Namespaces.WORKLOAD).list().getItems());
    suspects.addAll(client.secrets().inNamespace(Namespaces.WORKLOAD).list().getItems());
    suspects.addAll(client.secrets().inNamespace(Namespaces.TRUSTEE).list().getItems());
    List<String> left =
        suspects.stream()
            .filter(ClusterClients::isOfARun)
            .map(
                one ->
                    "%s %s in %s"
                        .formatted(
                            one.getKind(),
                            one.getMetadata().getName(),
                            one.getMetadata().getNamespace()))
            .toList();
    if (!left.isEmpty()) {
      throw new CliException(
          ExitCode.UNFIT,
          "the cluster at %s holds what another run made, which goes on or was killed: %s; delete it, and look"
                  .formatted(client.getMasterUrl(), String.join(", ", left))
              + " whether peer-pods-cm, kbsSecretResources and the reference values are as they should be");
    }
  }

  private static String reason(KubernetesClientException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof CertPathBuilderException) {
      return "no authority that the kubeconfig names made its certificate; name the right one in"
          + " certificate-authority-data";
    }
    return cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException
        ? "there is no host of this name"
        : String.valueOf(cause.getMessage());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<Capability> capabilities() {
    return capabilities;
  }

  /** Whether the personas of this provider made an object, or somebody else did. */
  public boolean made(HasMetadata object) {
    return clients.made(object);
  }

  /** Why the API server cannot be asked, as a sentence; empty when it answers. */
  public Optional<String> unreachable() {
    return clients.unreachable();
  }

  @Override
  public Target open() {
    Timeouts timeouts = Timeouts.times(SLOWER);
    ClusterState before = ClusterState.take(clients, timeouts);
    changed.set(before);
    ClusterAdmin admin = new ClusterAdmin(clients.clusterAdmin(), timeouts);
    return new Target(
        name,
        clients,
        new ClusterTrustee(admin::clusterInitdata),
        parts.podVms(),
        parts.registry(),
        parts.blobs(),
        parts.keyServers(),
        timeouts,
        capabilities,
        () -> giveBack(before));
  }

  /** One at a time: who ends the program while this is under way must not cut it off. */
  private synchronized void giveBack(ClusterState before) {
    if (changed.get() == before) {
      before.restore();
      changed.set(null);
    }
  }

  /**
   * Puts back what the scenario that is under way has changed, if one is; when it returns, nobody
   * does so any more. Done, too, when somebody ends the program in the middle of a scenario.
   */
  public void giveBack() {
    Optional.ofNullable(changed.get()).ifPresent(this::giveBack);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      LOG.debug("the program ends, so its hook runs");
      return;
    }
    clients.close();
  }
}
