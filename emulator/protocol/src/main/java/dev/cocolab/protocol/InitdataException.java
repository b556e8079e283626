package dev.cocolab.protocol;

import java.util.Objects;

/**
 * Initdata that is refused. The message is what the component that refuses it upstream prints, so
 * that it can go into a pod event as it is; {@link #remedy} says what to do.
 */
public final class InitdataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why a document or annotation was refused. */
  public enum Reason {
    /** Blanks or line ends inside the base64, as editors and {@code base64} without -w0 make. */
    BASE64_LINE_BREAKS("encode on one line: gzip -c initdata.toml | base64 -w0"),
    /** Not base64 at all, for instance the plain document. */
    NOT_BASE64("encode the document: gzip -c initdata.toml | base64 -w0"),
    /** Base64 of something that is not gzip, for instance of the plain document. */
    NOT_GZIP("compress before encoding: gzip -c initdata.toml | base64 -w0"),
    /** Gzip that breaks off or whose checksum is wrong. */
    CORRUPT_GZIP("the value was cut or changed: encode it again"),
    /** Encoded or compressed twice. */
    ENCODED_TWICE("encode once only: gzip -c initdata.toml | base64 -w0"),
    /** More than 256 KiB, compressed or not. */
    TOO_LARGE("keep the document under 262144 bytes"),
    /** The document is not TOML, or a field is missing or of the wrong type. */
    NOT_TOML("correct the document at the line that is named"),
    /** A hash algorithm that is not known here. */
    UNKNOWN_ALGORITHM("use algorithm = \"sha256\""),
    /** A document version other than 0.1.0. */
    UNSUPPORTED_VERSION("use version = \"0.1.0\"");

    private final String remedy;

    Reason(String remedy) {
      this.remedy = remedy;
    }
  }

  private final Reason reason;

  InitdataException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  InitdataException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** Why it was refused. */
  public Reason reason() {
    return reason;
  }

  /** One sentence for the author of the document. */
  public String remedy() {
    return reason.remedy;
  }
}
