package dev.cocolab.broker.token;

import com.nimbusds.jose.jwk.JWKSet;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Loads JWK sets (RFC 7517) that a configuration names: a path, {@code file://}, or {@code
 * https://}. What is at an {@code https} address is a set, or an issuer, whose {@code
 * .well-known/openid-configuration} names it in {@code jwks_uri} (OpenID Connect Discovery 1.0).
 */
public final class JwkSources {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_BYTES = 1024 * 1024;
  private static final int OK = 200;
  private static final String FILE = "file://";

  private final Function<String, Path> files;
  private final Supplier<HttpClient> https;

  /**
   * Sources of a program.
   *
   * @param files from a path inside the container to the file on this machine
   */
  public JwkSources(Function<String, Path> files) {
    this(files, () -> HttpClient.newBuilder().connectTimeout(TIMEOUT).build());
  }

  JwkSources(Function<String, Path> files, Supplier<HttpClient> https) {
    this.files = Objects.requireNonNull(files, "files");
    this.https = Objects.requireNonNull(https, "https");
  }

  /**
   * Loads a set, once and for all.
   *
   * @throws BrokerException FILE or KEY naming the source and what is wrong with it; CONFIGURATION
   *     for {@code http://}
   */
  public JWKSet load(String source) {
    if (source.startsWith("https://")) {
      return fetched(source);
    }
    if (source.startsWith("http://")) {
      throw new BrokerException(
          Reason.CONFIGURATION,
          "`trusted_jwk_sets`: " + source + ": only https:// and files are trusted");
    }
    String path = source.startsWith(FILE) ? source.substring(FILE.length()) : source;
    return parse(path, Pem.read(path, files.apply(path)));
  }

  private JWKSet fetched(String source) {
    HttpClient client = https.get();
    try {
      return parse(source, get(client, source));
    } catch (BrokerException notASet) {
      String base = source.endsWith("/") ? source.substring(0, source.length() - 1) : source;
      String discovery = base + "/.well-known/openid-configuration";
      try {
        String set = setOf(discovery, get(client, discovery));
        return parse(set, get(client, set));
      } catch (BrokerException noIssuerEither) {
        noIssuerEither.addSuppressed(notASet);
        throw noIssuerEither;
      }
    }
  }

  private static String setOf(String discovery, String document) {
    try {
      JsonNode uri = JsonMapper.shared().readTree(document).path("jwks_uri");
      if (uri.isString() && uri.asString().startsWith("https://")) {
        return uri.asString();
      }
    } catch (JacksonException e) {
      throw new BrokerException(Reason.KEY, discovery + ": not JSON", e);
    }
    throw new BrokerException(Reason.KEY, discovery + ": no https:// address in `jwks_uri`");
  }

  private static JWKSet parse(String source, String text) {
    try {
      return JWKSet.parse(text);
    } catch (ParseException e) {
      throw new BrokerException(Reason.KEY, source + ": not a JWK set: " + e.getMessage(), e);
    }
  }

  private static String get(HttpClient client, String address) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(new URI(address))
              .timeout(TIMEOUT)
              .header("Accept", "application/json")
              .build();
      HttpResponse<InputStream> answer =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        if (answer.statusCode() != OK) {
          throw unreachable(address, "answered " + answer.statusCode(), null);
        }
        return bounded(address, body);
      }
    } catch (IOException | URISyntaxException | IllegalArgumentException e) {
      throw unreachable(address, String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(address, "interrupted", e);
    }
  }

  private static String bounded(String address, InputStream body) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(body.readNBytes(MAX_BYTES + 1));
    if (out.size() > MAX_BYTES) {
      throw unreachable(address, "larger than " + MAX_BYTES + " bytes", null);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static BrokerException unreachable(String address, String why, Exception cause) {
    return new BrokerException(Reason.FILE, address + ": " + why, cause);
  }
}
