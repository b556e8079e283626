package dev.cocolab.load;

/** Why one attestation came to nothing. */
final class AttemptFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** No connection. */
  static final String CONNECT = "connect";

  /** No trust in the server's certificate, or no common parameters. */
  static final String TLS = "tls";

  /** No whole answer in time. */
  static final String TIMEOUT = "timeout";

  /** The server closed the connection before it had answered. */
  static final String CLOSED = "closed";

  /** An answer that is none of the protocol. */
  static final String PROTOCOL = "protocol";

  /** A resource that the client's key does not open. */
  static final String DECRYPT = "decrypt";

  private final String kind;
  private final transient int status;

  private AttemptFailure(String kind, int status, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.status = status;
  }

  AttemptFailure(String kind, String message, Throwable cause) {
    this(kind, 0, message, cause);
  }

  /** An answer with another status than 200, for instance of kind {@code attest_401}. */
  static AttemptFailure refused(Phase phase, int status, String message) {
    return new AttemptFailure(phase.wireName() + "_" + status, status, message, null);
  }

  /** The key under which it is counted. */
  String kind() {
    return kind;
  }

  /** The status of the answer; 0 when there was none. */
  int status() {
    return status;
  }

  /** Whether the server did not speak at all: it may have gone. */
  boolean isSilence() {
    return kind.equals(CONNECT) || kind.equals(CLOSED) || kind.equals(TIMEOUT);
  }
}
