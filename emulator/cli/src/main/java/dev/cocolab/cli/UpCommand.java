package dev.cocolab.cli;

import dev.cocolab.lab.Lab;
import dev.cocolab.lab.Machine;
import dev.cocolab.lab.data.DataFolder;
import dev.cocolab.protocol.Profile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a lab and keeps it until it is told to stop. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = "Start a lab; the last line is READY kubeconfig=<path>.")
final class UpCommand implements Callable<Integer> {
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Mixin private LabName lab;

  @Option(
      names = "--detach",
      description = "Return as soon as the lab is ready and leave it running; stop it with 'down'.")
  private boolean detach;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "Also write the kubeconfig there.")
  private Path kubeconfig;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Address on which the API server listens; 0.0.0.0 for all, for example in a container"
              + " (default: ${DEFAULT-VALUE}).")
  private String listen;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of the API server (default: any free one).")
  private int port;

  @Option(
      names = "--profile",
      paramLabel = "P",
      defaultValue = "redhat-1.2",
      description = "Release to emulate: redhat-1.2 or upstream (default: ${DEFAULT-VALUE}).")
  private String profile;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Keep the cluster in this folder, made where missing; a later 'up' with it goes on from"
              + " there (default: in memory).")
  private Path data;

  UpCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() throws Exception {
    if (port < 0 || port > 65_535) {
      throw new CliException(
          ExitCode.USAGE, "--port %d is not a port (0 to 65535)".formatted(port));
    }
    address();
    Profile chosen = profile();
    requireFolderOf(kubeconfig);
    Path home = HomeFolder.open(environment);
    LabDirectory directory = lab.in(home);
    if (data != null) {
      // Taken and given back at once: a folder that is refused is refused before anything starts.
      DataFolder.open(data).close();
    }
    return detach
        ? new DetachedLab(terminal, environment, directory).start(options())
        : attached(home, directory, chosen);
  }

  /** What is said to the process that runs the lab; only what was said here. */
  private List<String> options() {
    List<String> options = new ArrayList<>(List.of("--listen", listen));
    options.addAll(List.of("--port", Integer.toString(port), "--profile", profile));
    if (kubeconfig != null) {
      options.addAll(List.of("--kubeconfig", kubeconfig.toAbsolutePath().toString()));
    }
    if (data != null) {
      options.addAll(List.of("--data", data.toAbsolutePath().toString()));
    }
    return options;
  }

  private InetAddress address() {
    try {
      return InetAddress.getByName(listen);
    } catch (UnknownHostException e) {
      throw new CliException(
          ExitCode.USAGE,
          "--listen %s is no address; 127.0.0.1 is this machine, 0.0.0.0 every network of it"
              .formatted(listen),
          e);
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

  private int attached(Path home, LabDirectory directory, Profile chosen)
      throws IOException, InterruptedException {
    try (LabDirectory.Held held =
        directory.tryHold().orElseThrow(() -> alreadyRunning(directory))) {
      CountDownLatch stop = new CountDownLatch(1);
      CountDownLatch stopped = new CountDownLatch(1);
      AtomicBoolean ready = new AtomicBoolean();
      Thread onSignal =
          new Thread(
              () -> {
                stop.countDown();
                // What has not become ready is left to die: nothing of a lab outlives its process.
                awaitQuietly(stopped, ready.get() ? STOP_PATIENCE : Duration.ZERO);
              },
              "cocolab-signal");
      Runtime.getRuntime().addShutdownHook(onSignal);
      try {
        serve(home, directory, chosen, stop, ready);
      } finally {
        stopped.countDown();
      }
      return ExitCode.OK.code();
    }
  }

  private void serve(
      Path home, LabDirectory directory, Profile chosen, CountDownLatch stop, AtomicBoolean ready)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    try (Machine machine = Machine.open(home, environment, terminal::tell);
        Lab running = builder(machine, directory, chosen).start()) {
      running.writeKubeconfig(directory.kubeconfig());
      Path shown = directory.kubeconfig();
      if (kubeconfig != null) {
        running.writeKubeconfig(kubeconfig);
        shown = kubeconfig.toAbsolutePath();
      }
      try (ControlSocket control =
          ControlSocket.listen(
              directory.controlSocket(), new LabControl(directory, running, stop)::answer)) {
        ready.set(true);
        terminal.tell(
            String.format(
                Locale.ROOT, "ready after %.1f s", (System.nanoTime() - begun) / 1_000_000_000.0));
        terminal.print("READY kubeconfig=" + shown);
        stop.await();
        terminal.tell("stopping");
      }
    }
  }

  private Lab.Builder builder(Machine machine, LabDirectory directory, Profile chosen) {
    Lab.Builder builder =
        Lab.builder(machine)
            .name(directory.name())
            .apiAddress(address())
            .apiPort(port)
            .profile(chosen)
            .progress(terminal::tell);
    return data == null ? builder : builder.data(data);
  }

  /** Refuses a kubeconfig that cannot be written before anything is started. */
  private static void requireFolderOf(Path file) {
    if (file == null) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file) || folder == null || !Files.isWritable(folder)) {
      throw new CliException(
          ExitCode.USAGE,
          "cannot write --kubeconfig %s; name a file in a folder that you may write"
              .formatted(file));
    }
  }

  static CliException alreadyRunning(LabDirectory directory) {
    return new CliException(
        ExitCode.UNFIT,
        ("a lab named '%s' already runs; stop it with './cocolab down --lab %1$s',"
                + " or give this one another name with --lab")
            .formatted(directory.name()));
  }

  private static void awaitQuietly(CountDownLatch latch, Duration patience) {
    try {
      latch.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
