package dev.cocolab.steps.azure;

import dev.cocolab.azure.AroConfig;
import dev.cocolab.azure.AzureAccess;
import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.Delays;
import dev.cocolab.azure.Transport;
import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What the commands on Azure work with.
 *
 * @param environment environment variables
 * @param transport opened when it is first needed
 * @param random for names that nobody else uses
 */
public record AzureDesk(
    Map<String, String> environment,
    Supplier<Transport> transport,
    Clock clock,
    Delays delays,
    RandomGenerator random) {
  public AzureDesk {
    environment = Map.copyOf(environment);
    Objects.requireNonNull(transport, "transport");
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(delays, "delays");
    Objects.requireNonNull(random, "random");
  }

  /** The real services. */
  public static AzureDesk ofProcess(Map<String, String> environment) {
    return new AzureDesk(
        environment, Transport::standard, Clock.systemUTC(), Delays.real(), new SecureRandom());
  }

  /** Settings, and access by them. */
  public record Open(AroConfig config, AzureAccess access) {}

  /**
   * Reads the settings. Asks nobody yet.
   *
   * @throws AzureException NOT_CONFIGURED
   */
  public Open open() {
    AroConfig config = AroConfig.of(environment);
    return new Open(config, AzureAccess.of(config, environment, transport.get(), clock, delays));
  }

  /**
   * Turns what Azure does to us into an exit code: a script must be able to tell it from a product
   * that fails.
   *
   * @throws CliException instead of an {@link AzureException}
   */
  public static <T> T guarded(Supplier<T> work) {
    try {
      return work.get();
    } catch (AzureException e) {
      throw new CliException(codeOf(e.reason()), e.getMessage(), e);
    }
  }

  static ExitCode codeOf(AzureException.Reason reason) {
    return switch (reason) {
      case NOT_CONFIGURED -> ExitCode.USAGE;
      case INTERRUPTED -> ExitCode.INTERRUPTED;
      case NO_IDENTITY,
          NO_RIGHTS,
          NOT_FOUND,
          UNREACHABLE,
          THROTTLED,
          REFUSED,
          CONFLICT,
          UNREADABLE,
          BUDGET ->
          ExitCode.UNREACHABLE;
    };
  }

  static Optional<String> given(String value) {
    return Optional.ofNullable(value).filter(text -> !text.isBlank());
  }
}
