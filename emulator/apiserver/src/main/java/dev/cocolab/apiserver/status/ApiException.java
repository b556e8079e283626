package dev.cocolab.apiserver.status;

import dev.cocolab.apiserver.json.Trees;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request that is refused. Holds everything that its answer, a {@code Status} object, says:
 * clients match the reason and the details, people and scripts the message.
 */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Answers that have details even when these say nothing. */
  private static final Set<Reason> EMPTY_DETAILS =
      Set.of(Reason.METHOD_NOT_ALLOWED, Reason.NOT_FOUND, Reason.FORBIDDEN, Reason.INVALID);

  private final Reason reason;
  private final transient Subject subject;
  private final transient List<Cause> causes;
  private final int retryAfterSeconds;

  /**
   * What the answer is about; every part may be empty.
   *
   * @param group API group
   * @param kind plural resource name, or the kind for invalid objects
   * @param name object name
   */
  public record Subject(String group, String kind, String name) {
    static final Subject NONE = new Subject("", "", "");

    public Subject {
      Objects.requireNonNull(group, "group");
      Objects.requireNonNull(kind, "kind");
      Objects.requireNonNull(name, "name");
    }

    /** {@code deployments.apps}, or {@code pods} in the core group. */
    String qualified() {
      return group.isEmpty() ? kind : kind + "." + group;
    }
  }

  private ApiException(
      Reason reason, String message, Subject subject, List<Cause> causes, int retryAfterSeconds) {
    super(message);
    this.reason = reason;
    this.subject = subject;
    this.causes = List.copyOf(causes);
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** An answer about no object in particular. */
  public static ApiException of(Reason reason, String message) {
    return new ApiException(reason, message, Subject.NONE, List.of(), 0);
  }

  /** An answer about the request as a whole, with findings. */
  public static ApiException withCauses(Reason reason, String message, List<Cause> causes) {
    return new ApiException(reason, message, Subject.NONE, causes, 0);
  }

  public static ApiException badRequest(String message) {
    return of(Reason.BAD_REQUEST, message);
  }

  public static ApiException notFound(Subject about) {
    return new ApiException(
        Reason.NOT_FOUND,
        about.qualified() + " \"" + about.name() + "\" not found",
        about,
        List.of(),
        0);
  }

  /** The path, not the object, is unknown. */
  public static ApiException unknownPath() {
    return of(Reason.NOT_FOUND, "the server could not find the requested resource");
  }

  public static ApiException alreadyExists(Subject about) {
    return new ApiException(
        Reason.ALREADY_EXISTS,
        about.qualified() + " \"" + about.name() + "\" already exists",
        about,
        List.of(),
        0);
  }

  public static ApiException conflict(Subject about, String detail) {
    return new ApiException(
        Reason.CONFLICT,
        "Operation cannot be fulfilled on "
            + about.qualified()
            + " \""
            + about.name()
            + "\": "
            + detail,
        about,
        List.of(),
        0);
  }

  /** The optimistic lock failed. */
  public static ApiException modified(Subject about) {
    return conflict(
        about,
        "the object has been modified; please apply your changes to the latest version and try again");
  }

  /** Fields of an object break rules; the subject's kind is the kind, not the plural. */
  public static ApiException invalid(Subject about, List<Cause> causes) {
    StringBuilder sentences = new StringBuilder();
    for (Cause cause : causes) {
      sentences.append(sentences.isEmpty() ? "" : ", ").append(cause.sentence());
    }
    String list = causes.size() == 1 ? sentences.toString() : "[" + sentences + "]";
    return new ApiException(
        Reason.INVALID,
        about.qualified() + " \"" + about.name() + "\" is invalid: " + list,
        about,
        causes,
        0);
  }

  public static ApiException forbidden(Subject about, String detail, Cause... causes) {
    String what =
        about.name().isEmpty()
            ? about.qualified()
            : about.qualified() + " \"" + about.name() + "\"";
    String start = what.isEmpty() ? "forbidden: " : what + " is forbidden: ";
    return new ApiException(Reason.FORBIDDEN, start + detail, about, List.of(causes), 0);
  }

  public static ApiException methodNotAllowed() {
    return of(
        Reason.METHOD_NOT_ALLOWED,
        "the server does not allow this method on the requested resource");
  }

  public static ApiException unauthorized() {
    return of(Reason.UNAUTHORIZED, "Unauthorized");
  }

  public static ApiException unsupportedMediaType(String accepted) {
    return of(
        Reason.UNSUPPORTED_MEDIA_TYPE,
        "the body of the request was in an unknown format - accepted media types include: "
            + accepted);
  }

  public static ApiException expired(String message) {
    return of(Reason.EXPIRED, message);
  }

  /** A list wants a revision that does not exist yet. */
  public static ApiException tooLargeRevision(long wanted, long current) {
    String text = "Timeout: Too large resource version: " + wanted + ", current: " + current;
    return new ApiException(
        Reason.TIMEOUT,
        text,
        Subject.NONE,
        List.of(new Cause("ResourceVersionTooLarge", "Too large resource version", "")),
        1);
  }

  public static ApiException internal(String message) {
    return of(Reason.INTERNAL_ERROR, "Internal error occurred: " + message);
  }

  /** A failure for which the API has no reason. */
  public static ApiException unknown(String message) {
    return of(Reason.UNKNOWN, message);
  }

  /** A failure whose text says all there is to say. */
  public static ApiException internalPlain(String message) {
    return of(Reason.INTERNAL_ERROR, message);
  }

  public Reason reason() {
    return reason;
  }

  public int code() {
    return reason.code();
  }

  public List<Cause> causes() {
    return causes;
  }

  /** The answer: {@code kind: Status, apiVersion: v1, status: Failure}. */
  public ObjectNode status() {
    ObjectNode status = Trees.object();
    status.put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Failure").put("message", getMessage());
    putIfSet(status, "reason", reason.wireName());
    ObjectNode details = status.putObject("details");
    putIfSet(details, "name", subject.name());
    putIfSet(details, "group", subject.group());
    putIfSet(details, "kind", subject.kind());
    if (!causes.isEmpty()) {
      ArrayNode list = details.putArray("causes");
      for (Cause cause : causes) {
        ObjectNode entry =
            list.addObject().put("reason", cause.type()).put("message", cause.message());
        putIfSet(entry, "field", cause.field());
      }
    }
    if (retryAfterSeconds > 0) {
      details.put("retryAfterSeconds", retryAfterSeconds);
    }
    if (details.isEmpty() && !EMPTY_DETAILS.contains(reason)) {
      status.remove("details");
    }
    return status.put("code", reason.code());
  }

  private static void putIfSet(ObjectNode node, String name, String value) {
    if (!value.isEmpty()) {
      node.put(name, value);
    }
  }
}
