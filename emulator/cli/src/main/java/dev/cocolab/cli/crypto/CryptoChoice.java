package dev.cocolab.cli.crypto;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Which provider of cryptography is used, and why.
 *
 * @param provider {@link CryptoProviders#JDK} or {@link CryptoProviders#CORRETTO}
 * @param jdkMicros the best of several signatures (ECDSA, P-256) made and verified by the JDK after
 *     a warm-up, microseconds; empty when nothing was compared, or only the order
 * @param correttoMicros the same by the Corretto provider
 * @param reason what kept the Corretto provider from being used; empty when it is used
 */
public record CryptoChoice(
    String provider,
    OptionalDouble jdkMicros,
    OptionalDouble correttoMicros,
    Optional<String> reason) {
  /** Checks that nothing is missing. */
  public CryptoChoice {
    Objects.requireNonNull(provider, "provider");
    Objects.requireNonNull(jdkMicros, "jdkMicros");
    Objects.requireNonNull(correttoMicros, "correttoMicros");
    Objects.requireNonNull(reason, "reason");
  }

  CryptoChoice withoutFigures() {
    return new CryptoChoice(provider, OptionalDouble.empty(), OptionalDouble.empty(), reason);
  }

  /** One line for people. */
  public String text() {
    String figures =
        jdkMicros.isPresent() && correttoMicros.isPresent()
            ? String.format(
                Locale.ROOT,
                " (sign and verify, P-256: JDK %.0f µs, Corretto %.0f µs)",
                jdkMicros.getAsDouble(),
                correttoMicros.getAsDouble())
            : "";
    return provider + reason.map(why -> ", because " + why).orElse("") + figures;
  }
}
