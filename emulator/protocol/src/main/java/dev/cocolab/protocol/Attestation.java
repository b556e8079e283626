package dev.cocolab.protocol;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The second message of a handshake, body of {@code POST /kbs/v0/attest}.
 *
 * @param initData the initdata document; peer pods never send one
 * @param runtimeData nonce and public key
 * @param primaryEvidence evidence of the TEE, its own JSON
 * @param additionalEvidence empty, or the text of a JSON object from TEE name to device evidence;
 *     kept as text because its exact characters are hashed
 */
public record Attestation(
    Optional<InitDataText> initData,
    RuntimeData runtimeData,
    JsonNode primaryEvidence,
    String additionalEvidence) {

  /**
   * Initdata as it travels in this message.
   *
   * @param format {@code toml}; brokers refuse others
   * @param body the document's text
   */
  public record InitDataText(String format, String body) {
    /** Checks that nothing is missing. */
    public InitDataText {
      Objects.requireNonNull(format, "format");
      Objects.requireNonNull(body, "body");
    }
  }

  /** Checks that nothing is missing. */
  public Attestation {
    Objects.requireNonNull(initData, "initData");
    Objects.requireNonNull(runtimeData, "runtimeData");
    Objects.requireNonNull(primaryEvidence, "primaryEvidence");
    Objects.requireNonNull(additionalEvidence, "additionalEvidence");
  }

  /** An attestation of the TEE alone, without devices and without initdata. */
  public static Attestation of(RuntimeData runtimeData, JsonNode primaryEvidence) {
    return new Attestation(Optional.empty(), runtimeData, primaryEvidence, "");
  }

  /**
   * Reads an attestation.
   *
   * @throws ProtocolException MALFORMED or UNSUPPORTED_KEY
   */
  public static Attestation parse(byte[] json) {
    JsonNode value = Json.read(json, "Attestation");
    JsonNode evidence = Json.member(value, "tee-evidence", "Attestation");
    return new Attestation(
        initData(value.path("init-data")),
        RuntimeData.parse(Json.member(value, "runtime-data", "Attestation")),
        Json.member(evidence, "primary_evidence", "tee-evidence"),
        Json.string(evidence, "additional_evidence", "tee-evidence"));
  }

  private static Optional<InitDataText> initData(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    return Optional.of(
        new InitDataText(
            Json.string(value, "format", "init-data"), Json.string(value, "body", "init-data")));
  }

  /**
   * The device evidence by TEE name, in the order sent; empty without devices.
   *
   * @throws ProtocolException MALFORMED
   */
  public Map<String, JsonNode> devices() {
    Map<String, JsonNode> out = new LinkedHashMap<>();
    if (!additionalEvidence.isEmpty()) {
      JsonNode value =
          Json.read(additionalEvidence.getBytes(StandardCharsets.UTF_8), "additional_evidence");
      if (!value.isObject()) {
        throw new ProtocolException(
            ProtocolException.Reason.MALFORMED, "additional_evidence is not a JSON object");
      }
      value.properties().forEach(member -> out.put(member.getKey(), member.getValue()));
    }
    return out;
  }

  /** Compact JSON with the members in upstream's order; absent initdata is written as null. */
  public byte[] toJson() {
    ObjectNode out = Json.object();
    initData.ifPresentOrElse(
        text -> out.putObject("init-data").put("format", text.format()).put("body", text.body()),
        () -> out.putNull("init-data"));
    out.set("runtime-data", runtimeData.toJson());
    ObjectNode evidence = out.putObject("tee-evidence");
    evidence.set("primary_evidence", primaryEvidence);
    evidence.put("additional_evidence", additionalEvidence);
    return Json.write(out);
  }
}
