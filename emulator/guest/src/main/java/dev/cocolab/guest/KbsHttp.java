package dev.cocolab.guest;

import dev.cocolab.image.HostResolver;
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

/**
 * Blocking HTTP exchanges with a broker. Answers are bounded to 8 MiB, a guest's connection is
 * given 3 s, an answer 10 s, and never more than the deadline leaves. Redirects are not followed.
 */
final class KbsHttp implements AutoCloseable {

  static final String USER_AGENT = "attestation-agent-kbs-client/0.1.0";

  private static final int BODY_LIMIT = 8 * 1024 * 1024;
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final HostResolver hosts;
  private final HttpClient client;
  private final Duration connect;

  /**
   * Trusts these roots, or those of the Java runtime when there are none; host names are verified.
   */
  KbsHttp(Vertx vertx, HostResolver hosts, List<X509Certificate> roots) {
    this(vertx, hosts, roots, CONNECT);
  }

  /** The same with another time for a connection. */
  KbsHttp(Vertx vertx, HostResolver hosts, List<X509Certificate> roots, Duration connect) {
    this.vertx = vertx;
    this.hosts = hosts;
    this.connect = connect;
    HttpClientOptions options =
        new HttpClientOptions()
            .setForceSni(true)
            .setConnectTimeout((int) connect.toMillis())
            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
            .setSslHandshakeTimeout(connect.toMillis())
            .setMaxHeaderSize(32 * 1024);
    if (!roots.isEmpty()) {
      PemTrustOptions trust = new PemTrustOptions();
      roots.forEach(root -> trust.addCertValue(Buffer.buffer(pem(root))));
      options.setTrustOptions(trust);
    }
    this.client = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(2));
  }

  private static String pem(X509Certificate certificate) {
    try {
      String body =
          Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
      return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a root has no DER form", e);
    }
  }

  /** An answer with its whole body. */
  static final class Answer {
    private final int status;
    private final List<String> cookies;
    private final byte[] body;

    private Answer(int status, List<String> cookies, byte[] body) {
      this.status = status;
      this.cookies = List.copyOf(cookies);
      this.body = body;
    }

    int status() {
      return status;
    }

    /** The values of the Set-Cookie headers. */
    List<String> cookies() {
      return cookies;
    }

    byte[] body() {
      return body.clone();
    }
  }

  Answer get(String url, Map<String, String> headers, Deadline deadline) {
    return exchange(HttpMethod.GET, url, headers, Buffer.buffer(), deadline);
  }

  Answer post(String url, Map<String, String> headers, byte[] json, Deadline deadline) {
    return exchange(HttpMethod.POST, url, headers, Buffer.buffer(json), deadline);
  }

  /** Any exchange; a body goes as JSON unless the headers say what it is. */
  Answer exchange(
      HttpMethod method, String url, Map<String, String> headers, Buffer body, Deadline deadline) {
    if (Context.isOnEventLoopThread()) {
      throw new IllegalStateException(
          "the broker is asked with blocking calls; not to be called on an event loop");
    }
    RequestOptions request = request(method, url);
    if (method.equals(HttpMethod.POST)) {
      request.putHeader("Content-Type", "application/json");
    }
    headers.forEach(request::putHeader);
    Context context = vertx.getOrCreateContext();
    Promise<HttpClientRequest> open = Promise.promise();
    Promise<Answer> answer = Promise.promise();
    context.runOnContext(
        go -> {
          client.request(request).onComplete(open);
          open.future().compose(opened -> send(opened, body)).onComplete(answer);
        });
    return await(answer.future(), open.future(), url, deadline.left(ANSWER));
  }

  private RequestOptions request(HttpMethod method, String url) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new KbsException("builder error for url (" + url + "): " + e.getMessage(), e);
    }
    boolean https = "https".equals(uri.getScheme());
    if (uri.getHost() == null || !(https || "http".equals(uri.getScheme()))) {
      throw new KbsException("builder error for url (" + url + "): not an HTTP address");
    }
    int port = uri.getPort() > 0 ? uri.getPort() : https ? 443 : 80;
    InetSocketAddress address = hosts.resolve(uri.getHost(), port);
    if (address.isUnresolved()) {
      throw KbsException.unanswered(
          "error sending request for url (" + url + "): there is no host " + uri.getHost(), null);
    }
    return new RequestOptions()
        .setMethod(method)
        .setHost(uri.getHost())
        .setPort(port)
        .setSsl(https)
        .setURI(uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()))
        .setServer(
            SocketAddress.inetSocketAddress(
                address.getPort(), address.getAddress().getHostAddress()))
        .setConnectTimeout(connect.toMillis())
        .putHeader("Accept", "*/*")
        .putHeader("User-Agent", USER_AGENT);
  }

  private static Future<Answer> send(HttpClientRequest open, Buffer body) {
    Future<Answer> answer = open.response().compose(KbsHttp::read);
    return open.end(body).compose(sent -> answer);
  }

  private static Future<Answer> read(HttpClientResponse response) {
    Promise<Answer> answer = Promise.promise();
    Buffer body = Buffer.buffer();
    response.handler(
        part -> {
          if (body.length() + part.length() > BODY_LIMIT) {
            response.request().reset();
            answer.tryFail("answer of more than 8 MiB");
          } else {
            body.appendBuffer(part);
          }
        });
    response.exceptionHandler(answer::tryFail);
    response.endHandler(
        end ->
            answer.tryComplete(
                new Answer(response.statusCode(), response.cookies(), body.getBytes())));
    return answer.future();
  }

  private static Answer await(
      Future<Answer> answer, Future<HttpClientRequest> open, String url, Duration limit) {
    try {
      return answer
          .toCompletionStage()
          .toCompletableFuture()
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      open.onSuccess(HttpClientRequest::reset);
      throw new KbsException("interrupted while waiting for url (" + url + ")", e);
    } catch (TimeoutException e) {
      open.onSuccess(HttpClientRequest::reset);
      throw KbsException.unanswered(
          "error sending request for url ("
              + url
              + "): no answer within "
              + limit.toMillis()
              + " ms",
          e);
    } catch (ExecutionException e) {
      throw KbsException.unanswered(
          "error sending request for url (" + url + "): " + e.getCause().getMessage(),
          e.getCause());
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
