package dev.cocolab.operators;

import dev.cocolab.operators.OperatorException.Reason;
import dev.cocolab.operators.TrusteeOperatorOptions.RestartRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The Trustee operator as a program of a container: {@code /manager} of its image, with the
 * arguments and environment variables of the original that matter here.
 *
 * <table>
 * <caption>Environment</caption>
 * <tr><td>{@code POD_NAMESPACE}</td><td>namespace to watch, default {@code trustee-operator-system}</td></tr>
 * <tr><td>{@code KBS_IMAGE_NAME}</td><td>image of {@code kbs}, required</td></tr>
 * <tr><td>{@code OPERATOR_IMAGE_NAME}</td><td>image of {@code secret-converter}, required</td></tr>
 * </table>
 *
 * <p>Arguments: {@code --leader-elect} and {@code --metrics-secure} are accepted and change
 * nothing, since there is one replica and no metrics; {@code --health-probe-bind-address} and
 * {@code --metrics-bind-address} must be {@code 0} (off). Anything else is refused.
 */
public final class OperatorProgram {

  private static final String DEFAULT_NAMESPACE = "trustee-operator-system";
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "--leader-elect",
          "--leader-elect=true",
          "--leader-elect=false",
          "--metrics-secure",
          "--metrics-secure=true",
          "--metrics-secure=false",
          "--health-probe-bind-address=0",
          "--metrics-bind-address=0");

  private final KubernetesClient client;
  private final RestartRule restart;
  private final boolean healthProbes;
  private final Clock clock;

  /**
   * Names what the program works with.
   *
   * @param client with the operator's rights; stays the caller's
   * @param healthProbes as in {@link TrusteeOperatorOptions}
   */
  public OperatorProgram(
      KubernetesClient client, RestartRule restart, boolean healthProbes, Clock clock) {
    this.client = Objects.requireNonNull(client, "client");
    this.restart = Objects.requireNonNull(restart, "restart");
    this.healthProbes = healthProbes;
    this.clock = Objects.requireNonNull(clock, "clock");
  }

  /**
   * Starts and returns when the operator watches. The program runs until it is closed.
   *
   * @param args without the program's own name
   * @param log receives standard output, a line a call
   * @throws OperatorException CONFIGURATION for an argument or variable that is missing or unknown;
   *     else as {@link TrusteeOperator#start}
   */
  public Running start(List<String> args, Map<String, String> env, Consumer<String> log) {
    for (String arg : args) {
      if (!WITHOUT_EFFECT.contains(arg)) {
        throw new OperatorException(Reason.CONFIGURATION, "argument not supported: " + arg);
      }
    }
    TrusteeOperatorOptions options =
        new TrusteeOperatorOptions(
            env.getOrDefault("POD_NAMESPACE", DEFAULT_NAMESPACE),
            env.getOrDefault("KBS_IMAGE_NAME", ""),
            env.getOrDefault("OPERATOR_IMAGE_NAME", ""),
            restart,
            healthProbes,
            clock,
            log);
    log.accept(clock.instant() + "\tINFO\tsetup\tstarting manager");
    return new Running(TrusteeOperator.start(client, options));
  }

  /** The program under way. */
  public static final class Running implements AutoCloseable {

    private final TrusteeOperator operator;
    private final CompletableFuture<Integer> exited = new CompletableFuture<>();

    private Running(TrusteeOperator operator) {
      this.operator = operator;
    }

    /** The exit code, 0 after {@link #close()}. */
    public CompletionStage<Integer> exited() {
      return exited.minimalCompletionStage();
    }

    /** The stop signal; returns when the operator has stopped. */
    @Override
    public void close() {
      operator.close();
      exited.complete(0);
    }
  }
}
