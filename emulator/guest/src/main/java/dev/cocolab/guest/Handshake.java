package dev.cocolab.guest;

import dev.cocolab.protocol.Attestation;
import dev.cocolab.protocol.CanonicalJson;
import dev.cocolab.protocol.Challenge;
import dev.cocolab.protocol.ErrorInformation;
import dev.cocolab.protocol.ProtocolException;
import dev.cocolab.protocol.Request;
import dev.cocolab.protocol.RuntimeData;
import dev.cocolab.protocol.TeeKeyPair;
import dev.cocolab.protocol.TokenAnswer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * One request-challenge-attestation-response round with a broker (KBS protocol 0.4.0). Belongs to
 * one TEE key and has its own cookies.
 */
final class Handshake {

  private final KbsHttp http;
  private final String base;
  private final String tee;
  private final Function<byte[], JsonNode> evidence;
  private final TeeKeyPair key;
  private final Map<String, String> cookies = new LinkedHashMap<>();

  /**
   * A client for one key.
   *
   * @param base URL of the broker without a trailing slash
   * @param evidence makes primary evidence over report data
   */
  Handshake(
      KbsHttp http, String base, String tee, Function<byte[], JsonNode> evidence, TeeKeyPair key) {
    this.http = http;
    this.base = base;
    this.tee = tee;
    this.evidence = evidence;
    this.key = key;
  }

  /** Runs both requests and returns the token; throws {@link KbsException}. */
  String run(Deadline deadline) {
    try {
      Challenge challenge = Challenge.parse(post("auth", Request.of(tee).toJson(), deadline));
      RuntimeData runtimeData = new RuntimeData(challenge.nonce(), key.publicKey());
      byte[] reportData = hash(challenge.extraParams(), runtimeData);
      Attestation attestation = Attestation.of(runtimeData, evidence.apply(reportData));
      return TokenAnswer.parse(post("attest", attestation.toJson(), deadline)).token();
    } catch (ProtocolException e) {
      throw new KbsException(e.getMessage(), e);
    }
  }

  private byte[] post(String step, byte[] json, Deadline deadline) {
    String url = base + "/kbs/v0/" + step;
    KbsHttp.Answer answer = http.post(url, cookieHeader(), json, deadline);
    keepCookies(answer.cookies());
    if (answer.status() == 200) {
      return answer.body();
    }
    throw new KbsException(
        "RCAR handshake "
            + step
            + " failed: "
            + url
            + " answers "
            + answer.status()
            + ": "
            + text(answer));
  }

  private static String text(KbsHttp.Answer answer) {
    if (answer.status() == 401) {
      try {
        ErrorInformation error = ErrorInformation.parse(answer.body());
        return error.variant() + ": " + error.detail();
      } catch (ProtocolException e) {
        return "no error information: " + e.getMessage();
      }
    }
    byte[] body = answer.body();
    return new String(body, 0, Math.min(body.length, 512), StandardCharsets.UTF_8);
  }

  private Map<String, String> cookieHeader() {
    List<String> pairs =
        cookies.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    return pairs.isEmpty() ? Map.of() : Map.of("Cookie", String.join("; ", pairs));
  }

  private void keepCookies(List<String> headers) {
    for (String header : headers) {
      int end = header.indexOf(';');
      String pair = end < 0 ? header : header.substring(0, end);
      int equals = pair.indexOf('=');
      if (equals > 0) {
        cookies.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
      }
    }
  }

  /**
   * The hash the challenge selects, SHA-384 when it selects none, over the canonical runtime data.
   */
  private static byte[] hash(JsonNode extraParams, RuntimeData runtimeData) {
    JsonNode selected = extraParams.path("selected-hash-algorithm");
    if (selected.isMissingNode()) {
      return runtimeData.reportData("");
    }
    if (!selected.isString()) {
      throw new KbsException("unexpected JSON data type: expected string, got " + selected);
    }
    String algorithm =
        switch (selected.asString().toLowerCase(Locale.ROOT)) {
          case "sha256" -> "SHA-256";
          case "sha384" -> "SHA-384";
          case "sha512" -> "SHA-512";
          case "sm3" -> throw new KbsException("hash algorithm sm3 is not supported by CoCoLab");
          default -> throw new KbsException("invalid hash algorithm: " + selected.asString());
        };
    try {
      return MessageDigest.getInstance(algorithm)
          .digest(CanonicalJson.bytes(runtimeData.claims("")));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-2", e);
    }
  }
}
