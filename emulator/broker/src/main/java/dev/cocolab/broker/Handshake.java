package dev.cocolab.broker;

import dev.cocolab.broker.appraisal.AttestationService;
import dev.cocolab.broker.appraisal.HashAlgorithm;
import dev.cocolab.broker.appraisal.InitDataInput;
import dev.cocolab.broker.appraisal.RuntimeInput;
import dev.cocolab.broker.appraisal.Verdict;
import dev.cocolab.broker.appraisal.VerificationRequest;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.metrics.KbsMetrics;
import dev.cocolab.broker.session.Session;
import dev.cocolab.broker.session.SessionStore;
import dev.cocolab.evidence.Tee;
import dev.cocolab.protocol.Attestation;
import dev.cocolab.protocol.Attestation.InitDataText;
import dev.cocolab.protocol.Challenge;
import dev.cocolab.protocol.ProtocolException;
import dev.cocolab.protocol.Request;
import dev.cocolab.protocol.RuntimeData;
import dev.cocolab.protocol.TokenAnswer;
import java.security.SecureRandom;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The endpoints {@code /auth} and {@code /attest}. */
final class Handshake {

  /** Longer messages leave no evidence in the journal, which anybody could fill otherwise. */
  static final int RECORDED_BYTES = 64 * 1024;

  static final String COOKIE = "kbs-session-id";

  /** Releases before v0.16 spelled two TEEs without dashes. */
  private static final Map<String, Tee> OLD_NAMES =
      Map.of("azsnpvtpm", Tee.AZ_SNP_VTPM, "aztdxvtpm", Tee.AZ_TDX_VTPM);

  private static final DateTimeFormatter EXPIRES =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final SessionStore sessions;
  private final AttestationService service;
  private final AppraisalRecorder recorder;
  private final SecureRandom random;
  private final KbsMetrics metrics;

  Handshake(
      SessionStore sessions,
      AttestationService service,
      AppraisalRecorder recorder,
      SecureRandom random,
      KbsMetrics metrics) {
    this.sessions = sessions;
    this.service = service;
    this.recorder = recorder;
    this.random = random;
    this.metrics = metrics;
  }

  ApiResponse auth(byte[] body) {
    metrics.authAsked();
    try {
      Request request = request(body);
      Tee tee = tee(request.tee()).orElseThrow(() -> unreadable("deserialize Request", null));
      ProtocolVersion.require(request.version());
      Challenge challenge = Challenge.fresh(random);
      Session session = sessions.open(tee.wireName(), challenge.nonce());
      metrics.authSucceeded();
      return ApiResponse.json(challenge.toJson(), cookie(session));
    } catch (BrokerException e) {
      metrics.authFailed();
      throw ApiError.authFailed(e);
    }
  }

  private static Request request(byte[] body) {
    try {
      return Request.parse(body);
    } catch (ProtocolException e) {
      throw unreadable("deserialize Request", e);
    }
  }

  ApiResponse attest(ApiRequest request) {
    metrics.attestationAsked();
    byte[] body = request.bodyBytes();
    Caller caller = request.caller();
    Optional<KeptJson> message = Optional.empty();
    String tee = "";
    try {
      String id = request.session().orElseThrow(() -> handshake("cookie not found"));
      Attestation attestation = attestation(body);
      message = Optional.of(body).filter(b -> b.length <= RECORDED_BYTES).map(KeptJson::ofUtf8);
      Session session = live(id);
      if (session instanceof Session.Attested attested) {
        return ApiResponse.json(new TokenAnswer(attested.token()).toJson(), cookie(attested));
      }
      Session.Authed authed = (Session.Authed) session;
      tee = authed.tee();
      requireNonce(authed, attestation.runtimeData());
      Verdict verdict =
          service.evaluate(requests(tee, attestation), List.of(AttestationService.DEFAULT_POLICY));
      if (verdict instanceof Verdict.Refused refused) {
        metrics.attestationRefused(tee);
        throw recorder.refused(tee, message, refused, caller);
      }
      Verdict.Issued issued = (Verdict.Issued) verdict;
      metrics.attestationSucceeded(tee);
      Session.Attested attested = sessions.attest(authed, issued.token());
      recorder.issued(tee, message, issued, caller);
      return ApiResponse.json(new TokenAnswer(issued.token()).toJson(), cookie(attested));
    } catch (BrokerException e) {
      metrics.attestationFailed();
      recorder.refused(tee, message, e, caller);
      throw ApiError.attestFailed(e);
    }
  }

  private static Attestation attestation(byte[] body) {
    try {
      return Attestation.parse(body);
    } catch (ProtocolException e) {
      throw unreadable("deserialize Attestation", e);
    }
  }

  private Session live(String id) {
    Session session = sessions.find(id).orElseThrow(() -> handshake("session not found"));
    if (sessions.isExpired(session)) {
      sessions.remove(id);
      throw handshake("session expired.");
    }
    return session;
  }

  private static void requireNonce(Session.Authed session, RuntimeData data) {
    if (!session.nonce().equals(data.nonce())) {
      throw handshake(
          "the nonce in the handshake session is different from the client side in KBS protocol's"
              + " Attestation message");
    }
  }

  /** The primary evidence with initdata, then each device without, each with its own binding. */
  private static List<VerificationRequest> requests(String teeName, Attestation attestation) {
    RuntimeData data = attestation.runtimeData();
    Map<String, JsonNode> devices;
    try {
      devices = attestation.devices();
    } catch (ProtocolException e) {
      throw unreadable("additional evidence", e);
    }
    List<VerificationRequest> out = new ArrayList<>();
    out.add(
        request(
            tee(teeName).orElseThrow(() -> handshake("unknown TEE")),
            attestation.primaryEvidence(),
            data.claims(attestation.additionalEvidence()),
            attestation.initData()));
    devices.forEach(
        (name, evidence) ->
            out.add(
                request(
                    tee(name).orElseThrow(() -> handshake("unknown variant `" + name + "`")),
                    evidence,
                    data.toJson(),
                    Optional.empty())));
    return out;
  }

  private static VerificationRequest request(
      Tee tee, JsonNode evidence, JsonNode runtimeData, Optional<InitDataText> initData) {
    HashAlgorithm hash = tee == Tee.SE ? HashAlgorithm.SHA512 : HashAlgorithm.SHA384;
    return new VerificationRequest(
        tee,
        evidence,
        Optional.of(new RuntimeInput.Structured(runtimeData, hash)),
        initData.map(Handshake::document));
  }

  private static InitDataInput document(InitDataText text) {
    if (!text.format().equals("toml")) {
      throw new BrokerException(
          Reason.INIT_DATA,
          "verify TEE evidence failed",
          new BrokerException(Reason.INIT_DATA, "Unsupported initdata format: " + text.format()));
    }
    return new InitDataInput.Document(text.body());
  }

  private static Optional<Tee> tee(String name) {
    return Tee.ofWireName(name).or(() -> Optional.ofNullable(OLD_NAMES.get(name)));
  }

  /** No Path, HttpOnly, Secure or SameSite: the default path covers every endpoint. */
  private static String cookie(Session session) {
    return COOKIE + "=" + session.id() + "; Expires=" + EXPIRES.format(session.expires());
  }

  private static BrokerException handshake(String text) {
    return new BrokerException(Reason.HANDSHAKE, text);
  }

  private static BrokerException unreadable(String text, Throwable cause) {
    return new BrokerException(Reason.HANDSHAKE, text, cause);
  }
}
