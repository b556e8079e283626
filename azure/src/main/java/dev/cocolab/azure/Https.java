package dev.cocolab.azure;

import dev.cocolab.azure.AzureException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One request over HTTPS and its whole answer, bounded in size and time. Follows no redirect. */
public final class Https {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Transport transport;

  public Https(Transport transport) {
    this.transport = transport;
  }

  /**
   * A request.
   *
   * @param method {@code GET}, {@code POST} (with an empty body) or {@code DELETE}
   * @param uri an {@code https} address
   * @param headers sent as they are
   * @param largest answers with more bytes are refused
   * @param time for connecting, sending and the whole answer
   */
  public record Request(
      String method, URI uri, Map<String, SecretText> headers, int largest, Duration time) {
    /** Checks the scheme: no header of ours leaves without TLS. */
    public Request {
      if (!"https".equals(uri.getScheme())) {
        throw new AzureException(
            Reason.REFUSED, "refusing to ask " + uri.getHost() + " without TLS");
      }
      headers = Map.copyOf(headers);
    }
  }

  /**
   * An answer.
   *
   * @param status HTTP status
   * @param headers of the answer
   * @param host for messages
   * @param text body in UTF-8
   */
  public record Answer(int status, java.net.http.HttpHeaders headers, String host, String text) {
    public Optional<String> header(String name) {
      return headers.firstValue(name);
    }

    /**
     * The body as JSON.
     *
     * @throws AzureException UNREADABLE
     */
    public JsonNode json() {
      try {
        return JSON.readTree(text);
      } catch (JacksonException e) {
        throw new AzureException(
            Reason.UNREADABLE, host + " answered with something that is no JSON");
      }
    }

    /** Says nothing of the body, which may be a credential. */
    @Override
    public String toString() {
      return "Answer[" + status + " of " + host + "]";
    }
  }

  /**
   * Asks once.
   *
   * @throws AzureException UNREACHABLE, naming the host, when no whole answer arrives in time;
   *     UNREADABLE when it is too large
   */
  public Answer send(Request request) {
    String host = request.uri().getHost();
    HttpRequest.Builder wire =
        HttpRequest.newBuilder(request.uri())
            .timeout(request.time())
            .method(request.method(), HttpRequest.BodyPublishers.noBody());
    request.headers().forEach((name, value) -> wire.header(name, value.reveal()));
    try {
      return Timed.call(
          host, request.time(), () -> exchange(wire.build(), request.largest(), host));
    } catch (AzureException e) {
      throw e;
    } catch (Exception e) {
      throw new AzureException(Reason.UNREACHABLE, host + ": " + cause(e));
    }
  }

  private Answer exchange(HttpRequest wire, int largest, String host)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        transport.plain().send(wire, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      byte[] bytes = body.readNBytes(largest + 1);
      if (bytes.length > largest) {
        throw new AzureException(
            Reason.UNREADABLE, "%s answered with more than %d bytes".formatted(host, largest));
      }
      return new Answer(
          response.statusCode(),
          response.headers(),
          host,
          new String(bytes, StandardCharsets.UTF_8));
    }
  }

  /** Why a connection failed, without the library's words, which may quote the address. */
  static String cause(Throwable problem) {
    for (Throwable at = problem; at != null; at = at.getCause()) {
      if (at instanceof UnknownHostException || at instanceof UnresolvedAddressException) {
        return "there is no such host, or no network";
      }
      if (at instanceof HttpTimeoutException) {
        return "no answer in time";
      }
      if (at instanceof SSLException) {
        return "TLS failed; its certificate is not trusted here, or a proxy is in between";
      }
    }
    return problem instanceof ConnectException ? "connection refused" : "the connection broke";
  }
}
