package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * One blocking GET at a time over Vert.x: connects where the resolver says, keeps the name for Host
 * and TLS, follows redirects.
 */
final class RegistryHttp implements AutoCloseable {

  private static final int REDIRECTS = 5;

  private final RegistryClient.Options options;
  private final Vertx vertx;
  private final HttpClient client;

  RegistryHttp(RegistryClient.Options options) {
    this.options = options;
    this.vertx = options.vertx();
    HttpClientOptions http =
        new HttpClientOptions()
            .setForceSni(true)
            .setConnectTimeout((int) options.connectTimeout().toMillis())
            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
            .setSslHandshakeTimeout(options.connectTimeout().toMillis())
            .setMaxHeaderSize(32 * 1024);
    if (!options.trustedRoots().isEmpty()) {
      http.setTrustOptions(trusting(options.trustedRoots()));
    }
    this.client = vertx.createHttpClient(http, new PoolOptions().setHttp1MaxSize(4));
  }

  private static PemTrustOptions trusting(List<X509Certificate> roots) {
    PemTrustOptions trust = new PemTrustOptions();
    for (X509Certificate root : roots) {
      trust.addCertValue(Buffer.buffer(pem(root)));
    }
    return trust;
  }

  private static String pem(X509Certificate certificate) {
    try {
      String body =
          Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
      return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a trusted root has no DER form", e);
    }
  }

  /** An answer whose body is still to be read; to be closed. */
  record Answer(int status, Map<String, String> headers, BodyStream body, URI url)
      implements AutoCloseable {

    /** The header's value, or the empty string. */
    String header(String name) {
      return headers.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), "");
    }

    @Override
    public void close() {
      body.close();
    }
  }

  /**
   * Follows redirects; credentials go only to the host they were meant for, and HTTPS never falls
   * back to HTTP.
   */
  Answer get(URI start, Map<String, String> headers, Stage stage) {
    URI url = start;
    Map<String, String> sent = headers;
    for (int hop = 0; hop <= REDIRECTS; hop++) {
      Answer answer = once(url, sent, stage);
      if (answer.status() < 301 || answer.status() > 308 || answer.header("location").isEmpty()) {
        return answer;
      }
      answer.close();
      URI next = target(url, answer.header("location"), stage);
      if (!next.getAuthority().equals(url.getAuthority())) {
        sent = Map.of("User-Agent", sent.getOrDefault("User-Agent", ""));
      }
      url = next;
    }
    throw new ImageException(
        stage, Reason.SERVER_ERROR, "more than " + REDIRECTS + " redirects from " + start);
  }

  private static URI target(URI from, String location, Stage stage) {
    URI next;
    try {
      next = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new ImageException(stage, Reason.SERVER_ERROR, "bad redirect from " + from, e);
    }
    boolean https = "https".equals(next.getScheme());
    boolean plain = "http".equals(next.getScheme()) && "http".equals(from.getScheme());
    if (next.getHost() == null || !(https || plain)) {
      throw new ImageException(
          stage, Reason.SERVER_ERROR, "redirect from " + from + " to " + next + " is not followed");
    }
    return next;
  }

  private Answer once(URI url, Map<String, String> headers, Stage stage) {
    if (Context.isOnEventLoopThread()) {
      throw new IllegalStateException(
          "a registry is read with blocking calls; not to be called on an event loop");
    }
    boolean https = "https".equals(url.getScheme());
    int port = url.getPort() > 0 ? url.getPort() : https ? 443 : 80;
    InetSocketAddress address = options.hosts().resolve(url.getHost(), port);
    if (address.isUnresolved()) {
      throw new ImageException(
          stage,
          Reason.UNREACHABLE,
          "error sending request for url (" + url + "): there is no host " + url.getHost());
    }
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost(url.getHost())
            .setPort(port)
            .setSsl(https)
            .setURI(url.getRawPath() + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery()))
            .setServer(
                SocketAddress.inetSocketAddress(
                    address.getPort(), address.getAddress().getHostAddress()))
            .setConnectTimeout(options.connectTimeout().toMillis());
    headers.forEach(request::putHeader);
    // All on one context, so that the body is not delivered before somebody listens.
    Context context = vertx.getOrCreateContext();
    Promise<HttpClientRequest> open = Promise.promise();
    Promise<Answer> answer = Promise.promise();
    context.runOnContext(
        go -> {
          client.request(request).onComplete(open);
          open.future().compose(opened -> send(opened, url, stage)).onComplete(answer);
        });
    return await(answer.future(), open.future(), url, stage);
  }

  private Future<Answer> send(HttpClientRequest open, URI url, Stage stage) {
    Future<Answer> answer = open.response().map(response -> answer(response, url, stage));
    return open.end().compose(sent -> answer);
  }

  private Answer answer(HttpClientResponse response, URI url, Stage stage) {
    BodyStream body =
        new BodyStream(vertx, response, options.requestTimeout(), stage, url.toString());
    return new Answer(response.statusCode(), headersOf(response), body, url);
  }

  private static Map<String, String> headersOf(HttpClientResponse response) {
    var headers = new java.util.HashMap<String, String>();
    response
        .headers()
        .forEach(
            (name, value) -> headers.putIfAbsent(name.toLowerCase(java.util.Locale.ROOT), value));
    return headers;
  }

  private Answer await(
      Future<Answer> answer, Future<HttpClientRequest> open, URI url, Stage stage) {
    Duration limit = options.requestTimeout();
    try {
      return answer
          .toCompletionStage()
          .toCompletableFuture()
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      open.onSuccess(HttpClientRequest::reset);
      throw new ImageException(stage, Reason.TIMEOUT, "interrupted while waiting for " + url, e);
    } catch (TimeoutException e) {
      open.onSuccess(HttpClientRequest::reset);
      throw new ImageException(
          stage,
          Reason.TIMEOUT,
          "no answer from " + url + " within " + limit.toSeconds() + " s",
          e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      Reason reason = tls(cause) ? Reason.TLS : Reason.UNREACHABLE;
      throw new ImageException(
          stage,
          reason,
          "error sending request for url (" + url + "): " + cause.getMessage(),
          cause);
    }
  }

  private static boolean tls(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SSLException || t instanceof java.security.cert.CertificateException) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    client.close();
  }
}
