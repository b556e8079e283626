package dev.cocolab.protocol;

import java.util.Objects;

/** A sealed secret that cannot be read or trusted. The message is the data hub's own text. */
public final class SealedSecretException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What was wrong. */
  public enum Reason {
    /** Not {@code sealed.} and three parts, or the header is no JSON in base64url. */
    NOT_A_JWS,
    /** The header names no key. */
    NO_KEY_ID,
    /** The header names no algorithm. */
    NO_ALGORITHM,
    /** Another algorithm than ES256. */
    OTHER_ALGORITHM,
    /** The signer's key is no P-256 key in JWK form. */
    BAD_KEY,
    /** The signature is not the signer's. */
    BAD_SIGNATURE,
    /** The payload is not the JSON that the format asks for. */
    BAD_PAYLOAD,
    /** A version other than 0.1.0. */
    OTHER_VERSION,
    /** A type or provider that is not served. */
    UNSUPPORTED
  }

  private final Reason reason;

  SealedSecretException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  SealedSecretException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** What was wrong, for callers that act on it. */
  public Reason reason() {
    return reason;
  }
}
