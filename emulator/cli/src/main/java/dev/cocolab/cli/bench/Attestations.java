package dev.cocolab.cli.bench;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ClusterConnection;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.Terminal;
import dev.cocolab.load.CryptoLimit;
import dev.cocolab.load.Demand;
import dev.cocolab.load.KbsAddress;
import dev.cocolab.load.LoadException;
import dev.cocolab.load.LoadPlan;
import dev.cocolab.load.LoadReport;
import dev.cocolab.load.LoadResult;
import dev.cocolab.load.Operation;
import dev.cocolab.load.ProcessMeter;
import dev.cocolab.load.Usage;
import dev.cocolab.protocol.Profile;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs a load: the broker where it is to be our own, the client, and the report on both. */
final class Attestations {
  /** Compiled as a server is, and bounded so that it shows what it keeps. */
  private static final List<String> BROKER_JVM = List.of("-Xmx512m", "-XX:+UseParallelGC");

  private static final List<String> CLIENT_JVM = List.of("-Xmx768m", "-XX:+UseParallelGC");

  private static final int SUFFIX_BYTES = 4;

  private final Terminal terminal;
  private final Map<String, String> environment;
  private final boolean json;
  private final Profile profile;
  private final boolean http;
  private final OptionalLong serverPid;
  private final List<ChildProcess> children = new CopyOnWriteArrayList<>();

  Attestations(
      Terminal terminal,
      Map<String, String> environment,
      boolean json,
      Profile profile,
      boolean http,
      OptionalLong serverPid) {
    this.terminal = terminal;
    this.environment = environment;
    this.json = json;
    this.profile = profile;
    this.http = http;
    this.serverPid = serverPid;
  }

  /** Everything that is heard of a load. */
  private static final class Heard {
    private final List<Operation> operations = new ArrayList<>();
    private final Map<String, String> cryptography = new TreeMap<>();
    private Optional<LoadResult> result = Optional.empty();
    private OptionalDouble clientBefore = OptionalDouble.empty();
    private OptionalDouble serverBefore = OptionalDouble.empty();
    private Usage usage =
        new Usage(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());
  }

  /**
   * Runs it.
   *
   * @param address of the broker; absent for one of our own
   * @param plans makes the plan for an address and the certificates it is to be trusted by
   * @param platform folder of the emulated hardware
   */
  ExitCode run(
      Optional<KbsAddress> address,
      BiFunction<KbsAddress, Optional<String>, LoadPlan> plans,
      Path platform)
      throws IOException {
    Path folder = Files.createTempDirectory("cocolab-bench-");
    Thread interrupted = new Thread(() -> abandon(folder), "cocolab-signal");
    Runtime.getRuntime().addShutdownHook(interrupted);
    try {
      if (address.isPresent()) {
        return measure(
            plans.apply(address.get(), Optional.empty()),
            folder,
            Optional.empty(),
            Optional.empty(),
            isHere(address.get()));
      }
      terminal.tell("starting a broker of its own");
      ChildProcess broker =
          start(
              BrokerProcess.class,
              BROKER_JVM,
              List.of(
                  folder.resolve("broker").toString(),
                  platform.toString(),
                  profile.name(),
                  http ? "http" : "https"),
              folder.resolve("broker.err"));
      String ready = broker.hear().orElseThrow(() -> broker.early("the broker did not start"));
      JsonNode said = JsonMapper.shared().readTree(ready);
      LoadPlan plan =
          plans.apply(
              KbsAddress.parse(said.path("url").asString()),
              Optional.of(said.path("ca").asString()));
      return measure(
          plan,
          folder,
          Optional.of(broker),
          Optional.of(said.path("cryptography").asString()),
          true);
    } finally {
      children.forEach(ChildProcess::close);
      unhook(interrupted);
      delete(folder);
    }
  }

  private ChildProcess start(
      Class<?> program, List<String> jvm, List<String> arguments, Path complaints) {
    ChildProcess child = ChildProcess.start(program, jvm, arguments, environment, complaints);
    children.add(child);
    return child;
  }

  /** Ctrl-C: the processes are in sessions of their own and would not hear it. */
  private void abandon(Path folder) {
    children.forEach(ChildProcess::kill);
    delete(folder);
  }

  private static void unhook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is running.
    }
  }

  private static boolean isHere(KbsAddress address) {
    try {
      InetAddress host = InetAddress.getByName(address.host());
      return host.isLoopbackAddress() || NetworkInterface.getByInetAddress(host) != null;
    } catch (IOException e) {
      return false;
    }
  }

  private ExitCode measure(
      LoadPlan plan,
      Path folder,
      Optional<ChildProcess> broker,
      Optional<String> serverCryptography,
      boolean serverHere) {
    ChildProcess client =
        start(ClientProcess.class, CLIENT_JVM, List.of(), folder.resolve("client.err"));
    broker.ifPresent(
        own -> own.onExit(code -> client.tell("the broker ended with exit code " + code)));
    client.tell(plan.toJson());
    ProcessMeter clientMeter = new ProcessMeter(client.pid());
    Optional<ProcessMeter> serverMeter =
        broker
            .map(ChildProcess::pid)
            .or(() -> serverPid.isPresent() ? Optional.of(serverPid.getAsLong()) : Optional.empty())
            .map(ProcessMeter::new);
    Heard heard = new Heard();
    serverCryptography.ifPresent(who -> heard.cryptography.put("server", who));
    for (Optional<String> line = client.hear(); line.isPresent(); line = client.hear()) {
      JsonNode event = JsonMapper.shared().readTree(line.get());
      switch (event.path("event").asString()) {
        case "checked" -> terminal.tell("timing the cryptography of one attestation");
        case "timed" -> {
          heard.cryptography.put("client", event.path("cryptography").asString());
          event.path("operations").forEach(one -> heard.operations.add(Operation.parse(one)));
          terminal.tell("warming up " + plan.target());
        }
        case "measuring" -> {
          heard.clientBefore = clientMeter.cpuSeconds();
          heard.serverBefore = cpu(serverMeter);
          terminal.tell("measuring");
        }
        case "measured" ->
            heard.usage =
                new Usage(
                    minus(clientMeter.cpuSeconds(), heard.clientBefore),
                    minus(cpu(serverMeter), heard.serverBefore),
                    serverMeter
                        .map(ProcessMeter::residentMegabytes)
                        .orElse(OptionalDouble.empty()));
        case "result" -> heard.result = Optional.of(LoadResult.parse(event.path("result")));
        case "refused" -> throw refused(event);
        default -> throw new IllegalStateException("the client says " + line.get());
      }
    }
    LoadResult result = heard.result.orElseThrow(() -> client.early("the client ended too early"));
    return report(plan, result, heard, serverHere);
  }

  /** Runs it in pods of a cluster. Ctrl-C deletes them. */
  ExitCode inCluster(LoadPlan plan, ClusterOptions options) {
    Config config = options.cluster(environment);
    byte[] suffix = new byte[SUFFIX_BYTES];
    new SecureRandom().nextBytes(suffix);
    String name = "cocolab-load-" + HexFormat.of().formatHex(suffix);
    try (KubernetesClient client = ClusterConnection.open(config)) {
      ClusterLoad load =
          new ClusterLoad(
              client,
              Clock.systemUTC(),
              options.image(),
              options
                  .namespace()
                  .orElse(Objects.requireNonNullElse(client.getNamespace(), "default")),
              options.workers(),
              options.startWithin());
      Thread interrupted = new Thread(() -> load.delete(name), "cocolab-signal");
      Runtime.getRuntime().addShutdownHook(interrupted);
      try {
        terminal.tell(
            "%d workers begin to measure in %d s"
                .formatted(options.workers(), options.startWithin().toSeconds()));
        LoadPlan each =
            plan.demand() instanceof Demand.Rate all
                ? plan.withDemand(new Demand.Rate(all.perSecond() / options.workers()))
                : plan;
        return report(plan, load.run(each, name), new Heard(), false);
      } finally {
        unhook(interrupted);
        remove(load, name);
      }
    }
  }

  /** What cannot be removed goes by itself; what went wrong before is the better reason. */
  private void remove(ClusterLoad load, String name) {
    try {
      load.delete(name);
    } catch (KubernetesClientException e) {
      terminal.tell(
          "the Job %s may be left behind; it is removed ten minutes after its end".formatted(name));
    }
  }

  private ExitCode report(LoadPlan plan, LoadResult result, Heard heard, boolean serverHere) {
    CryptoLimit limit =
        new CryptoLimit(heard.operations, Runtime.getRuntime().availableProcessors(), serverHere);
    LoadReport report = new LoadReport(plan, result, heard.usage, limit, heard.cryptography);
    terminal.print(json ? report.json() : report.text());
    if (result.ended().isPresent()) {
      terminal.tell(
          "cocolab: %s stopped answering after %.1f s: %s"
              .formatted(plan.target(), result.window().toNanos() / 1e9, result.ended().get()));
      return ExitCode.UNREACHABLE;
    }
    return result.errors().isEmpty() ? ExitCode.OK : ExitCode.NOT_SO;
  }

  private static CliException refused(JsonNode event) {
    LoadException.Reason reason = LoadException.Reason.valueOf(event.path("reason").asString());
    ExitCode code =
        switch (reason) {
          case BAD_INPUT -> ExitCode.USAGE;
          case UNREACHABLE, UNTRUSTED, NOT_A_KBS -> ExitCode.UNREACHABLE;
        };
    return new CliException(code, event.path("message").asString());
  }

  private static OptionalDouble cpu(Optional<ProcessMeter> meter) {
    return meter.map(ProcessMeter::cpuSeconds).orElse(OptionalDouble.empty());
  }

  private static OptionalDouble minus(OptionalDouble after, OptionalDouble before) {
    return after.isPresent() && before.isPresent()
        ? OptionalDouble.of(after.getAsDouble() - before.getAsDouble())
        : OptionalDouble.empty();
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      // Somebody else was faster, or it is the temporary folder's own business.
    }
  }
}
