package dev.cocolab.cli.bench;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.lab.setup.Names;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of a load that is made by pods. */
final class ClusterOptions {
  private static final int MOST_WORKERS = 200;
  private static final int LONGEST_START = 3600;
  private static final String DEFAULT_WITHIN = "30";

  @Option(
      names = "--in-cluster",
      description = "With --url: make the load in pods, the workers of one indexed Job.")
  private boolean inCluster;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "With --in-cluster: how many workers; --clients is for each, --rate for all.")
  private Integer workers;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "With --in-cluster: the cluster (default: $KUBECONFIG).")
  private Path kubeconfig;

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "With --in-cluster: where the Job is made (default: the context's).")
  private String namespace;

  @Option(
      names = "--image",
      paramLabel = "IMAGE",
      description = {
        "With --in-cluster: an image that this project's Containerfile made.",
        "A lab needs none: there the worker is a program of the lab."
      })
  private String image;

  @Option(
      names = "--start-within",
      paramLabel = "S",
      defaultValue = DEFAULT_WITHIN,
      description =
          "With --in-cluster: when all workers begin to measure, seconds from now (default:"
              + " ${DEFAULT-VALUE}).")
  private int startWithin;

  boolean isWanted() {
    return inCluster;
  }

  int workers() {
    return workers == null ? 1 : workers;
  }

  String image() {
    return image == null ? Names.LOAD_IMAGE : image;
  }

  Duration startWithin() {
    return Duration.ofSeconds(startWithin);
  }

  Optional<String> namespace() {
    return Optional.ofNullable(namespace);
  }

  /**
   * Looks whether the options fit each other.
   *
   * @throws CliException USAGE
   */
  void requireFitting(boolean hasUrl) {
    if (!inCluster) {
      require(workers == null, "--workers needs --in-cluster");
      require(kubeconfig == null, "--kubeconfig needs --in-cluster");
      require(namespace == null, "--namespace needs --in-cluster");
      require(image == null, "--image needs --in-cluster");
      return;
    }
    require(hasUrl, "--in-cluster needs --url: an address that pods of the cluster reach");
    require(
        workers() >= 1 && workers() <= MOST_WORKERS,
        "--workers %d is not in 1 to %d".formatted(workers(), MOST_WORKERS));
    require(
        startWithin >= 2 && startWithin <= LONGEST_START,
        "--start-within %d is not in 2 to %d".formatted(startWithin, LONGEST_START));
  }

  /** Together some six seconds, after which a server that refuses connections is gone. */
  private static final int TRIES = 6;

  private static void require(boolean holds, String complaint) {
    if (!holds) {
      throw new CliException(ExitCode.USAGE, complaint);
    }
  }

  /**
   * The cluster's configuration.
   *
   * @throws CliException USAGE when it cannot be read
   */
  Config cluster(Map<String, String> environment) {
    String ofEnvironment = environment.get("KUBECONFIG");
    if (kubeconfig == null && (ofEnvironment == null || ofEnvironment.isBlank())) {
      throw new CliException(ExitCode.USAGE, "name the cluster with --kubeconfig FILE");
    }
    Path file = kubeconfig == null ? Path.of(ofEnvironment) : kubeconfig;
    try {
      Config config = Config.fromKubeconfig(Files.readString(file));
      config.setRequestRetryBackoffLimit(TRIES);
      return config;
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE,
          "cannot read the kubeconfig %s (%s)".formatted(file, e.getClass().getSimpleName()),
          e);
    } catch (RuntimeException e) {
      // Parsers have exceptions of their own, whose words would quote the file.
      throw new CliException(ExitCode.USAGE, "%s is no kubeconfig".formatted(file), e);
    }
  }
}
