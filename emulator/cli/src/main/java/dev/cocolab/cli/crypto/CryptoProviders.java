package dev.cocolab.cli.crypto;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the Amazon Corretto Crypto Provider before the JDK's own providers where it is there, loads,
 * and is faster. A JVM has one list of providers, so this is for programs of our own; a Java
 * project that embeds a lab keeps its list.
 *
 * <p>{@code COCOLAB_CRYPTO} is {@code auto} (or absent), {@code jdk} or {@code corretto}.
 */
public final class CryptoProviders {
  /** The providers that come with Java. */
  public static final String JDK = "JDK";

  /** Amazon Corretto Crypto Provider: AWS-LC behind the JDK's interfaces. */
  public static final String CORRETTO = "Corretto";

  /** Name of the environment variable. */
  public static final String VARIABLE = "COCOLAB_CRYPTO";

  private static final String CLASS =
      "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";
  private static final Logger LOG = LoggerFactory.getLogger(CryptoProviders.class);
  private static final Set<String> WORDS = Set.of("auto", "jdk", "corretto");
  private static final int ROUNDS = 5;

  /** After so many the JDK's code is compiled and another hundred gain some per cent. */
  private static final int WARM_UP = 200;

  private static final byte[] MESSAGE = new byte[1024];

  private final Supplier<Provider> corretto;
  private final Function<Optional<Provider>, Double> rough;
  private final Function<Optional<Provider>, Double> warm;

  /** The provider of the class path, and real measurements. */
  public CryptoProviders() {
    this(
        CryptoProviders::load,
        provider -> measure(provider, 0),
        provider -> measure(provider, WARM_UP));
  }

  /**
   * With another provider and other probes.
   *
   * @param corretto loads the provider, or throws any exception or error
   * @param rough microseconds of one signature made and verified, by a provider or by the JDK, as
   *     they are at once
   * @param warm the same after a warm-up
   */
  CryptoProviders(
      Supplier<Provider> corretto,
      Function<Optional<Provider>, Double> rough,
      Function<Optional<Provider>, Double> warm) {
    this.corretto = Objects.requireNonNull(corretto, "corretto");
    this.rough = Objects.requireNonNull(rough, "rough");
    this.warm = Objects.requireNonNull(warm, "warm");
  }

  /**
   * Chooses, and installs what was chosen. A warm-up would cost a program that begins a second of a
   * processor, so code is compared as it is at once: that tells who is faster, but how much faster
   * it does not, and the choice comes without figures.
   *
   * @throws CliException USAGE when the variable holds something else; UNFIT when Corretto is asked
   *     for and cannot be used
   */
  public CryptoChoice install(Map<String, String> environment) {
    Found found = find(environment, rough);
    found.provider().ifPresent(provider -> Security.insertProviderAt(provider, 1));
    return found.choice().withoutFigures();
  }

  /**
   * Chooses after both had the same warm-up, tells the figures, and leaves the JVM's list of
   * providers alone. Takes about a second of a processor.
   *
   * @throws CliException as {@link #install}
   */
  public CryptoChoice choose(Map<String, String> environment) {
    return find(environment, warm).choice();
  }

  private record Found(CryptoChoice choice, Optional<Provider> provider) {}

  private Found find(Map<String, String> environment, Function<Optional<Provider>, Double> probe) {
    String wanted = wanted(environment);
    if (wanted.equals("jdk")) {
      return new Found(jdk(VARIABLE + " says so"), Optional.empty());
    }
    Provider provider;
    double there;
    try {
      provider = corretto.get();
      there = probe.apply(Optional.of(provider));
    } catch (RuntimeException | LinkageError e) {
      String why = "the Corretto provider cannot be used here: " + words(e);
      if (wanted.equals("corretto")) {
        throw new CliException(
            ExitCode.UNFIT, "%s; set %s=jdk, or unset it".formatted(why, VARIABLE), e);
      }
      return new Found(jdk(why), Optional.empty());
    }
    double here = probe.apply(Optional.empty());
    boolean faster = there < here || wanted.equals("corretto");
    return new Found(
        new CryptoChoice(
            faster ? CORRETTO : JDK,
            OptionalDouble.of(here),
            OptionalDouble.of(there),
            faster ? Optional.empty() : Optional.of("it was faster")),
        faster ? Optional.of(provider) : Optional.empty());
  }

  /**
   * The same beside other work, for programs that begin with something else: what needs
   * cryptography meanwhile has it from the JDK. Corretto that is asked for by name is waited for.
   *
   * @throws CliException as {@link #install}
   */
  public void installBeside(Map<String, String> environment) {
    if (wanted(environment).equals("corretto")) {
      LOG.info("cryptography by {}", install(environment).text());
      return;
    }
    Thread thread =
        new Thread(
            () -> {
              try {
                LOG.info("cryptography by {}", install(environment).text());
              } catch (CliException e) {
                LOG.warn("{}", e.getMessage());
              }
            },
            "cocolab-crypto");
    thread.setDaemon(true);
    thread.start();
  }

  private static String wanted(Map<String, String> environment) {
    String wanted = environment.getOrDefault(VARIABLE, "auto");
    if (!WORDS.contains(wanted)) {
      throw new CliException(
          ExitCode.USAGE,
          "%s is '%s'; it can be auto, jdk or corretto".formatted(VARIABLE, wanted));
    }
    return wanted;
  }

  private static CryptoChoice jdk(String why) {
    return new CryptoChoice(JDK, OptionalDouble.empty(), OptionalDouble.empty(), Optional.of(why));
  }

  private static String words(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String text = cause.getMessage();
    return cause instanceof ClassNotFoundException
        ? "it is not there for this processor"
        : (text == null ? cause.getClass().getSimpleName() : text)
            .lines()
            .findFirst()
            .orElse("")
            .strip();
  }

  /** Unpacks and loads the native library, which takes some 250 ms, and tests it. */
  private static Provider load() {
    try {
      Provider provider = (Provider) Class.forName(CLASS).getField("INSTANCE").get(null);
      Class<?> type = provider.getClass();
      Throwable failed = (Throwable) type.getMethod("getLoadingError").invoke(provider);
      if (failed != null) {
        throw new IllegalStateException(failed);
      }
      type.getMethod("assertHealthy").invoke(provider);
      return provider;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double measure(Optional<Provider> provider, int warmUp) {
    try {
      KeyPairGenerator generator =
          provider.isPresent()
              ? KeyPairGenerator.getInstance("EC", provider.get())
              : KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      return new Stopwatch(warmUp, ROUNDS, System::nanoTime)
          .bestMicros(() -> signAndVerify(pair, provider));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void signAndVerify(KeyPair pair, Optional<Provider> provider)
      throws GeneralSecurityException {
    Signature signer = signature(provider);
    signer.initSign(pair.getPrivate());
    signer.update(MESSAGE);
    byte[] signed = signer.sign();
    Signature verifier = signature(provider);
    verifier.initVerify(pair.getPublic());
    verifier.update(MESSAGE);
    if (!verifier.verify(signed)) {
      throw new IllegalStateException("it does not verify what it signs");
    }
  }

  private static Signature signature(Optional<Provider> provider) throws GeneralSecurityException {
    String algorithm = "SHA256withECDSA";
    return provider.isPresent()
        ? Signature.getInstance(algorithm, provider.get())
        : Signature.getInstance(algorithm);
  }
}
