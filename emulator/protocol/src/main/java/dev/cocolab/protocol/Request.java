package dev.cocolab.protocol;

import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The first message of a handshake, body of {@code POST /kbs/v0/auth}.
 *
 * @param version the protocol version, full semver
 * @param tee wire name of the TEE, for instance {@code az-snp-vtpm}
 * @param extraParams any JSON; guests list the hash algorithms they can use
 */
public record Request(String version, String tee, JsonNode extraParams) {
  /** The one protocol version that is spoken. */
  public static final String PROTOCOL_VERSION = "0.4.0";

  /** Checks that nothing is missing. */
  public Request {
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(tee, "tee");
    Objects.requireNonNull(extraParams, "extraParams");
  }

  /** The request that a guest sends, with the algorithms that upstream's agent offers. */
  public static Request of(String tee) {
    ObjectNode extra = Json.object();
    extra
        .putArray("supported-hash-algorithms")
        .add("sha256")
        .add("sha384")
        .add("sha512")
        .add("sm3");
    return new Request(PROTOCOL_VERSION, tee, extra);
  }

  /**
   * Reads a request. All three members are mandatory, unknown ones are ignored.
   *
   * @throws ProtocolException MALFORMED
   */
  public static Request parse(byte[] json) {
    JsonNode value = Json.read(json, "Request");
    return new Request(
        Json.string(value, "version", "Request"),
        Json.string(value, "tee", "Request"),
        Json.member(value, "extra-params", "Request"));
  }

  /** Compact JSON with the members in upstream's order. */
  public byte[] toJson() {
    ObjectNode out = Json.object();
    out.put("version", version);
    out.put("tee", tee);
    out.set("extra-params", extraParams);
    return Json.write(out);
  }
}
