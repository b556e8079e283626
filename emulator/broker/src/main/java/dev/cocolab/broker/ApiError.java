package dev.cocolab.broker;

import dev.cocolab.broker.admin.AdminRefusal;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.log.ErrorChain;
import dev.cocolab.protocol.ErrorInformation;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * An error of the API: what the caller sees, and what the log says of it. Upstream answers 401 to
 * everything but an unknown plugin, and guests depend on it.
 */
final class ApiError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String variant;
  private final String logText;

  private ApiError(String variant, String detail, String logText, Throwable cause) {
    super(detail, cause);
    this.variant = variant;
    this.logText = logText;
  }

  String variant() {
    return variant;
  }

  /** The line of the log; may span several. */
  String logText() {
    return logText;
  }

  int status() {
    return variant.equals("PluginNotFound") ? 404 : 401;
  }

  ApiResponse response() {
    byte[] body = ErrorInformation.of(variant, getMessage()).toJson();
    return new ApiResponse(status(), Optional.empty(), Buffer.buffer(body), Optional.empty());
  }

  static ApiError authFailed(BrokerException cause) {
    return new ApiError(
        "AttestationError",
        "Attestation error: RCAR handshake Auth failed: " + cause.getMessage(),
        "AttestationError(RcarAuthFailed { source: " + ErrorChain.of(cause) + " })",
        cause);
  }

  static ApiError attestFailed(BrokerException cause) {
    return new ApiError(
        "AttestationError",
        "Attestation error: RCAR handshake Attest failed",
        "AttestationError(RcarAttestFailed { source: " + ErrorChain.of(cause) + " })",
        cause);
  }

  static ApiError setPolicyFailed(BrokerException cause) {
    return new ApiError(
        "AttestationError",
        "Attestation error: Set Attestation Policy failed",
        "AttestationError(SetPolicy { source: " + ErrorChain.of(cause) + " })",
        cause);
  }

  static ApiError adminDenied(String endpoint, AdminRefusal refusal) {
    return new ApiError(
        "AdminAuthAccess",
        "admin access denied for endpoint " + endpoint + ": " + refusal.getMessage(),
        "AdminAuthAccess { source: " + refusal.logText() + ", endpoint: \"" + endpoint + "\" }",
        null);
  }

  /** Upstream's conversion of errors picks this variant on plugin endpoints. */
  static ApiError pluginAdminDenied(AdminRefusal refusal) {
    return new ApiError(
        "AdminAuthInitialization",
        "failed to initialize [admin] configuration: " + refusal.getMessage(),
        "AdminAuthInitialization(" + refusal.logText() + ")",
        null);
  }

  static ApiError pluginNotFound(String name) {
    return new ApiError(
        "PluginNotFound",
        "Plugin " + name + " not found",
        "PluginNotFound { plugin_name: " + quoted(name) + " }",
        null);
  }

  static ApiError pluginFailed(String cause) {
    return new ApiError(
        "PluginInternalError",
        "Plugin internal error",
        "PluginInternalError { source: " + cause + " }",
        null);
  }

  static ApiError policyDeny() {
    return new ApiError("PolicyDeny", "Access denied by policy", "PolicyDeny", null);
  }

  static ApiError policyEngine(BrokerException cause) {
    String kind =
        switch (cause.reason()) {
          case POLICY_SYNTAX -> "LoadPolicyFailed";
          case POLICY_ABSENT -> "PolicyNotFound";
          case STORAGE -> "PolicyStorageError";
          default -> "EvalPolicyFailed";
        };
    return new ApiError(
        "PolicyEngineError",
        "Policy engine error: " + cause.getMessage(),
        "PolicyEngineError(" + kind + "(" + cause.getMessage() + "))",
        cause);
  }

  static ApiError parsePolicy(String why) {
    return new ApiError(
        "ParsePolicyError",
        "Failed to parse policy: " + why,
        "ParsePolicyError { source: " + why + " }",
        null);
  }

  static ApiError rvps(String message) {
    return new ApiError(
        "RvpsError",
        "RVPS configuration failed: " + message,
        "RvpsError { message: " + quoted(message) + " }",
        null);
  }

  static ApiError tokenNotFound() {
    return new ApiError("TokenNotFound", "Attestation Token not found", "TokenNotFound", null);
  }

  static ApiError tokenVerifier(BrokerException cause) {
    return new ApiError(
        "TokenVerifierError",
        "Token Verifier error",
        "TokenVerifierError(TokenVerificationFailed { source: " + ErrorChain.of(cause) + " })",
        cause);
  }

  /** A string as Rust's debug form has it, near enough: on one line. */
  private static String quoted(String text) {
    return JsonNodeFactory.instance.stringNode(text).toString();
  }

  static ApiError jwe(RuntimeException cause) {
    return new ApiError(
        "JweError", "JWE failed", "JweError { source: " + cause.getMessage() + " }", cause);
  }
}
