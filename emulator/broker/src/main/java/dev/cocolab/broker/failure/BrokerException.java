package dev.cocolab.broker.failure;

import java.util.Objects;

/** Something the broker could not do. The message is the text of the log. */
public final class BrokerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What failed. */
  public enum Reason {
    /** The configuration file is absent, does not parse, or asks for what is not supported. */
    CONFIGURATION,
    /** A file that the configuration names is absent or unreadable. */
    FILE,
    /** A key or certificate that is not what the configuration needs. */
    KEY,
    /** Storage could not be read or written. */
    STORAGE,
    /** A stored policy is absent. */
    POLICY_ABSENT,
    /** A stored policy does not parse. */
    POLICY_SYNTAX,
    /** A policy could not be evaluated, or gave what no appraisal can be made of. */
    POLICY_EVALUATION,
    /** Reference values could not be read. */
    REFERENCE_VALUES,
    /** Evidence was refused. */
    EVIDENCE,
    /** No verifier for this TEE. */
    UNSUPPORTED_TEE,
    /** The initdata of an attestation message was refused. */
    INIT_DATA,
    /** A handshake message or its session is not in order. */
    HANDSHAKE,
    /** A presented token was not accepted. */
    TOKEN,
    /** A plugin could not answer. */
    PLUGIN,
    /** A request's body is not what its endpoint takes. */
    MALFORMED
  }

  private final Reason reason;

  /** Makes an exception with the text of the log. */
  public BrokerException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** Makes an exception with the text of the log and its cause. */
  public BrokerException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** What failed. */
  public Reason reason() {
    return reason;
  }

  /** The messages of this exception and its causes, outermost first, joined by {@code ": "}. */
  public String chain() {
    StringBuilder out = new StringBuilder(String.valueOf(getMessage()));
    for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
      out.append(": ").append(cause.getMessage());
    }
    return out.toString();
  }
}
