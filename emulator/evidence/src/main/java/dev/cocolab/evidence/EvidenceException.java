package dev.cocolab.evidence;

import java.util.Objects;
import java.util.Optional;

/**
 * Evidence was refused. The message and the messages of the causes are the error chain of Trustee's
 * verifier, outermost first; every cause is an {@link EvidenceException} too.
 */
public final class EvidenceException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * The two values that should have been equal.
   *
   * @param field what was compared, in the words of the format: {@code extraData}, {@code pcr08},
   *     {@code reported_tcb.snp}
   * @param expected lower-case hex for bytes, decimal for numbers
   * @param found in the same form
   */
  public record Mismatch(String field, String expected, String found) {
    public Mismatch {
      Objects.requireNonNull(field, "field");
      Objects.requireNonNull(expected, "expected");
      Objects.requireNonNull(found, "found");
    }
  }

  private final Refusal reason;
  private final transient Optional<Mismatch> mismatch;

  private EvidenceException(
      Refusal reason, String message, Optional<Mismatch> mismatch, EvidenceException cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
    this.mismatch = mismatch;
  }

  /** Refused, with the text of the reason as message. */
  public static EvidenceException of(Refusal reason) {
    return new EvidenceException(reason, reason.text(), Optional.empty(), null);
  }

  /** Refused, with a text of its own, for reasons that have several. */
  public static EvidenceException of(Refusal reason, String message) {
    return new EvidenceException(reason, message, Optional.empty(), null);
  }

  /** Refused because two values differ. */
  public static EvidenceException mismatch(
      Refusal reason, String field, String expected, String found) {
    return new EvidenceException(
        reason, reason.text(), Optional.of(new Mismatch(field, expected, found)), null);
  }

  /** Refused, with the text of the reason in front of a more specific one. */
  public static EvidenceException because(Refusal reason, String cause) {
    return of(reason).withCause(cause);
  }

  /** The same refusal with one more link at the end of the error chain. */
  public EvidenceException withCause(String cause) {
    return new EvidenceException(reason, getMessage(), mismatch, of(reason, cause));
  }

  /** The same refusal, with the values that explain it. */
  public EvidenceException withMismatch(String field, String expected, String found) {
    return new EvidenceException(
        reason,
        getMessage(),
        Optional.of(new Mismatch(field, expected, found)),
        (EvidenceException) getCause());
  }

  /** The same refusal with a text in front of the error chain. */
  public EvidenceException within(String context) {
    return new EvidenceException(reason, context, mismatch(), this);
  }

  /** The machine-readable reason. */
  public Refusal reason() {
    return reason;
  }

  /** The values that differ, where the refusal is a comparison. */
  public Optional<Mismatch> mismatch() {
    return mismatch == null ? Optional.empty() : mismatch;
  }

  /** All messages of the chain, joined by {@code ": "}, as Trustee logs them. */
  public String chain() {
    StringBuilder text = new StringBuilder(getMessage());
    for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
      text.append(": ").append(cause.getMessage());
    }
    return text.toString();
  }
}
