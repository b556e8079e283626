package dev.cocolab.image;

import java.util.Objects;
import java.util.Optional;

/**
 * What went wrong with an image, for callers that act on it: the step of a pull, and the reason.
 */
public final class ImageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The step at which an operation failed. */
  public enum Stage {
    /** The text of an image reference, of a digest or of a credential file was read. */
    INPUT,
    /** Manifest and image configuration were fetched. */
    MANIFEST,
    /** The image was judged by an {@link ImageAdmission} or by a {@link SignaturePolicy}. */
    ADMISSION,
    /** A layer was fetched. */
    BLOB,
    /** A layer was unpacked. */
    UNPACK,
    /** The local cache was read or written. */
    STORE,
    /** An OCI layout was loaded for serving. */
    LAYOUT
  }

  /** Why an operation failed; one constant a rule. */
  public enum Reason {
    /** Not an image reference by Docker's rules. */
    BAD_REFERENCE,
    /** Not a digest of a known algorithm. */
    BAD_DIGEST,
    /** The registry auth file is not one. */
    BAD_CREDENTIALS,
    /** The image policy is not a containers policy. */
    BAD_POLICY,
    /** The policy or the admission refuses the image. */
    POLICY_REJECTED,
    /** A requirement of the policy is of a type that is not checked here. */
    UNSUPPORTED_REQUIREMENT,
    /** {@code sigstoreSigned} names no key. */
    KEY_NOT_NAMED,
    /** {@code sigstoreSigned} names a key twice, by path and as text. */
    KEY_NAMED_TWICE,
    /** The key is not at the location that the policy names. */
    KEY_UNAVAILABLE,
    /** The key is not a public key in PEM. */
    BAD_KEY,
    /** The key is of a kind or size that is not checked with. */
    UNSUPPORTED_KEY,
    /** No signature of cosign can satisfy the policy's signedIdentity. */
    IDENTITY_RULE_UNSUITABLE,
    /** Nothing is stored under the tag for signatures. */
    SIGNATURE_MISSING,
    /** An index is stored under the tag for signatures. */
    SIGNATURE_IS_INDEX,
    /** The manifest of the signatures has no layers. */
    SIGNATURE_WITHOUT_LAYERS,
    /** The manifest of the signatures has a layer that is not a signed payload. */
    SIGNATURE_MEDIA_TYPE,
    /** The signed payload is not one of cosign's. */
    BAD_PAYLOAD,
    /** The signed payload names another digest than that of the image. */
    PAYLOAD_NAMES_OTHER_DIGEST,
    /** The layer of a signed payload carries no signature. */
    SIGNATURE_ANNOTATION_MISSING,
    /** No signature verifies with the key. */
    SIGNATURE_NOT_BY_KEY,
    /** The name in the signature does not satisfy the policy's signedIdentity. */
    IDENTITY_MISMATCH,
    /** No connection to the registry. */
    UNREACHABLE,
    /** The registry's certificate was not accepted. */
    TLS,
    /** No answer in time. */
    TIMEOUT,
    /** 401 or 403 after the credentials, if any, were offered. */
    NOT_AUTHORIZED,
    /** The token endpoint of the registry refused. */
    AUTHENTICATION_FAILED,
    /** 4xx with an OCI error body. */
    REGISTRY_ERROR,
    /** 5xx, 4xx without an OCI error body, or an answer that is no answer. */
    SERVER_ERROR,
    /** A manifest, configuration or answer is larger than its bound. */
    TOO_LARGE,
    /** A manifest or index does not parse. */
    BAD_MANIFEST,
    /** An image configuration does not parse. */
    BAD_CONFIG,
    /** The index holds no manifest for this machine. */
    NO_MATCHING_PLATFORM,
    /** A media type that is not read, encrypted layers among them. */
    UNSUPPORTED_MEDIA_TYPE,
    /** Content does not have the digest its descriptor names. */
    DIGEST_MISMATCH,
    /** Content is shorter than its descriptor says, or the connection ended early. */
    TRUNCATED,
    /** Content is longer than its descriptor says. */
    OVERLONG,
    /** The unpacked layer does not have the diff id of the image configuration. */
    DIFF_ID_MISMATCH,
    /** The image configuration names another number of layers than the manifest. */
    LAYER_COUNT_MISMATCH,
    /** Not a tar archive, or not a gzip stream. */
    BAD_ARCHIVE,
    /** An entry's name is absolute. */
    ABSOLUTE_PATH,
    /** An entry's name has a {@code ..} element. */
    PATH_TRAVERSAL,
    /** An entry's name cannot be a file name here. */
    BAD_NAME,
    /** An entry's name or link target is too long. */
    NAME_TOO_LONG,
    /** An entry lies too deep. */
    TOO_DEEP,
    /** Too many entries. */
    TOO_MANY_ENTRIES,
    /** Too many bytes. */
    TOO_MUCH_DATA,
    /** A stream that expands beyond the accepted ratio. */
    COMPRESSION_RATIO,
    /** A symbolic link that climbs above the root. */
    SYMLINK_ESCAPE,
    /** A hard link whose target is not inside the layer. */
    HARDLINK_ESCAPE,
    /** A hard link to something the layer does not hold. */
    HARDLINK_TARGET_MISSING,
    /** An entry below a symbolic link. */
    WRITE_THROUGH_LINK,
    /** A character or block device. */
    DEVICE_NODE,
    /** A named pipe. */
    FIFO,
    /** An entry type that is not a file, directory or link. */
    ENTRY_TYPE,
    /** A second entry of the same name. */
    DUPLICATE_ENTRY,
    /** The directory is not an OCI layout. */
    BAD_LAYOUT,
    /** The local file system refused; "disk full" among others. */
    STORAGE
  }

  private final Stage stage;
  private final Reason reason;
  private final String registryText;

  ImageException(Stage stage, Reason reason, String message) {
    this(stage, reason, message, "");
  }

  ImageException(Stage stage, Reason reason, String message, String registryText) {
    super(message);
    this.stage = Objects.requireNonNull(stage, "stage");
    this.reason = Objects.requireNonNull(reason, "reason");
    this.registryText = Objects.requireNonNull(registryText, "registryText");
  }

  ImageException(Stage stage, Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.stage = Objects.requireNonNull(stage, "stage");
    this.reason = Objects.requireNonNull(reason, "reason");
    this.registryText = "";
  }

  /** A refusal by an admission. The message is what the user reads. */
  public static ImageException rejected(String message) {
    return new ImageException(Stage.ADMISSION, Reason.POLICY_REJECTED, message);
  }

  /** A refusal by an admission because of another failure. */
  public static ImageException rejected(String message, Throwable cause) {
    return new ImageException(Stage.ADMISSION, Reason.POLICY_REJECTED, message, cause);
  }

  /** A refusal by a policy: the message is what the user reads, the cause says what failed. */
  public static ImageException rejected(Decision.Refused refused) {
    return new ImageException(
        Stage.ADMISSION,
        refused.reason(),
        refused.text(),
        new ImageException(Stage.ADMISSION, refused.reason(), refused.detail()));
  }

  /** A key that a policy names cannot be had. */
  public static ImageException keyUnavailable(String message, Throwable cause) {
    return new ImageException(Stage.ADMISSION, Reason.KEY_UNAVAILABLE, message, cause);
  }

  /** What the registry itself said, such as {@code manifest unknown}, if it said anything. */
  public Optional<String> registryText() {
    return Optional.of(registryText).filter(text -> !text.isEmpty());
  }

  public Stage stage() {
    return stage;
  }

  public Reason reason() {
    return reason;
  }
}
