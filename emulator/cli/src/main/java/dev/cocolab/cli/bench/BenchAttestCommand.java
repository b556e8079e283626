package dev.cocolab.cli.bench;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.HomeFolder;
import dev.cocolab.cli.Terminal;
import dev.cocolab.evidence.Tee;
import dev.cocolab.load.Demand;
import dev.cocolab.load.KbsAddress;
import dev.cocolab.load.LoadException;
import dev.cocolab.load.LoadPlan;
import dev.cocolab.protocol.Profile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how many attestations a Key Broker Service does, and what each of them costs. */
@Command(
    name = "attest",
    mixinStandardHelpOptions = true,
    description = {
      "Measure attestations: auth, attest and one resource, with fresh evidence for each.",
      "Without --url it starts and stops a broker of its own."
    })
public final class BenchAttestCommand implements Callable<Integer> {
  private static final Pattern RESOURCE =
      Pattern.compile("([A-Za-z0-9_-][A-Za-z0-9_.-]*/){2}[A-Za-z0-9_-][A-Za-z0-9_.-]*");
  private static final double LONGEST_SECONDS = 86_400;
  private static final double HIGHEST_RATE = 1_000_000;
  private static final double DEFAULT_WARMUP = 5;
  private static final int DEFAULT_CLIENTS = 8;
  private static final long LARGEST_CA = 1 << 20;

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Option(
      names = "--url",
      paramLabel = "KBS",
      description = "Address of a Key Broker Service, https://HOST[:PORT] or http://HOST[:PORT].")
  private String url;

  @Option(
      names = "--tee",
      paramLabel = "T",
      defaultValue = "az-snp-vtpm",
      description =
          "Kind of evidence: az-snp-vtpm, sample, snp or tpm (default: ${DEFAULT-VALUE}).")
  private String tee;

  @ArgGroup private Load load = new Load();

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  /** One of the two. */
  static final class Load {
    @Option(
        names = "--clients",
        paramLabel = "N",
        description = "Clients, each of which attests again and again (default: 8).")
    private Integer clients;

    @Option(
        names = "--rate",
        paramLabel = "R",
        description = "Attestations to begin each second, whether or not those before have ended.")
    private Double rate;
  }

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long to measure (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--warmup",
      paramLabel = "S",
      description = "How long to make load before anything counts (default: 5).")
  private Double warmup;

  @Option(
      names = "--resource",
      paramLabel = "PATH",
      defaultValue = BrokerProcess.RESOURCE,
      description = "Resource that each attestation asks for (default: ${DEFAULT-VALUE}).")
  private String resource;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "With --url https: PEM certificates to trust instead of the Java runtime's.")
  private Path ca;

  @Option(
      names = "--reconnect",
      description = "A connection for each attestation, rather than for each client.")
  private boolean reconnect;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long one answer may take (default: ${DEFAULT-VALUE}).")
  private double timeout;

  @Option(
      names = "--profile",
      paramLabel = "P",
      defaultValue = "redhat-1.2",
      description =
          "Release whose evidence is sent, and whose broker is started: redhat-1.2 or upstream"
              + " (default: ${DEFAULT-VALUE}).")
  private String profile;

  @Option(names = "--http", description = "Without --url: a broker without TLS.")
  private boolean http;

  @Option(
      names = "--server-pid",
      paramLabel = "PID",
      description = "With --url: process on this machine whose processor time and memory to tell.")
  private Long serverPid;

  @Option(names = "--json", description = "Print the figures as JSON.")
  private boolean json;

  /** Reads nothing yet. */
  public BenchAttestCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    Tee kind = tee();
    Demand demand = demand();
    Duration length = duration("--seconds", seconds, 0.1);
    Duration warm = duration("--warmup", warmup == null ? DEFAULT_WARMUP : warmup, 0);
    Duration patience = duration("--timeout", timeout, 0.1);
    if (!RESOURCE.matcher(resource).matches()) {
      throw usage("--resource %s is no path REPOSITORY/TYPE/TAG".formatted(resource));
    }
    Profile release = profile();
    Optional<KbsAddress> address = address();
    requireFitting(address);
    cluster.requireFitting(address.isPresent());
    Optional<String> trusted = trusted();
    Path home = HomeFolder.open(environment);
    Attestations bench =
        new Attestations(terminal, environment, json, release, http, optional(serverPid));
    Path platform = home.resolve("roots").resolve("platform");
    BiFunction<KbsAddress, Optional<String>, LoadPlan> plans =
        (target, pem) ->
            new LoadPlan(
                target,
                kind,
                release.evidenceVersion(),
                demand,
                warm,
                length,
                resource,
                pem.or(() -> trusted),
                reconnect,
                patience,
                platform);
    return cluster.isWanted()
        ? bench.inCluster(plans.apply(address.orElseThrow(), Optional.empty()), cluster).code()
        : bench.run(address, plans, platform).code();
  }

  private static OptionalLong optional(Long value) {
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private Tee tee() {
    return Tee.ofWireName(tee)
        .filter(LoadPlan.TEES::contains)
        .orElseThrow(
            () ->
                usage(
                    "--tee %s: evidence can be made of %s"
                        .formatted(
                            tee,
                            LoadPlan.TEES.stream()
                                .map(Tee::wireName)
                                .sorted()
                                .collect(Collectors.joining(", ")))));
  }

  private Demand demand() {
    if (load.rate != null) {
      if (!(load.rate > 0 && load.rate <= HIGHEST_RATE)) {
        throw usage("--rate %s is not above 0 and up to 1000000".formatted(load.rate));
      }
      return new Demand.Rate(load.rate);
    }
    int clients = load.clients == null ? DEFAULT_CLIENTS : load.clients;
    if (clients < 1 || clients > LoadPlan.MOST_CLIENTS) {
      throw usage("--clients %d is not in 1 to %d".formatted(clients, LoadPlan.MOST_CLIENTS));
    }
    return new Demand.Clients(clients);
  }

  private static Duration duration(String option, double value, double least) {
    if (!(value >= least && value <= LONGEST_SECONDS)) {
      throw usage("%s %s is not in %s to 86400".formatted(option, value, least == 0 ? "0" : least));
    }
    return Duration.ofMillis(Math.round(value * 1000));
  }

  private Profile profile() {
    for (Profile known : new Profile[] {Profile.redhat12(), Profile.upstream()}) {
      if (known.name().equals(profile)) {
        return known;
      }
    }
    throw usage("--profile %s is unknown; there are redhat-1.2 and upstream".formatted(profile));
  }

  private Optional<KbsAddress> address() {
    try {
      return Optional.ofNullable(url).map(KbsAddress::parse);
    } catch (LoadException e) {
      throw usage("--url: " + e.getMessage());
    }
  }

  private void requireFitting(Optional<KbsAddress> address) {
    if (http && address.isPresent()) {
      throw usage("--http is for a broker of its own; with --url give http://");
    }
    if (ca != null && !address.map(KbsAddress::tls).orElse(false)) {
      throw usage("--ca needs --url https://…");
    }
    if (cluster.isWanted() && warmup != null) {
      throw usage("--warmup: workers of a Job warm up until --start-within is over");
    }
    if (cluster.isWanted() && serverPid != null) {
      throw usage("--server-pid: with --in-cluster nothing runs on this machine");
    }
    if (serverPid != null) {
      if (address.isEmpty()) {
        throw usage("--server-pid needs --url; a broker of its own is watched anyway");
      }
      if (ProcessHandle.of(serverPid).isEmpty()) {
        throw usage("--server-pid %d: there is no such process".formatted(serverPid));
      }
    }
  }

  private Optional<String> trusted() {
    if (ca == null) {
      return Optional.empty();
    }
    try {
      if (Files.size(ca) > LARGEST_CA) {
        throw usage("--ca %s has more than 1 MiB".formatted(ca));
      }
      String text = Files.readString(ca, StandardCharsets.ISO_8859_1);
      if (!text.contains("-----BEGIN CERTIFICATE-----")) {
        throw usage("--ca %s holds no PEM certificate".formatted(ca));
      }
      return Optional.of(text);
    } catch (IOException e) {
      throw usage("cannot read --ca %s (%s)".formatted(ca, e.getClass().getSimpleName()));
    }
  }

  private static CliException usage(String message) {
    return new CliException(ExitCode.USAGE, message);
  }
}
