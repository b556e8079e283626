package dev.cocolab.broker;

import dev.cocolab.broker.config.KbsConfig;
import dev.cocolab.broker.config.KbsConfigReader;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.log.ErrorChain;
import dev.cocolab.broker.log.KbsLog;
import io.vertx.core.http.HttpServerOptions;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The program {@code kbs --config-file /etc/kbs-config/kbs-config.toml}. It sees what a container
 * sees: arguments, environment, mounted directories, an address, and its log.
 */
public final class KbsProgram {
  private static final String SERVER = "kbs::api_server";

  private final Surroundings surroundings;

  /** A program that can be started any number of times. */
  public KbsProgram(Surroundings surroundings) {
    this.surroundings = Objects.requireNonNull(surroundings, "surroundings");
  }

  /**
   * Starts the broker. Returns before it listens; when the configuration cannot be used, the log
   * names file and reason and the exit code is 1 (2 when no configuration file was named).
   *
   * @param args {@code --config-file <path>} or {@code -c <path>}; else {@code KBS_CONFIG_FILE}
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
    Optional<String> file = configFile(args, env);
    if (file.isEmpty()) {
      log.accept("error: the following required arguments were not provided: --config-file");
      return StartedKbs.failed(2);
    }
    KbsLog lines =
        new KbsLog(
            log,
            surroundings.profile().logs(),
            Optional.ofNullable(env.get("RUST_LOG")),
            surroundings.clock());
    lines.info("kbs", "Using config file " + file.get());
    try {
      return start(file.get(), files, podAddress, lines, log);
    } catch (BrokerException e) {
      log.accept("Error: " + e.getMessage());
      List<String> causes = ErrorChain.messages(e);
      causes.stream().skip(1).forEach(cause -> log.accept("Caused by: " + cause));
      return StartedKbs.failed(1);
    }
  }

  private RunningKbs start(
      String file,
      Function<String, Path> files,
      InetAddress podAddress,
      KbsLog lines,
      Consumer<String> log) {
    KbsConfig config = KbsConfigReader.read(file, files.apply(file));
    KbsConfigReader.unknownKeys(file, files.apply(file))
        .forEach(key -> lines.warn("kbs::config", file + ": " + key.text()));
    HttpApi api = new Assembly(surroundings, config, files, lines).api();
    KbsConfig.Http http = config.http();
    HttpServerOptions options = StartedKbs.options();
    if (!http.insecureHttp()) {
      TlsIdentity.apply(options, http, files);
    }
    String sockets = String.join(", ", http.sockets());
    String scheme = http.insecureHttp() ? "HTTP" : "HTTPS";
    lines.info(SERVER, "Starting " + scheme + " server at [" + sockets + "]");
    lines.info("actix_server::builder", "starting " + http.workers() + " workers");
    lines.info("actix_server::server", "Actix runtime found; starting in Actix runtime");
    for (String socket : http.sockets()) {
      lines.info(
          "actix_server::server",
          String.format(
              "starting service: \"actix-web-service-%s\", workers: %d, listening on: %s",
              socket, http.workers(), socket));
    }
    byte[] suffix = new byte[8];
    surroundings.random().nextBytes(suffix);
    String workerName = "kbs-" + HexFormat.of().formatHex(suffix);
    return StartedKbs.listen(
        surroundings.vertx(),
        workerName,
        http,
        options,
        podAddress,
        api,
        lines,
        why -> log.accept("Error: " + why));
  }

  private static Optional<String> configFile(List<String> args, Map<String, String> env) {
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      if (arg.startsWith("--config-file=")) {
        return Optional.of(arg.substring("--config-file=".length()));
      }
      if ((arg.equals("--config-file") || arg.equals("-c")) && i + 1 < args.size()) {
        return Optional.of(args.get(i + 1));
      }
    }
    return Optional.ofNullable(env.get("KBS_CONFIG_FILE"));
  }
}
