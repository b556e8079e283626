package dev.cocolab.protocol;

import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The body of every error that a Key Broker Service makes itself.
 *
 * @param type an identifier, {@link #TYPE_PREFIX} and the error's variant; not a live URL
 * @param detail a text for people
 */
public record ErrorInformation(String type, String detail) {
  /** What every {@code type} starts with. */
  public static final String TYPE_PREFIX = "https://github.com/confidential-containers/kbs/errors/";

  /** Checks that nothing is missing. */
  public ErrorInformation {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(detail, "detail");
  }

  /** The error object of a variant, for instance {@code PolicyDeny}. */
  public static ErrorInformation of(String variant, String detail) {
    return new ErrorInformation(TYPE_PREFIX + variant, detail);
  }

  /**
   * Reads an error body.
   *
   * @throws ProtocolException MALFORMED
   */
  public static ErrorInformation parse(byte[] json) {
    JsonNode value = Json.read(json, "ErrorInformation");
    return new ErrorInformation(
        Json.string(value, "type", "ErrorInformation"),
        Json.string(value, "detail", "ErrorInformation"));
  }

  /** The last part of the type, for instance {@code PolicyDeny}. */
  public String variant() {
    return type.substring(type.lastIndexOf('/') + 1);
  }

  /** Compact JSON, {@code type} before {@code detail}. */
  public byte[] toJson() {
    ObjectNode out = Json.object();
    out.put("type", type);
    out.put("detail", detail);
    return Json.write(out);
  }
}
