package dev.cocolab.cli.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The list of providers is the JVM's: what a test puts there is taken out again. */
class CryptoProvidersTest {
  private static final Provider FAKE = new FakeProvider();

  @AfterEach
  void putBack() {
    Security.removeProvider(FAKE.getName());
  }

  @Test
  void theFasterOneIsPutFirst() {
    CryptoChoice choice = install(() -> FAKE, 40, 900, Map.of());

    assertThat(Security.getProviders()[0]).isSameAs(FAKE);
    assertThat(choice.text()).isEqualTo("Corretto");
  }

  /** A program that begins has no time to warm up, and figures of cold code compare nothing. */
  @Test
  void figuresAreToldByTheComparisonThatWarmsUp() {
    CryptoProviders providers =
        new CryptoProviders(
            () -> FAKE,
            provider -> provider.isPresent() ? 90.0 : 3303.0,
            provider -> provider.isPresent() ? 80.0 : 700.0);

    assertThat(providers.choose(Map.of()).text())
        .isEqualTo("Corretto (sign and verify, P-256: JDK 700 µs, Corretto 80 µs)");
    assertThat(providers.install(Map.of()).text()).isEqualTo("Corretto");
  }

  @Test
  void theSlowerOneIsLeftOut() {
    CryptoChoice choice = install(() -> FAKE, 900, 40, Map.of());

    assertThat(Security.getProviders()).doesNotContain(FAKE);
    assertThat(choice.text()).isEqualTo("JDK, because it was faster");
  }

  @Test
  void oneThatDoesNotLoadIsPassedOverWithItsOwnWords() {
    CryptoChoice choice =
        install(
            () -> {
              throw new UnsatisfiedLinkError("failed to map segment from shared object");
            },
            0,
            0,
            Map.of());

    assertThat(choice.text())
        .isEqualTo(
            "JDK, because the Corretto provider cannot be used here: failed to map segment from"
                + " shared object");
  }

  @Test
  void oneThatIsNotOnTheClassPathIsPassedOver() {
    CryptoChoice choice =
        install(
            () -> {
              throw new IllegalStateException(new ClassNotFoundException("x"));
            },
            0,
            0,
            Map.of());

    assertThat(choice.reason().orElseThrow())
        .isEqualTo("the Corretto provider cannot be used here: it is not there for this processor");
  }

  @Test
  void oneThatIsAskedForMustBeThere() {
    assertThatThrownBy(
            () ->
                install(
                    () -> {
                      throw new IllegalStateException("broken");
                    },
                    0,
                    0,
                    Map.of("COCOLAB_CRYPTO", "corretto")))
        .isInstanceOfSatisfying(
            CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNFIT))
        .hasMessage(
            "the Corretto provider cannot be used here: broken; set COCOLAB_CRYPTO=jdk, or unset"
                + " it");
  }

  @Test
  void oneThatIsAskedForMustBeThereBesideOtherWorkToo() {
    CryptoProviders broken =
        new CryptoProviders(
            () -> {
              throw new IllegalStateException("broken");
            },
            provider -> 1.0,
            provider -> 1.0);

    assertThatThrownBy(() -> broken.installBeside(Map.of("COCOLAB_CRYPTO", "corretto")))
        .isInstanceOfSatisfying(
            CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNFIT))
        .hasMessageContaining("broken");
    assertThatThrownBy(() -> broken.installBeside(Map.of("COCOLAB_CRYPTO", "openssl")))
        .isInstanceOfSatisfying(
            CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE));
  }

  @Test
  void oneThatIsAskedForIsTakenThoughItIsSlower() {
    assertThat(install(() -> FAKE, 900, 40, Map.of("COCOLAB_CRYPTO", "corretto")).provider())
        .isEqualTo("Corretto");
  }

  @Test
  void theJdkIsTakenUnseenWhenItIsAskedFor() {
    CryptoChoice choice =
        install(
            () -> {
              throw new AssertionError("looked");
            },
            0,
            0,
            Map.of("COCOLAB_CRYPTO", "jdk"));

    assertThat(choice.text()).isEqualTo("JDK, because COCOLAB_CRYPTO says so");
  }

  @Test
  void choosingAloneLeavesTheListAlone() {
    CryptoChoice choice =
        new CryptoProviders(
                () -> FAKE, provider -> 1.0, provider -> provider.isPresent() ? 40.0 : 900.0)
            .choose(Map.of());

    assertThat(choice.provider()).isEqualTo("Corretto");
    assertThat(Security.getProviders()).doesNotContain(FAKE);
  }

  @Test
  void anotherWordIsRefused() {
    assertThatThrownBy(() -> install(() -> FAKE, 0, 0, Map.of("COCOLAB_CRYPTO", "openssl")))
        .isInstanceOfSatisfying(
            CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage("COCOLAB_CRYPTO is 'openssl'; it can be auto, jdk or corretto");
  }

  /** In a JVM of its own, whose list it may change. */
  @Test
  void theRealOneSignsWhereItIsThere() throws Exception {
    assumeTrue(
        CryptoProvidersTest.class
                .getClassLoader()
                .getResource(
                    "com/amazon/corretto/crypto/provider/AmazonCorrettoCryptoProvider.class")
            != null,
        "the Corretto provider is not there for this processor");

    assertThat(program("auto")).startsWith("AmazonCorrettoCryptoProvider Corretto");
    assertThat(program("jdk")).startsWith("SunEC JDK, because");
  }

  private static String program(String wanted) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Program.class.getName()))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("COCOLAB_CRYPTO", wanted);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return out;
  }

  /** Says who signs with elliptic curves after the choice. */
  static final class Program {
    public static void main(String[] arguments) throws Exception {
      CryptoChoice choice = new CryptoProviders().install(System.getenv());
      System.out.println(
          Signature.getInstance("SHA256withECDSA").getProvider().getName() + " " + choice.text());
    }
  }

  private static CryptoChoice install(
      Supplier<Provider> corretto, double its, double jdk, Map<String, String> environment) {
    return new CryptoProviders(
            corretto,
            (Optional<Provider> provider) -> provider.isPresent() ? its : jdk,
            provider -> 0.0)
        .install(environment);
  }

  private static final class FakeProvider extends Provider {
    private static final long serialVersionUID = 1;

    private FakeProvider() {
      super("fake-corretto", "1", "offers nothing");
    }
  }
}
