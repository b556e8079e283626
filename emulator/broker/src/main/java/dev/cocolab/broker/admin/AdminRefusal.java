package dev.cocolab.broker.admin;

import java.util.Objects;

/**
 * An administrator's call is refused. The message is what the caller is told, in Trustee's words;
 * it holds nothing of a token but its role.
 */
public final class AdminRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String DENIED = "Admin access denied: ";

  private final String logText;

  private AdminRefusal(String message, String logText) {
    super(message);
    this.logText = Objects.requireNonNull(logText, "logText");
  }

  /** Refused for a reason. */
  static AdminRefusal denied(String reason) {
    String escaped = reason.replace("\\", "\\\\").replace("\"", "\\\"");
    return new AdminRefusal(DENIED + reason, "AdminAccessDenied { reason: \"" + escaped + "\" }");
  }

  /** There is no bearer token in the request. */
  static AdminRefusal noBearer() {
    String text = "Failed to parse HTTP Auth Bearer header";
    return new AdminRefusal(text, "ParseAuthHeaderFailed");
  }

  /** As Trustee's log shows the error. */
  public String logText() {
    return logText;
  }
}
