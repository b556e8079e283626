package dev.cocolab.broker;

import dev.cocolab.broker.config.AsConfigReader;
import dev.cocolab.broker.config.AsConfigReader.AsConfig;
import dev.cocolab.broker.config.KbsConfig;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.log.ErrorChain;
import dev.cocolab.broker.log.KbsLog;
import dev.cocolab.broker.metrics.BuildInfo;
import dev.cocolab.broker.metrics.KbsMetrics;
import dev.cocolab.broker.storage.StorageProvider;
import io.vertx.core.http.HttpServerOptions;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The program {@code restful-as}: the attestation service alone. Options:
 *
 * <ul>
 *   <li>{@code --socket IP:PORT}, {@code -s}: required;
 *   <li>{@code --config-file FILE}, {@code -c}: JSON; without it all defaults;
 *   <li>{@code --https-pubkey-cert FILE}, {@code -t}, and {@code --https-prikey FILE}, {@code -k}:
 *       PEM; with both it speaks TLS.
 * </ul>
 */
public final class RestfulAsProgram {
  private static final String TARGET = "restful_as";
  private static final int BODY_BYTES = 2 * 1024 * 1024;
  private static final int WORKERS = 4;

  /** Long names by short and long one. */
  private static final Map<String, String> OPTIONS =
      Map.of(
          "-s", "socket",
          "--socket", "socket",
          "-c", "config-file",
          "--config-file", "config-file",
          "-t", "https-pubkey-cert",
          "--https-pubkey-cert", "https-pubkey-cert",
          "-k", "https-prikey",
          "--https-prikey", "https-prikey");

  private final Surroundings surroundings;

  /** A program that can be started any number of times. */
  public RestfulAsProgram(Surroundings surroundings) {
    this.surroundings = Objects.requireNonNull(surroundings, "surroundings");
  }

  /**
   * Starts the service. Returns before it listens; when it cannot be started, the log says why and
   * the exit code is 1 (2 for wrong arguments).
   *
   * @param args the options
   * @param env environment; {@code RUST_LOG} picks the log level
   * @param files from a path inside the container to the file on this machine
   * @param podAddress what {@code 0.0.0.0} stands for
   * @param log gets each line of the log, without a line end, from any thread
   */
  public RunningKbs start(
      List<String> args,
      Map<String, String> env,
      Function<String, Path> files,
      InetAddress podAddress,
      Consumer<String> log) {
    Map<String, String> options = new HashMap<>();
    Optional<String> wrong = read(args, options);
    if (wrong.isPresent()) {
      log.accept("error: " + wrong.get());
      return StartedKbs.failed(2);
    }
    KbsLog lines =
        new KbsLog(
            log,
            surroundings.profile().logs(),
            Optional.ofNullable(env.get("RUST_LOG")),
            surroundings.clock());
    try {
      return start(options, files, podAddress, lines, log);
    } catch (BrokerException e) {
      log.accept("Error: " + e.getMessage());
      ErrorChain.messages(e).stream().skip(1).forEach(cause -> log.accept("Caused by: " + cause));
      return StartedKbs.failed(1);
    }
  }

  private static Optional<String> read(List<String> args, Map<String, String> out) {
    for (int i = 0; i < args.size(); i += 2) {
      String arg = args.get(i);
      String name = OPTIONS.get(arg);
      if (name == null) {
        return Optional.of("unexpected argument '" + arg + "' found");
      }
      if (i + 1 == args.size()) {
        return Optional.of("a value is required for '" + arg + "' but none was supplied");
      }
      out.put(name, args.get(i + 1));
    }
    return out.containsKey("socket")
        ? Optional.empty()
        : Optional.of("the following required arguments were not provided: --socket <SOCKET>");
  }

  private RunningKbs start(
      Map<String, String> options,
      Function<String, Path> files,
      InetAddress podAddress,
      KbsLog lines,
      Consumer<String> log) {
    Optional<String> file = Optional.ofNullable(options.get("config-file"));
    AsConfig config =
        file.map(name -> AsConfigReader.read(name, files.apply(name)))
            .orElseGet(AsConfigReader::defaults);
    StorageProvider storage =
        new StorageProvider(
            config.storage().type(),
            files.apply(config.storage().localFsDirectory()),
            files.apply(config.storage().localJsonDirectory()));
    AttestationParts attestation =
        AttestationParts.of(surroundings, config.attestation(), storage, files, lines);
    AppraisalRecorder recorder =
        new AppraisalRecorder(
            surroundings.journal(),
            new IssuedTokens(),
            attestation.referenceValues(),
            surroundings.clock());
    RestfulAsApi api = new RestfulAsApi(attestation, recorder, lines);
    KbsConfig.Http http = http(options);
    HttpServerOptions server = StartedKbs.options();
    if (!http.insecureHttp()) {
      TlsIdentity.apply(server, http, files);
    }
    String scheme = http.insecureHttp() ? "HTTP" : "HTTPS";
    lines.info(
        TARGET,
        "starting "
            + scheme
            + " server at "
            + scheme.toLowerCase(Locale.ROOT)
            + "://"
            + http.sockets().get(0));
    byte[] suffix = new byte[8];
    surroundings.random().nextBytes(suffix);
    return StartedKbs.listen(
        surroundings.vertx(),
        "as-" + HexFormat.of().formatHex(suffix),
        http,
        server,
        podAddress,
        new HttpApi(
            api::route,
            api.operations(),
            new RequestIds(surroundings.random()),
            new KbsMetrics(BuildInfo.ofThisProgram())),
        lines,
        why -> log.accept("Error: " + why));
  }

  private static KbsConfig.Http http(Map<String, String> options) {
    Optional<String> key = Optional.ofNullable(options.get("https-prikey"));
    Optional<String> certificate = Optional.ofNullable(options.get("https-pubkey-cert"));
    if (key.isPresent() != certificate.isPresent()) {
      throw new BrokerException(
          Reason.CONFIGURATION, "--https-prikey and --https-pubkey-cert need each other");
    }
    return new KbsConfig.Http(
        List.of(options.get("socket")),
        key.isEmpty(),
        key,
        certificate,
        BODY_BYTES,
        WORKERS,
        Set.of("TLSv1.2", "TLSv1.3"));
  }
}
