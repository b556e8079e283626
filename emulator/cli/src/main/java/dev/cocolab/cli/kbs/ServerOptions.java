package dev.cocolab.cli.kbs;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.Terminal;
import dev.cocolab.guest.GuestException;
import dev.cocolab.guest.KbsClient;
import dev.cocolab.lab.EventLoops;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Which broker is spoken to. */
final class ServerOptions {
  private static final long CLOSE_SECONDS = 5;

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8080",
      description = "Root URL of the broker, without a path (default: ${DEFAULT-VALUE}).")
  private String url;

  @Option(
      names = "--cert-file",
      paramLabel = "PEM",
      description = "Certificates that are trusted beside those of the Java runtime.")
  private Path certificates;

  /**
   * Runs a piece of work with a client.
   *
   * @throws CliException {@link ExitCode#UNREACHABLE} if the broker does not answer, {@link
   *     ExitCode#NOT_SO} if it refuses, {@link ExitCode#USAGE} for a URL or file that is none
   */
  <T> T with(Terminal terminal, Function<KbsClient, T> work) {
    requireUrl();
    List<X509Certificate> roots = roots();
    Vertx vertx = EventLoops.start();
    try (KbsClient client = KbsClient.open(vertx, url, roots, Clock.systemUTC(), terminal::tell)) {
      return work.apply(client);
    } catch (GuestException e) {
      boolean unreachable = e.reason() == GuestException.Reason.KBS_UNREACHABLE;
      throw new CliException(
          unreachable ? ExitCode.UNREACHABLE : ExitCode.NOT_SO,
          unreachable ? e.getMessage() + remedy(e.getMessage()) : e.getMessage(),
          e);
    } finally {
      var unused = vertx.close().toCompletionStage().toCompletableFuture();
      try {
        unused.get(CLOSE_SECONDS, TimeUnit.SECONDS);
      } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
        terminal.tell("the client's threads did not end in time");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static String remedy(String message) {
    boolean tls = message.contains("PKIX") || message.contains("SSL") || message.contains("cert");
    return tls
        ? "; name the broker's certificate with --cert-file"
        : "; name the broker that you mean with --url";
  }

  private void requireUrl() {
    try {
      URI parsed = URI.create(url);
      String scheme = String.valueOf(parsed.getScheme());
      if ((scheme.equals("http") || scheme.equals("https")) && parsed.getHost() != null) {
        return;
      }
    } catch (IllegalArgumentException e) {
      throw notUrl(e);
    }
    throw notUrl(null);
  }

  private CliException notUrl(Exception cause) {
    return new CliException(
        ExitCode.USAGE, "--url '%s' is no http:// or https:// address".formatted(url), cause);
  }

  private List<X509Certificate> roots() {
    if (certificates == null) {
      return List.of();
    }
    InputFile file = InputFile.read(certificates);
    List<X509Certificate> out = new ArrayList<>();
    try {
      CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(file.bytes()))
          .forEach(one -> out.add((X509Certificate) one));
    } catch (CertificateException e) {
      throw new CliException(
          ExitCode.USAGE, "%s: not a certificate in PEM".formatted(certificates), e);
    }
    if (out.isEmpty()) {
      throw new CliException(ExitCode.USAGE, certificates + " holds no certificate");
    }
    return out;
  }
}
