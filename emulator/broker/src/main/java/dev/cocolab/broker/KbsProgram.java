package dev.cocolab.broker;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The program {@code kbs --config-file /etc/kbs-config/kbs-config.toml}. It sees what a container
 * sees: arguments, environment, mounted directories, an address, and its log.
 */
public final class KbsProgram {
  private final Surroundings surroundings;

  /** A program that can be started any number of times. */
  public KbsProgram(Surroundings surroundings) {
    this.surroundings = Objects.requireNonNull(surroundings, "surroundings");
  }

  /**
   * Starts the broker.
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
    throw new UnsupportedOperationException(surroundings.profile().name());
  }
}
