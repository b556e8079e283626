package dev.cocolab.blobstore;

import java.util.Objects;

/**
 * The blob server could not do what its owner asked. Never thrown for what a client of the HTTP
 * interface does.
 */
public final class BlobStoreException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Reason {
    /** The address or port cannot be bound. */
    ADDRESS_UNAVAILABLE,
    /** Certificate or private key cannot be read. */
    BAD_TLS_IDENTITY,
    /** The account is not one of those the server was started with. */
    UNKNOWN_ACCOUNT,
    /** A container or blob name breaks the naming rules of the service. */
    BAD_NAME,
    /** The blob is larger than the server accepts, or the store is full. */
    TOO_LARGE,
    /** The server did not start or stop in time. */
    TIMEOUT
  }

  private final Reason reason;

  BlobStoreException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  BlobStoreException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** What went wrong, for a caller that acts on it. */
  public Reason reason() {
    return reason;
  }
}
