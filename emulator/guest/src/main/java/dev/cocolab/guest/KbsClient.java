package dev.cocolab.guest;

import dev.cocolab.guest.GuestException.Reason;
import dev.cocolab.protocol.ErrorInformation;
import dev.cocolab.protocol.Jwe;
import dev.cocolab.protocol.ProtocolException;
import dev.cocolab.protocol.TeeKeyPair;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A client of any Key Broker Service, outside a guest: it attests, reads resources and does an
 * administrator's calls as Trustee's {@code kbs-client} does, with its requests and retries. Every
 * call ends within 25 seconds. Calls block and are not for event loops.
 */
public final class KbsClient implements AutoCloseable {

  private static final String ADMIN_AGENT = "kbs-client/0.1.0";
  private static final String API = "/kbs/v0/";

  /** The variant with which a broker asks for an attestation. */
  private static final String NOT_ATTESTED = "TokenNotFound:";

  private static final int HANDSHAKES = 5;
  private static final int READS = 3;
  private static final int SHOWN_BYTES = 4096;

  /** More than a guest allows, because a client's first connection also loads its TLS. */
  private static final Duration CONNECT = Duration.ofSeconds(9);

  private static final Duration BETWEEN = Duration.ofSeconds(1);

  private final KbsHttp http;
  private final String base;
  private final Clock clock;
  private final Pause pause;
  private final Consumer<String> log;
  private final CookieJar cookies = new CookieJar();

  private KbsClient(KbsHttp http, String base, Clock clock, Pause pause, Consumer<String> log) {
    this.http = http;
    this.base = base;
    this.clock = clock;
    this.pause = pause;
    this.log = log;
  }

  /**
   * A client.
   *
   * @param url {@code http://host:port} or {@code https://host:port}; a trailing slash is dropped
   * @param roots certificates that are trusted beside those of the Java runtime
   * @param log gets a line for each attempt that failed
   */
  public static KbsClient open(
      Vertx vertx, String url, List<X509Certificate> roots, Clock clock, Consumer<String> log) {
    return open(vertx, url, roots, clock, Pause.on(vertx), log);
  }

  static KbsClient open(
      Vertx vertx,
      String url,
      List<X509Certificate> roots,
      Clock clock,
      Pause pause,
      Consumer<String> log) {
    return new KbsClient(
        new KbsHttp(vertx, InetSocketAddress::new, TrustRoots.with(List.of(), roots), CONNECT),
        Objects.requireNonNull(url, "url").replaceAll("/+$", ""),
        clock,
        pause,
        log);
  }

  /**
   * Attests, five times at most.
   *
   * @return the attestation token
   * @throws GuestException ATTESTATION when the broker refuses, KBS_UNREACHABLE
   */
  public String token(Attester attester, TeeKeyPair key) {
    Deadline deadline = Deadline.of(clock);
    return told(
        Reason.ATTESTATION,
        () -> {
          for (int attempt = 1; ; attempt++) {
            try {
              return handshake(attester, key, deadline);
            } catch (KbsException e) {
              log.accept("attempt " + attempt + " to attest: " + e.getMessage());
              if (attempt == HANDSHAKES || deadline.passedAfter(BETWEEN)) {
                throw e;
              }
            }
            pause.of(BETWEEN);
          }
        });
  }

  private String handshake(Attester attester, TeeKeyPair key, Deadline deadline) {
    return new Handshake(http, base, attester, key, cookies).run(deadline);
  }

  /**
   * Reads a resource; asks first and attests when that is what the broker wants, three times at
   * most.
   *
   * @param path {@code repository/type/tag}, for the plugin {@code resource}
   * @throws GuestException RESOURCE when it is refused or cannot be opened, ATTESTATION when the
   *     evidence is refused, KBS_UNREACHABLE
   */
  public byte[] resource(String path, Attester attester, TeeKeyPair key) {
    Deadline deadline = Deadline.of(clock);
    String url = base + TokenClient.escaped(API + "resource/" + path);
    String refusal = "";
    for (int attempt = 1; attempt <= READS; attempt++) {
      KbsHttp.Answer answer =
          told(Reason.RESOURCE, () -> http.get(url, cookies.header(), deadline));
      if (answer.status() != 401) {
        return opened(answer, key, url);
      }
      refusal = told(Reason.RESOURCE, () -> refusal(answer, url));
      if (!refusal.startsWith(NOT_ATTESTED)) {
        log.accept("attempt " + attempt + " to read " + path + ": " + refusal);
      }
      told(Reason.ATTESTATION, () -> handshake(attester, key, deadline));
    }
    throw new GuestException(Reason.RESOURCE, url + " is refused: " + refusal);
  }

  /**
   * Reads a resource with a token that was issued for this key.
   *
   * @throws GuestException RESOURCE, KBS_UNREACHABLE
   */
  public byte[] resource(String path, String token, TeeKeyPair key) {
    String url = base + TokenClient.escaped(API + "resource/" + path);
    KbsHttp.Answer answer =
        told(
            Reason.RESOURCE,
            () -> http.get(url, Map.of("Authorization", "Bearer " + token), Deadline.of(clock)));
    if (answer.status() == 401) {
      String refusal = told(Reason.RESOURCE, () -> refusal(answer, url));
      throw new GuestException(Reason.RESOURCE, url + " is refused: " + refusal);
    }
    return opened(answer, key, url);
  }

  private static byte[] opened(KbsHttp.Answer answer, TeeKeyPair key, String url) {
    if (answer.status() != 200) {
      throw new GuestException(
          Reason.RESOURCE, url + " answers " + answer.status() + ": " + text(answer));
    }
    try {
      return key.open(Jwe.parse(answer.body()));
    } catch (ProtocolException e) {
      throw new GuestException(
          Reason.RESOURCE,
          "the answer of " + url + " cannot be opened",
          "the answer of " + url + " cannot be opened: " + e.getMessage(),
          e);
    }
  }

  private static String refusal(KbsHttp.Answer answer, String url) {
    try {
      ErrorInformation error = ErrorInformation.parse(answer.body());
      return error.variant() + ": " + error.detail();
    } catch (ProtocolException e) {
      throw new KbsException("the 401 of " + url + " has no error information", e);
    }
  }

  /** What an administrator's call is answered with. */
  @SuppressWarnings("ArrayRecordComponent") // copied on the way in and out; never compared
  public record AdminAnswer(int status, byte[] body) {
    /** Takes a copy. */
    public AdminAnswer {
      body = body.clone();
    }

    @Override
    public byte[] body() {
      return body.clone();
    }

    /** The beginning of the body as text. */
    public String text() {
      return new String(body, 0, Math.min(body.length, SHOWN_BYTES), StandardCharsets.UTF_8);
    }
  }

  /**
   * An administrator's call.
   *
   * @param method {@code GET}, {@code POST} or {@code DELETE}
   * @param path below {@code /kbs/v0/}
   * @param contentType of the body
   * @param token for {@code Authorization: Bearer}, where there is one
   * @throws GuestException KBS_UNREACHABLE; any status is an answer
   */
  public AdminAnswer admin(
      String method, String path, String contentType, byte[] body, Optional<String> token) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("User-Agent", ADMIN_AGENT);
    if (method.equals("POST")) {
      headers.put("Content-Type", contentType);
    }
    token.ifPresent(jwt -> headers.put("Authorization", "Bearer " + jwt));
    String url = base + TokenClient.escaped(API + path);
    KbsHttp.Answer answer =
        told(
            Reason.RESOURCE,
            () ->
                http.exchange(
                    HttpMethod.valueOf(method),
                    url,
                    headers,
                    Buffer.buffer(body),
                    Deadline.of(clock)));
    return new AdminAnswer(answer.status(), answer.body());
  }

  private static String text(KbsHttp.Answer answer) {
    return new AdminAnswer(answer.status(), answer.body()).text();
  }

  private static <T> T told(Reason reason, Supplier<T> call) {
    try {
      return call.get();
    } catch (KbsException e) {
      String message = String.valueOf(e.getMessage());
      throw new GuestException(e.answered() ? reason : Reason.KBS_UNREACHABLE, message, message, e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
