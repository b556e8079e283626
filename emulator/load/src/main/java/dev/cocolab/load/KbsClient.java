package dev.cocolab.load;

import dev.cocolab.evidence.Tee;
import dev.cocolab.protocol.Attestation;
import dev.cocolab.protocol.Challenge;
import dev.cocolab.protocol.ErrorInformation;
import dev.cocolab.protocol.Jwe;
import dev.cocolab.protocol.ProtocolException;
import dev.cocolab.protocol.Request;
import dev.cocolab.protocol.RuntimeData;
import dev.cocolab.protocol.TeeKeyPair;
import dev.cocolab.protocol.TokenAnswer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * One guest: a key pair of its own, one connection, and a whole handshake for each attestation (KBS
 * protocol 0.4.0, background check). The connection is kept from one attestation to the next,
 * unless each is to have its own.
 */
final class KbsClient implements LoadClient {
  private static final String COOKIE = "kbs-session-id";
  private static final int QUOTED = 160;

  private final KbsAddress address;
  private final ServerTrust trust;
  private final Duration timeout;
  private final boolean reconnect;
  private final Tee tee;
  private final String resource;
  private final EvidenceSource evidence;
  private final TeeKeyPair key;
  private final LongSupplier time;
  private volatile Optional<KbsConnection> connection = Optional.empty();
  private volatile boolean closed;

  KbsClient(
      LoadPlan plan,
      ServerTrust trust,
      EvidenceSource evidence,
      TeeKeyPair key,
      LongSupplier time) {
    this.address = plan.target();
    this.timeout = plan.timeout();
    this.reconnect = plan.reconnect();
    this.tee = plan.tee();
    this.resource = "/kbs/v0/resource/" + plan.resource();
    this.trust = trust;
    this.evidence = evidence;
    this.key = key;
    this.time = time;
  }

  @Override
  public Attempt attest() {
    Course course = new Course();
    try {
      if (reconnect) {
        disconnect();
      }
      HttpAnswer challenge = auth(course);
      String cookie =
          challenge.cookie(COOKIE).orElseThrow(() -> none("the challenge has no session cookie"));
      Map<String, String> session = Map.of("Cookie", COOKIE + "=" + cookie);
      RuntimeData data = new RuntimeData(nonce(challenge), key.publicKey());
      course.begin(Phase.EVIDENCE);
      byte[] message = Attestation.of(data, evidence.evidence(data.reportData(""))).toJson();
      course.end();
      token(exchange(course, Phase.ATTEST, "POST", "/kbs/v0/attest", session, message));
      HttpAnswer sealed = exchange(course, Phase.RESOURCE, "GET", resource, session, new byte[0]);
      course.begin(Phase.DECRYPT);
      open(sealed);
      course.end();
      return course.attempt(Optional.empty());
    } catch (AttemptFailure e) {
      if (e.status() == 0) {
        disconnect(); // whatever comes next on it would not be the answer to the next request
      }
      return course.attempt(Optional.of(closed ? cut(e) : e));
    }
  }

  private static AttemptFailure cut(AttemptFailure e) {
    return new AttemptFailure(AttemptFailure.TIMEOUT, "no answer before the load ended", e);
  }

  /** A server may close a connection that was idle; that is noticed with the next request only. */
  private HttpAnswer auth(Course course) throws AttemptFailure {
    byte[] message = Request.of(tee.wireName()).toJson();
    boolean kept = connection.filter(KbsConnection::isUsable).isPresent();
    try {
      return exchange(course, Phase.AUTH, "POST", "/kbs/v0/auth", Map.of(), message);
    } catch (AttemptFailure e) {
      if (!kept || !e.kind().equals(AttemptFailure.CLOSED)) {
        throw e;
      }
      disconnect();
      course.abandon();
      return exchange(course, Phase.AUTH, "POST", "/kbs/v0/auth", Map.of(), message);
    }
  }

  private HttpAnswer exchange(
      Course course,
      Phase phase,
      String method,
      String path,
      Map<String, String> headers,
      byte[] body)
      throws AttemptFailure {
    KbsConnection open = connected(course);
    course.begin(phase);
    HttpAnswer answer = open.exchange(method, path, headers, body);
    if (answer.status() != 200) {
      throw AttemptFailure.refused(phase, answer.status(), said(answer));
    }
    course.end();
    return answer;
  }

  private KbsConnection connected(Course course) throws AttemptFailure {
    Optional<KbsConnection> kept = connection.filter(KbsConnection::isUsable);
    if (kept.isPresent()) {
      return kept.get();
    }
    disconnect();
    course.begin(Phase.CONNECT);
    KbsConnection fresh = KbsConnection.open(address, trust, timeout);
    course.end();
    course.connections++;
    connection = Optional.of(fresh);
    if (closed) {
      fresh.close();
    }
    return fresh;
  }

  private static String nonce(HttpAnswer answer) throws AttemptFailure {
    try {
      return Challenge.parse(answer.body()).nonce();
    } catch (ProtocolException e) {
      throw none(e.getMessage());
    }
  }

  private static void token(HttpAnswer answer) throws AttemptFailure {
    try {
      TokenAnswer.parse(answer.body());
    } catch (ProtocolException e) {
      throw none(e.getMessage());
    }
  }

  private void open(HttpAnswer answer) throws AttemptFailure {
    Jwe jwe;
    try {
      jwe = Jwe.parse(answer.body());
    } catch (ProtocolException e) {
      throw none("the resource is no JWE: " + e.getMessage());
    }
    try {
      key.open(jwe);
    } catch (ProtocolException e) {
      throw new AttemptFailure(AttemptFailure.DECRYPT, e.getMessage(), e);
    }
  }

  private static AttemptFailure none(String message) {
    return new AttemptFailure(AttemptFailure.PROTOCOL, message, null);
  }

  /** The server's own words, where it uses the protocol's form of errors. */
  static String said(HttpAnswer answer) {
    try {
      ErrorInformation error = ErrorInformation.parse(answer.body());
      return error.variant() + ": " + error.detail();
    } catch (ProtocolException e) {
      byte[] body = answer.body();
      String start =
          new String(body, 0, Math.min(body.length, QUOTED), StandardCharsets.UTF_8)
              .replaceAll("\\p{Cntrl}+", " ")
              .strip();
      return start.isEmpty() ? "no further word" : start;
    }
  }

  /** The connection that is open, if one is. */
  Optional<KbsConnection> connection() {
    return connection;
  }

  private void disconnect() {
    connection.ifPresent(KbsConnection::close);
    connection = Optional.empty();
  }

  @Override
  public void close() {
    closed = true;
    connection.ifPresent(KbsConnection::close);
  }

  /** What one attestation has come to so far. */
  private final class Course {
    private final Map<Phase, Long> phases = new EnumMap<>(Phase.class);
    private Optional<Phase> open = Optional.empty();
    private long begun;
    private long waited;
    private int connections;

    void begin(Phase phase) {
      open = Optional.of(phase);
      begun = time.getAsLong();
    }

    void end() {
      phases.merge(open.orElseThrow(), close(), Long::sum);
    }

    /** What was waited so far was waited, though the phase begins anew. */
    void abandon() {
      close();
    }

    private long close() {
      long took = time.getAsLong() - begun;
      waited += open.filter(Phase::waiting).isPresent() ? took : 0;
      open = Optional.empty();
      return took;
    }

    Attempt attempt(Optional<AttemptFailure> failure) {
      if (open.isPresent()) {
        close();
      }
      return new Attempt(phases, waited, connections, failure);
    }
  }
}
