package dev.cocolab.cli.kbs;

import dev.cocolab.broker.AttestationJournal;
import dev.cocolab.broker.KbsProgram;
import dev.cocolab.broker.RunningKbs;
import dev.cocolab.broker.Surroundings;
import dev.cocolab.broker.config.KbsConfig;
import dev.cocolab.broker.config.KbsConfigReader;
import dev.cocolab.broker.config.UnknownKey;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.Terminal;
import dev.cocolab.cli.evidence.Roots;
import dev.cocolab.cli.evidence.TrustAnchors;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.dcap.CollateralSource;
import dev.cocolab.lab.EventLoops;
import dev.cocolab.protocol.Profile;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the broker as a program of its own, from the configuration file that Trustee's takes. */
@Command(
    name = "broker",
    mixinStandardHelpOptions = true,
    description = "Run a Key Broker Service from Trustee's kbs-config.toml until it is stopped.",
    footerHeading = "%nWhat is written:%n",
    footer = {
      "  stdout: LISTENING <url>, once it answers. stderr: the broker's log; RUST_LOG sets its level.",
      "TERM and INT stop it; what it has stored in files stays."
    })
public final class BrokerCommand implements Callable<Integer> {
  private static final long START_SECONDS = 60;
  private static final long STOP_SECONDS = 15;
  private static final long CLOSE_SECONDS = 5;

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Option(
      names = {"-c", "--config", "--config-file"},
      required = true,
      paramLabel = "FILE",
      description = "Configuration (TOML); relative paths in it count from the current folder.")
  private Path config;

  @Option(
      names = "--profile",
      paramLabel = "P",
      defaultValue = "redhat-1.2",
      description = "Release to emulate: redhat-1.2 or upstream (default: ${DEFAULT-VALUE}).")
  private String profile;

  @Option(
      names = "--ready-file",
      paramLabel = "F",
      description = "Write the URL there once the broker answers; removed when it ends.")
  private Path readyFile;

  @Option(
      names = "--strict",
      description = "Refuse keys of the configuration that Trustee would ignore.")
  private boolean strict;

  @Option(
      names = "--stance",
      paramLabel = "compatible|strict",
      defaultValue = "compatible",
      description =
          "strict refuses more evidence than Trustee does: validity, PCR selection, chip, unsigned"
              + " bytes (default: ${DEFAULT-VALUE}).")
  private String stance;

  @Option(
      names = "--roots",
      paramLabel = "emulated|vendor|DIR",
      defaultValue = Roots.EMULATED,
      description =
          "Roots of trust: this machine's emulated ones, the hardware vendors', or the certificates"
              + " (PEM or DER) of a folder (default: ${DEFAULT-VALUE}).")
  private String roots;

  public BrokerCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() throws Exception {
    Profile chosen = profile();
    InputFile.read(config);
    String scheme = scheme();
    Roots known = new Roots(terminal, environment);
    TrustAnchors anchors = known.all(roots);
    Optional<CollateralSource> collateral =
        roots.equals(Roots.EMULATED) ? Optional.of(known.intel().source()) : Optional.empty();
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Thread onSignal =
        new Thread(
            () -> {
              stop.countDown();
              awaitQuietly(stopped);
            },
            "cocolab-signal");
    Runtime.getRuntime().addShutdownHook(onSignal);
    Vertx vertx = EventLoops.start();
    try (ReadyFile ready = new ReadyFile(Optional.ofNullable(readyFile))) {
      serve(vertx, scheme, chosen, anchors, collateral, ready, stop);
      return ExitCode.OK.code();
    } catch (InterruptedException e) {
      return ExitCode.INTERRUPTED.code();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
      stopped.countDown();
      unhook(onSignal);
    }
  }

  private Profile profile() {
    return Stream.of(Profile.redhat12(), Profile.upstream())
        .filter(known -> known.name().equals(profile))
        .findFirst()
        .orElseThrow(
            () ->
                new CliException(
                    ExitCode.USAGE,
                    "there is no profile '%s'; known: redhat-1.2, upstream".formatted(profile)));
  }

  private void serve(
      Vertx vertx,
      String scheme,
      Profile chosen,
      TrustAnchors anchors,
      Optional<CollateralSource> collateral,
      ReadyFile ready,
      CountDownLatch stop)
      throws InterruptedException, UnknownHostException {
    Clock clock = Clock.systemUTC();
    Surroundings surroundings =
        new Surroundings(
            vertx,
            clock,
            new SecureRandom(),
            Verifiers.of(anchors, collateral, clock, chosenStance()),
            anchors.amd().trustsEmulated() ? Optional.of(anchors.amd().label()) : Optional.empty(),
            chosen,
            new AttestationJournal());
    BrokerLog log = new BrokerLog(terminal::tell);
    try (RunningKbs running =
        new KbsProgram(surroundings)
            .start(
                List.of("--config-file", config.toString()),
                environment,
                Path::of,
                InetAddress.getByName("0.0.0.0"),
                log)) {
      String url = scheme + "://" + shown(address(running, log));
      ready.write(url);
      terminal.print("LISTENING " + url);
      stop.await();
      terminal.tell("stopping");
    }
  }

  /**
   * Reads the configuration before anything is opened.
   *
   * @throws CliException {@link ExitCode#USAGE} naming the file, and the line where it is known
   */
  private String scheme() {
    try {
      KbsConfig read = KbsConfigReader.read(config.toString(), config);
      if (strict) {
        refuseUnknown(KbsConfigReader.unknownKeys(config.toString(), config));
      }
      return read.http().insecureHttp() ? "http" : "https";
    } catch (BrokerException e) {
      throw BrokerLog.unusable(config, e.chain());
    }
  }

  private void refuseUnknown(List<UnknownKey> unknown) {
    if (!unknown.isEmpty()) {
      throw new CliException(
          ExitCode.USAGE, "%s: %s (--strict refuses it)".formatted(config, unknown.get(0).text()));
    }
  }

  private Stance chosenStance() {
    return switch (stance) {
      case "compatible" -> Stance.compatible();
      case "strict" -> Stance.strict();
      default ->
          throw new CliException(
              ExitCode.USAGE,
              "there is no stance '%s'; known: compatible, strict".formatted(stance));
    };
  }

  private InetSocketAddress address(RunningKbs running, BrokerLog log) throws InterruptedException {
    CompletableFuture<InetSocketAddress> listening = running.listening().toCompletableFuture();
    try {
      CompletableFuture.anyOf(listening, running.exited().toCompletableFuture())
          .get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new CliException(
          ExitCode.UNFIT, "the broker does not listen after %d s".formatted(START_SECONDS), e);
    }
    if (!listening.isDone()) {
      throw log.failure(config);
    }
    return listening.join();
  }

  /** Where a client on this machine finds it. */
  private static String shown(InetSocketAddress address) {
    InetAddress host = address.getAddress();
    String text = host.isAnyLocalAddress() ? "127.0.0.1" : host.getHostAddress();
    return (text.contains(":") ? "[" + text + "]" : text) + ":" + address.getPort();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void unhook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is running.
    }
  }
}
