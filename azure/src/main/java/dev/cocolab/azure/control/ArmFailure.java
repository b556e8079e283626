package dev.cocolab.azure.control;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.Https;
import tools.jackson.databind.JsonNode;

/** What ARM's refusals mean to the person who reads them. */
final class ArmFailure {
  private static final int LONGEST = 300;

  private ArmFailure() {}

  static AzureException of(Https.Answer answer, ArmRequest request) {
    JsonNode error = errorOf(answer);
    String code = error.path("code").asString("HTTP " + answer.status());
    String said = "%s: %s".formatted(code, shorten(error.path("message").asString("")));
    return switch (answer.status()) {
      case 401 ->
          new AzureException(
              Reason.NO_IDENTITY,
              "cannot %s: Azure refuses the token, also a new one (%s); sign in again"
                  .formatted(request.what(), code));
      case 403 -> new AzureException(Reason.NO_RIGHTS, forbidden(code, request));
      case 404 ->
          new AzureException(
              Reason.NOT_FOUND,
              "cannot %s: there is no such thing, or it is not visible to this identity (%s)"
                  .formatted(request.what(), code));
      case 409 ->
          new AzureException(Reason.CONFLICT, "cannot %s: %s".formatted(request.what(), said));
      case 429 ->
          new AzureException(
              Reason.THROTTLED,
              "cannot %s: Azure throttles this subscription for longer than this run waits"
                  .formatted(request.what()));
      default ->
          new AzureException(
              answer.status() >= 500 ? Reason.UNREACHABLE : Reason.REFUSED,
              "cannot %s: %s".formatted(request.what(), said));
    };
  }

  /** The failure that a long-running operation ended in. */
  static AzureException ofOperation(JsonNode status, String what) {
    JsonNode error = status.path("error");
    return new AzureException(
        Reason.REFUSED,
        "cannot %s: the operation ended as %s (%s: %s)"
            .formatted(
                what,
                status.path("status").asString("unknown"),
                error.path("code").asString("no code"),
                shorten(error.path("message").asString(""))));
  }

  private static String forbidden(String code, ArmRequest request) {
    if (code.startsWith("DenyAssignment")) {
      return "may not %s: the cluster's deny assignment protects its resource group, even from owners (%s); delete the pods and PeerPod objects and wait, or sign in as the cluster's own identity"
          .formatted(request.what(), code);
    }
    return "may not %s (%s): this identity lacks %s; a new role takes some minutes to arrive"
        .formatted(request.what(), code, request.role());
  }

  private static JsonNode errorOf(Https.Answer answer) {
    try {
      return answer.json().path("error");
    } catch (AzureException e) {
      return tools.jackson.databind.node.MissingNode.getInstance();
    }
  }

  private static String shorten(String message) {
    String line = message.replaceAll("\\s+", " ").strip();
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + " …";
  }
}
