package dev.cocolab.guest;

import dev.cocolab.protocol.Profile;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The routes of the API that containers see on 127.0.0.1:8006, with all features on. A wrong method
 * is 404 and not 405, except for {@code /info}; {@code /cdh/resource} does not look at the method
 * at all.
 */
final class ApiRoutes {

  static final String VERSION = "Guest Components Version: v0.21.0-cocolab";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String NOT_FOUND = "URL NOT FOUND";
  private static final String BAD_REQUEST = "BAD REQUEST";
  private static final String AGENT = "[ERROR:attestation-agent] ";

  private final AttestationAgent agent;
  private final DataHub hub;
  private final Profile profile;

  ApiRoutes(AttestationAgent agent, DataHub hub, Profile profile) {
    this.agent = agent;
    this.hub = hub;
    this.profile = profile;
  }

  /**
   * Answers one request; may block.
   *
   * @param path as in the request line, without the query
   * @param query without the question mark, empty when there is none
   */
  ApiAnswer answer(String method, String path, String query, byte[] body) {
    if (path.equals("/info")) {
      return method.equals("GET") ? info() : ApiAnswer.text(405, "Method Not Allowed");
    }
    int second = path.indexOf('/', 1);
    if (!path.startsWith("/") || second < 0) {
      return ApiAnswer.text(404, NOT_FOUND);
    }
    String rest = path.substring(second);
    return switch (path.substring(0, second)) {
      case "/cdh" -> resource(rest);
      case "/aa" -> attestation(method + " " + rest, query, body);
      default -> ApiAnswer.text(404, NOT_FOUND);
    };
  }

  private ApiAnswer info() {
    ObjectNode json = JSON.createObjectNode();
    json.put("version", VERSION).put("tee", agent.tee()).put("feature", "all");
    return ApiAnswer.json(json.toString());
  }

  private ApiAnswer resource(String path) {
    int second = path.indexOf('/', 1);
    if (second < 0 || !path.substring(0, second).equals("/resource")) {
      return ApiAnswer.text(404, NOT_FOUND);
    }
    try {
      return ApiAnswer.bytes(hub.resource("kbs://" + path.substring(second)));
    } catch (GuestException e) {
      return failed(DataHub.status(e));
    }
  }

  private ApiAnswer attestation(String route, String query, byte[] body) {
    return switch (route) {
      case "GET /token" -> token(parameters(query));
      case "GET /evidence" -> evidence(parameters(query));
      case "GET /additional-evidence" -> additionalEvidence(parameters(query));
      case "POST /aael" -> measure(body);
      default -> ApiAnswer.text(404, NOT_FOUND);
    };
  }

  private ApiAnswer token(Map<String, String> parameters) {
    String type = parameters.get("token_type");
    if (type == null) {
      return ApiAnswer.text(400, BAD_REQUEST);
    }
    try {
      return ApiAnswer.bytes(agent.token(type));
    } catch (KbsException e) {
      return failed(RpcStatus.internal(AGENT + "AA-KBC get token failed"));
    }
  }

  private ApiAnswer evidence(Map<String, String> parameters) {
    Optional<byte[]> runtimeData = runtimeData(parameters);
    if (runtimeData.isEmpty()) {
      return ApiAnswer.text(400, BAD_REQUEST);
    }
    try {
      return ApiAnswer.bytes(JSON.writeValueAsBytes(agent.evidence(runtimeData.get())));
    } catch (KbsException e) {
      return failed(RpcStatus.internal(AGENT + "AA-KBC get evidence failed"));
    }
  }

  /** No device is attached, so there is nothing to give. */
  private static ApiAnswer additionalEvidence(Map<String, String> parameters) {
    return runtimeData(parameters).isEmpty()
        ? ApiAnswer.text(400, BAD_REQUEST)
        : ApiAnswer.bytes(new byte[0]);
  }

  private static Optional<byte[]> runtimeData(Map<String, String> parameters) {
    String value = parameters.get("runtime_data");
    String encoding = parameters.get("encoding");
    if (value == null) {
      return Optional.empty();
    }
    if (encoding == null) {
      return Optional.of(value.getBytes(StandardCharsets.UTF_8));
    }
    if (!encoding.equals("base64") || value.endsWith("=")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Base64.getUrlDecoder().decode(value));
    } catch (IllegalArgumentException e) {
      // Undecodable is the same as missing: 400.
      return Optional.empty();
    }
  }

  private ApiAnswer measure(byte[] body) {
    JsonNode event;
    try {
      event = JSON.readTree(body);
    } catch (JacksonException e) {
      return ApiAnswer.text(500, "Illegal AAEL eventry format: " + e.getOriginalMessage());
    }
    for (String member : new String[] {"domain", "operation", "content"}) {
      if (event == null || !event.path(member).isString()) {
        return ApiAnswer.text(500, "Illegal AAEL eventry format: missing field `" + member + "`");
      }
    }
    try {
      return switch (agent.measure(
          event.get("domain").asString(),
          event.get("operation").asString(),
          event.get("content").asString(),
          Optional.empty())) {
        case OK -> ApiAnswer.json("{\"success\":\"true\"}");
        case NOT_SUPPORTED -> notMeasured("The platform does not support runtime measurement");
        case NOT_ENABLED -> notMeasured("Attestation Agent does not enable eventlog recording");
      };
    } catch (KbsException e) {
      return failed(RpcStatus.internal(AGENT + "AA extend runtime measurement failed"));
    }
  }

  private static ApiAnswer notMeasured(String message) {
    return ApiAnswer.json("{\"success\":\"false\",\"message\": \"" + message + "\"}");
  }

  private ApiAnswer failed(RpcStatus status) {
    return ApiAnswer.text(500, status.restBody(profile));
  }

  /** Form-urlencoded; of duplicates the last counts. */
  static Map<String, String> parameters(String query) {
    Map<String, String> found = new LinkedHashMap<>();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      if (!pair.isEmpty()) {
        found.put(decoded(name), decoded(value));
      }
    }
    return found;
  }

  /** A broken escape stays as it is. */
  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text.replace('+', ' ');
    }
  }
}
