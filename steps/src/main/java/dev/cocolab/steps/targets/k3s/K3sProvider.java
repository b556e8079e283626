package dev.cocolab.steps.targets.k3s;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.lab.LabException;
import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.Target;
import dev.cocolab.steps.targets.TargetProvider;
import dev.cocolab.steps.targets.Targets;
import dev.cocolab.steps.targets.emulator.JoinedProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.utility.DockerImageName;

/** Starts a k3s server for a run, and joins it. */
public final class K3sProvider implements TargetProvider {
  /** Name of the target. */
  public static final String NAME = "k3s";

  /** Environment variable that names another image. */
  static final String IMAGE_VARIABLE = "COCOLAB_K3S_IMAGE";

  private static final String STAND_IN = "k3s glue (stand-in image)";
  private static final String IMAGE = "rancher/k3s:v1.32.4-k3s1";
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration PULL = Duration.ofMinutes(5);

  private static final Logger LOG = LoggerFactory.getLogger(K3sProvider.class);

  private final K3sServer server;
  private final K3sKubeconfig kubeconfig;
  private final JoinedProvider joined;

  /** Testcontainers ends the server with the process; its key goes with it. */
  private final Thread hook;

  private K3sProvider(K3sServer server, K3sKubeconfig kubeconfig, JoinedProvider joined) {
    this.server = server;
    this.kubeconfig = kubeconfig;
    this.joined = joined;
    this.hook = new Thread(kubeconfig::delete, "cocolab-k3s-kubeconfig");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Starts the server and joins it.
   *
   * @throws CliException UNFIT without Docker, without the image, or when the server does not
   *     become usable; the message names the remedy
   */
  public static K3sProvider open(Targets.Place place, Map<String, String> environment) {
    K3sKubeconfig.clearStale(place.home());
    requireDocker(environment);
    removeOrphans(DockerClientFactory.instance().client());
    String image =
        Optional.ofNullable(environment.get(IMAGE_VARIABLE))
            .filter(text -> !text.isBlank())
            .orElse(IMAGE);
    place.progress().accept("starting " + image);
    K3sServer server = new K3sServer(parse(image), K3sServer.freePort(), PATIENCE);
    K3sKubeconfig kubeconfig = K3sKubeconfig.of(place.home(), server.port());
    boolean complete = false;
    try {
      requireImage(image, place.progress());
      start(server, image);
      kubeconfig.write(server.getKubeConfigYaml());
      K3sProvider provider =
          new K3sProvider(
              server,
              kubeconfig,
              JoinedProvider.open(
                  new Targets.Place(
                      place.home(), place.progress(), Optional.of(kubeconfig.file()))));
      complete = true;
      return provider;
    } catch (LabException e) {
      throw new CliException(
          ExitCode.UNFIT,
          "the k3s server from %s cannot be joined: %s".formatted(image, e.getMessage()),
          e);
    } finally {
      if (!complete) {
        discard(server, kubeconfig);
      }
    }
  }

  private static void requireDocker(Map<String, String> environment) {
    DockerClientFactory engines = DockerClientFactory.instance();
    NamedEngine.require(
        environment,
        engines.isDockerAvailable()
            ? Optional.of(engines.getTransportConfig().getDockerHost())
            : Optional.empty());
  }

  private static DockerImageName parse(String image) {
    try {
      DockerImageName name = DockerImageName.parse(image);
      name.assertValid();
      return name;
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCode.USAGE, "%s '%s' names no image".formatted(IMAGE_VARIABLE, image), e);
    }
  }

  /** Looks for the image here, and pulls it otherwise, for a bounded time. */
  private static void requireImage(String image, Consumer<String> progress) {
    DockerClient docker = DockerClientFactory.instance().client();
    try {
      docker.inspectImageCmd(image).exec();
      return;
    } catch (NotFoundException absent) {
      progress.accept("pulling " + image);
    }
    try (PullImageResultCallback pull = new PullImageResultCallback()) {
      docker.pullImageCmd(image).exec(pull);
      if (pull.awaitCompletion(PULL.toSeconds(), TimeUnit.SECONDS)) {
        docker.inspectImageCmd(image).exec();
        return;
      }
      throw withoutImage(image, "the pull takes longer than %d s".formatted(PULL.toSeconds()));
    } catch (DockerException | IOException e) {
      throw withoutImage(image, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.INTERRUPTED, "interrupted while pulling " + image, e);
    }
  }

  private static CliException withoutImage(String image, String reason) {
    return new CliException(
        ExitCode.UNFIT,
        "the image %s is not here and cannot be pulled (%s): load it with 'docker load', or name another in %s"
            .formatted(image, reason, IMAGE_VARIABLE));
  }

  private static void start(K3sServer server, String image) {
    try {
      server.start();
    } catch (ContainerLaunchException | ContainerFetchException e) {
      throw new CliException(
          ExitCode.UNFIT, "the k3s server from %s does not start: %s".formatted(image, last(e)), e);
    }
  }

  private static String last(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause.getCause() instanceof InterruptedException)) {
      if (String.valueOf(cause.getMessage()).startsWith("after ")) {
        break;
      }
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason was given");
  }

  /** Those whose process has ended: it was killed and could not take its server along. */
  private static void removeOrphans(DockerClient docker) {
    List<Container> left =
        docker
            .listContainersCmd()
            .withShowAll(true)
            .withLabelFilter(List.of(K3sServer.OWNER))
            .exec();
    for (Container container : left) {
      if (K3sServer.isOrphan(container.getLabels().get(K3sServer.OWNER))) {
        try {
          docker
              .removeContainerCmd(container.getId())
              .withForce(true)
              .withRemoveVolumes(true)
              .exec();
        } catch (NotFoundException gone) {
          // Another run was faster.
        }
      }
    }
  }

  private static void discard(K3sServer server, K3sKubeconfig kubeconfig) {
    server.stop();
    kubeconfig.delete();
  }

  /** With another API server in the image, what runs is not k3s, and the report says so. */
  @Override
  public String name() {
    return server.isK3s() ? NAME : STAND_IN;
  }

  @Override
  public Set<Capability> capabilities() {
    return joined.capabilities();
  }

  @Override
  public Target open() {
    Target target = Objects.requireNonNull(joined.open(), "target");
    return new Target(
        name(),
        target.clients(),
        target.trustee(),
        target.podVms(),
        target.registry(),
        target.blobs(),
        target.keyServers(),
        target.timeouts(),
        target.capabilities(),
        target::close);
  }

  @Override
  public void close() {
    try {
      joined.close();
    } finally {
      discard(server, kubeconfig);
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException ending) {
        LOG.debug("the program ends, so its hook runs");
      }
    }
  }
}
