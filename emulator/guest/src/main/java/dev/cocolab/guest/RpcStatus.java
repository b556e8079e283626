package dev.cocolab.guest;

import dev.cocolab.protocol.Profile;
import dev.cocolab.protocol.Profile.ErrorTexts;
import java.util.Objects;

/**
 * The status with which a component of the guest answers a ttRPC call that failed.
 *
 * @param code such as {@code INTERNAL}
 * @param message the status message
 */
record RpcStatus(String code, String message) {

  static final String INTERNAL = "INTERNAL";
  static final String PERMISSION_DENIED = "PERMISSION_DENIED";

  RpcStatus {
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(message, "message");
  }

  static RpcStatus internal(String message) {
    return new RpcStatus(INTERNAL, message);
  }

  /**
   * How the REST server prints it: the dump of the status, or in newer releases only that there was
   * one.
   */
  String restBody(Profile profile) {
    return profile.errors() == ErrorTexts.UPSTREAM ? "ttrpc request error" : dump();
  }

  /** The message of the pod's event after a CreateContainer that failed in the guest. */
  String containerEvent(Profile profile) {
    String cause = profile.errors() == ErrorTexts.UPSTREAM ? message : dump();
    return "Error: CreateContainer failed: " + cause;
  }

  /** {@code rpc status: } and the debug form of the status message, on one line. */
  String dump() {
    return "rpc status: Status { code: "
        + code
        + ", message: "
        + debug(message)
        + ", details: [], special_fields: SpecialFields { unknown_fields: UnknownFields { fields: None },"
        + " cached_size: CachedSize { size: 0 } } }";
  }

  /**
   * A string as Rust's debug form prints it: in quotes, with quotes, backslashes and control
   * characters escaped.
   */
  static String debug(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case 0 -> out.append("\\0");
                default -> {
                  if (Character.isISOControl(c)) {
                    out.append("\\u{").append(Integer.toHexString(c)).append('}');
                  } else {
                    out.appendCodePoint(c);
                  }
                }
              }
            });
    return out.append('"').toString();
  }
}
