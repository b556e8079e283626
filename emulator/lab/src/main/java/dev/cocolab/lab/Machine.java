package dev.cocolab.lab;

import dev.cocolab.fixtures.FixtureImages;
import dev.cocolab.fixtures.FixturesException;
import dev.cocolab.fixtures.ImageInputs;
import dev.cocolab.image.ImageReference;
import dev.cocolab.image.ImageStore;
import dev.cocolab.image.StagingArea;
import dev.cocolab.lab.LabException.Reason;
import dev.cocolab.lab.authority.LabAuthority;
import dev.cocolab.lab.authority.MachineStorage;
import dev.cocolab.lab.authority.PullSecret;
import dev.cocolab.lab.authority.SigningKeys;
import dev.cocolab.lab.fitness.MachineChecks;
import dev.cocolab.tee.PlatformAuthority;
import dev.cocolab.tee.RsaKeyPool;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.vertx5.TlsWarmup;
import io.fabric8.kubernetes.client.vertx5.Vertx5HttpClientFactory;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What all labs of one JVM share: the home folder with this machine's emulated roots and caches,
 * the event loops, and keys made ahead of need. Open one, start any number of labs on it, close it
 * last.
 */
public final class Machine implements AutoCloseable {
  /** Keys that wait for the next pod VMs; each VM takes two. */
  private static final int KEYS_AHEAD = 6;

  /** Half a second a row is for readers of the guide; a lab shows results at once. */
  private static final String PACE = "0.002";

  private static final int CLOSE_SECONDS = 10;

  private final Path home;
  private final Path sockets;
  private final Clock clock;
  private final SecureRandom random;
  private final Vertx vertx;
  private final HttpClient.Factory clusterHttp;
  private final KubernetesSerialization clusterObjects = new KubernetesSerialization();
  private final LabAuthority authority;
  private final MachineStorage storage;
  private final SigningKeys signingKeys;
  private final PullSecret pullSecret;
  private final RsaKeyPool keys;
  private final ImageStore imageStore;
  private final CompletableFuture<PlatformAuthority> platform;
  private final CompletableFuture<Map<ImageReference, Path>> images;
  private final ExecutorService preparing;

  private Machine(Path home, Map<String, String> environment, Consumer<String> progress) {
    this.home = home;
    this.clock = Clock.systemUTC();
    this.random = new SecureRandom();
    MachineChecks checks = new MachineChecks(home, environment);
    checks.requireFit();
    SideBySide namespaces = SideBySide.start("lab-namespaces", checks::requireNamespaces);
    this.sockets = checks.socketDirectory();
    this.preparing = Executors.newFixedThreadPool(2, Machine::preparingThread);
    Path roots = home.resolve("roots");
    this.platform =
        CompletableFuture.supplyAsync(
            () ->
                PlatformAuthority.open(
                    hardware(), dev.cocolab.evidence.AmdGeneration.MILAN, random, clock, progress),
            preparing);
    try (StagingArea staging = StagingArea.open(roots.resolve("staging"))) {
      this.authority = LabAuthority.open(roots, staging, random, clock);
      this.storage = MachineStorage.open(roots, staging, random, clock.instant());
      this.signingKeys = SigningKeys.open(roots, staging, random);
      this.pullSecret = PullSecret.open(roots, staging, random);
    } catch (IOException e) {
      throw new LabException(
          Reason.HOME_UNUSABLE,
          "cannot write %s (%s); set COCOLAB_HOME elsewhere".formatted(roots, e.getMessage()),
          e);
    }
    this.images = CompletableFuture.supplyAsync(() -> buildImages(progress), preparing);
    this.vertx = EventLoops.start();
    this.clusterHttp = clusterHttp(vertx);
    this.keys = RsaKeyPool.resting(KEYS_AHEAD, random);
    this.imageStore = ImageStore.open(home.resolve("cache").resolve("layers"));
    try {
      namespaces.await();
    } catch (RuntimeException unfit) {
      close();
      throw unfit;
    }
  }

  /**
   * Opens the machine, making its roots and images on first use: that takes some seconds, which
   * {@code progress} is told.
   *
   * @param home existing folder that this user may write
   * @param environment environment variables: PATH, XDG_RUNTIME_DIR, TMPDIR
   * @throws LabException when this machine cannot run a lab; the message names the remedy
   */
  public static Machine open(
      Path home, Map<String, String> environment, Consumer<String> progress) {
    return new Machine(
        Objects.requireNonNull(home, "home"),
        environment,
        Objects.requireNonNull(progress, "progress"));
  }

  private Map<ImageReference, Path> buildImages(Consumer<String> progress) {
    String sas = storage.account().sas(storage.defaultSas());
    byte[] authorityPem = authority.certificatePem().getBytes(StandardCharsets.US_ASCII);
    Path cache = home.resolve("cache").resolve("images");
    if (!cache.toFile().isDirectory()) {
      progress.accept("building the workload's image, once");
    }
    return FixtureImages.build(cache, new ImageInputs(authorityPem, sas, PACE));
  }

  /** The home folder, with this machine's emulated roots. */
  public Path home() {
    return home;
  }

  Path sockets() {
    return sockets;
  }

  Clock clock() {
    return clock;
  }

  SecureRandom random() {
    return random;
  }

  Vertx vertx() {
    return vertx;
  }

  /** Clients of API servers work on this machine's event loops instead of starting their own. */
  HttpClient.Factory clusterHttp() {
    return clusterHttp;
  }

  /** What all clients read and write objects with: learning the model's classes is slow. */
  KubernetesSerialization clusterObjects() {
    return clusterObjects;
  }

  LabAuthority authority() {
    return authority;
  }

  MachineStorage storage() {
    return storage;
  }

  SigningKeys signingKeys() {
    return signingKeys;
  }

  PullSecret pullSecret() {
    return pullSecret;
  }

  RsaKeyPool keys() {
    return keys;
  }

  ImageStore imageStore() {
    return imageStore;
  }

  PlatformAuthority platform() {
    return await(platform);
  }

  /** The folder of the emulated hardware. */
  Path hardware() {
    return home.resolve("roots").resolve("platform");
  }

  /** Workshop names of the images that were built here, with the folder of their OCI layout. */
  Map<ImageReference, Path> images() {
    return await(images);
  }

  private static HttpClient.Factory clusterHttp(Vertx vertx) {
    Vertx5HttpClientFactory factory = new Vertx5HttpClientFactory(vertx);
    factory.setTlsWarmup(TlsWarmup.OFF);
    return factory;
  }

  private static <T> T await(CompletableFuture<T> prepared) {
    try {
      return prepared.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof FixturesException failed) {
        throw new LabException(Reason.TOOL_MISSING, String.valueOf(failed.getMessage()), failed);
      }
      throw e;
    }
  }

  private static Thread preparingThread(Runnable work) {
    Thread thread = new Thread(work, "cocolab-preparing");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    keys.close();
    preparing.shutdownNow();
    imageStore.close();
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException("the event loops did not stop", e);
    }
  }
}
