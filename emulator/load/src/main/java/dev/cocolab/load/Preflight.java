package dev.cocolab.load;

import dev.cocolab.load.LoadException.Reason;
import dev.cocolab.protocol.Challenge;
import dev.cocolab.protocol.ErrorInformation;
import dev.cocolab.protocol.ProtocolException;
import dev.cocolab.protocol.Request;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.Map;
import java.util.Optional;

/** Looks whether a Key Broker Service is there before load is made. */
final class Preflight {
  private final LoadPlan plan;
  private final ServerTrust trust;

  Preflight(LoadPlan plan, ServerTrust trust) {
    this.plan = plan;
    this.trust = trust;
  }

  /**
   * Asks for one challenge. A broker that refuses is one too.
   *
   * @return what the server showed in its TLS handshake
   * @throws LoadException UNREACHABLE, UNTRUSTED or NOT_A_KBS
   */
  Optional<KbsConnection.Shown> check() {
    KbsConnection connection;
    try {
      connection = KbsConnection.open(plan.target(), trust, plan.timeout());
    } catch (AttemptFailure e) {
      throw unreachable(e);
    }
    try (connection) {
      HttpAnswer answer =
          connection.exchange(
              "POST", "/kbs/v0/auth", Map.of(), Request.of(plan.tee().wireName()).toJson());
      if (!isKbs(answer)) {
        throw new LoadException(
            Reason.NOT_A_KBS,
            "%s is no Key Broker Service: POST /kbs/v0/auth answers %d (%s); check --url"
                .formatted(plan.target(), answer.status(), KbsClient.said(answer)));
      }
      return connection.shown();
    } catch (AttemptFailure e) {
      throw new LoadException(
          Reason.NOT_A_KBS,
          "%s does not answer as a Key Broker Service does: %s; check --url"
              .formatted(plan.target(), e.getMessage()),
          e);
    }
  }

  private LoadException unreachable(AttemptFailure e) {
    if (!e.kind().equals(AttemptFailure.TLS)) {
      return new LoadException(
          Reason.UNREACHABLE,
          "cannot connect to %s: %s; check --url".formatted(plan.target(), e.getMessage()),
          e);
    }
    if (isAboutTrust(e)) {
      return new LoadException(
          Reason.UNTRUSTED,
          "the certificate of %s is not trusted (%s); name who issued it with --ca FILE"
              .formatted(plan.target(), e.getMessage()),
          e);
    }
    return new LoadException(
        Reason.UNREACHABLE,
        "no TLS with %s: %s; is it a plain http:// address?"
            .formatted(plan.target(), e.getMessage()),
        e);
  }

  private static boolean isAboutTrust(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException || cause instanceof CertPathBuilderException) {
        return true;
      }
    }
    return false;
  }

  private static boolean isKbs(HttpAnswer answer) {
    try {
      if (answer.status() == 200) {
        Challenge.parse(answer.body());
      } else {
        ErrorInformation.parse(answer.body());
      }
      return true;
    } catch (ProtocolException e) {
      return false;
    }
  }
}
