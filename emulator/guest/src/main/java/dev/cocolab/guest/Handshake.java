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
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One request-challenge-attestation-response round with a broker (KBS protocol 0.4.0). Belongs to
 * one TEE key.
 */
final class Handshake {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final KbsHttp http;
  private final String base;
  private final Attester attester;
  private final TeeKeyPair key;
  private final CookieJar cookies;

  /**
   * A client for one key.
   *
   * @param base URL of the broker without a trailing slash
   * @param cookies where the session's cookie is kept
   */
  Handshake(KbsHttp http, String base, Attester attester, TeeKeyPair key, CookieJar cookies) {
    this.http = http;
    this.base = base;
    this.attester = attester;
    this.key = key;
    this.cookies = cookies;
  }

  /** Runs both requests and returns the token; throws {@link KbsException}. */
  String run(Deadline deadline) {
    try {
      Challenge challenge =
          Challenge.parse(post("auth", Request.of(attester.tee()).toJson(), deadline));
      RuntimeData runtimeData = new RuntimeData(challenge.nonce(), key.publicKey());
      JsonNode extra = challenge.extraParams();
      String devices = devices(hash(extra, runtimeData.toJson()));
      byte[] reportData = hash(extra, runtimeData.claims(devices));
      Attestation attestation =
          new Attestation(
              attester.initData(), runtimeData, attester.evidence().apply(reportData), devices);
      return TokenAnswer.parse(post("attest", attestation.toJson(), deadline)).token();
    } catch (ProtocolException e) {
      throw new KbsException(e.getMessage(), e);
    }
  }

  private byte[] post(String step, byte[] json, Deadline deadline) {
    String url = base + "/kbs/v0/" + step;
    KbsHttp.Answer answer = http.post(url, cookies.header(), json, deadline);
    cookies.keep(answer.cookies());
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

  /** The text of the devices' evidence; empty without devices. */
  private String devices(byte[] reportData) {
    if (attester.devices().isEmpty()) {
      return "";
    }
    ObjectNode all = JSON.createObjectNode();
    attester.devices().forEach((tee, evidence) -> all.set(tee, evidence.apply(reportData)));
    return JSON.writeValueAsString(all);
  }

  /**
   * The hash the challenge selects, SHA-384 when it selects none, over the canonical form of
   * claims.
   */
  private static byte[] hash(JsonNode extraParams, JsonNode claims) {
    JsonNode selected = extraParams.path("selected-hash-algorithm");
    if (selected.isMissingNode()) {
      return RuntimeData.digest(claims);
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
      return MessageDigest.getInstance(algorithm).digest(CanonicalJson.bytes(claims));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-2", e);
    }
  }
}
