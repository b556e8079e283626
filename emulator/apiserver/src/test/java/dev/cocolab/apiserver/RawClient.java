package dev.cocolab.apiserver;

import dev.cocolab.apiserver.json.Trees;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.JsonNode;

/** Plain requests of the JDK's client, each with a time limit. */
public final class RawClient {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final HttpClient client;
  private final URI base;
  private final Optional<String> token;

  public RawClient(RunningServer running) {
    this(running, Optional.of(RunningServer.TOKEN), Optional.empty());
  }

  public RawClient(RunningServer running, Optional<String> token, Optional<PemIdentity> identity) {
    this(running.server.url(), running.authority.pem(), token, identity);
  }

  public RawClient(URI base, String caPem, Optional<String> token, Optional<PemIdentity> identity) {
    this.base = base;
    this.token = token;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(context(caPem, identity))
            .connectTimeout(LIMIT)
            .build();
  }

  private static Certificate certificate(String pem) throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  static SSLContext context(String caPem, Optional<PemIdentity> identity) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("ca", certificate(caPem));
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      if (identity.isPresent()) {
        String key = identity.get().keyPem().replaceAll("-----[A-Z ]+-----|\\s", "");
        own.setKeyEntry(
            "own",
            KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(key))),
            new char[0],
            new Certificate[] {certificate(identity.get().certificatePem())});
      }
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(own, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An answer with its body as text. */
  public record Answer(
      int code, String contentType, String body, Map<String, java.util.List<String>> headers) {
    public JsonNode json() {
      return Trees.MAPPER.readTree(body);
    }

    public String message() {
      return Trees.textOrEmpty(json(), "message");
    }
  }

  public Answer send(
      String method, String path, String contentType, byte[] body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(LIMIT)
            .method(
                method,
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    if (!contentType.isEmpty()) {
      request.header("Content-Type", contentType);
    }
    token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
      return new Answer(
          answer.statusCode(),
          answer.headers().firstValue("Content-Type").orElse(""),
          answer.body(),
          answer.headers().map());
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public Answer get(String path, String... headers) {
    return send("GET", path, "", new byte[0], headers);
  }

  public Answer send(String method, String path, String json) {
    return send(
        method, path, "application/json", json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  /** Opens a WebSocket. */
  public WebSocket webSocket(
      String path, String protocol, WebSocket.Listener listener, String... headers) {
    WebSocket.Builder builder = client.newWebSocketBuilder().connectTimeout(LIMIT);
    token.ifPresent(text -> builder.header("Authorization", "Bearer " + text));
    URI address = URI.create(base.resolve(path).toString().replaceFirst("^http", "ws"));
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    if (!protocol.isEmpty()) {
      builder.subprotocols(protocol);
    }
    return builder.buildAsync(address, listener).join();
  }

  /** Lines of a stream; the caller closes it. */
  public Stream<String> lines(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(LIMIT);
    token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<java.io.InputStream> answer =
          client.send(request.build(), BodyHandlers.ofInputStream());
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
      return reader
          .lines()
          .onClose(
              () -> {
                try {
                  answer.body().close();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
