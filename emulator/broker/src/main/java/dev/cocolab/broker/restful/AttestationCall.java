package dev.cocolab.broker.restful;

import dev.cocolab.broker.appraisal.AttestationService;
import dev.cocolab.broker.appraisal.HashAlgorithm;
import dev.cocolab.broker.appraisal.InitDataInput;
import dev.cocolab.broker.appraisal.RuntimeInput;
import dev.cocolab.broker.appraisal.VerificationRequest;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Body of {@code POST /attestation}: {@code verification_requests} and {@code policy_ids}. Each
 * request has {@code tee}, {@code evidence} (URL-safe base64 of its JSON, without padding) and may
 * have {@code runtime_data} ({@code {"raw": base64}} or {@code {"structured": JSON}}), {@code
 * init_data} ({@code {"init_data_digest": base64}} or {@code {"init_data_toml": text}}) and {@code
 * runtime_data_hash_algorithm}.
 */
public final class AttestationCall {
  private final List<JsonNode> calls;
  private final List<String> policyIds;

  private AttestationCall(List<JsonNode> calls, List<String> policyIds) {
    this.calls = calls;
    this.policyIds = policyIds;
  }

  /**
   * Reads a body, as far as its shape goes.
   *
   * @throws BrokerException MALFORMED naming the member
   */
  public static AttestationCall parse(byte[] body) {
    JsonNode root = Body.object(body);
    List<JsonNode> calls = new ArrayList<>();
    for (JsonNode call : Body.list(root, "verification_requests")) {
      requireShape(call);
      calls.add(call);
    }
    List<String> ids = new ArrayList<>();
    for (JsonNode id : Body.list(root, "policy_ids")) {
      if (!id.isString()) {
        throw Body.malformed("invalid type in `policy_ids`: expected a string");
      }
      ids.add(id.asString());
    }
    return new AttestationCall(calls, ids);
  }

  /** A flat object of strings, which is the body of {@code POST /challenge}. */
  public static Map<String, String> strings(byte[] body) {
    JsonNode root = Body.object(body);
    Map<String, String> out = new LinkedHashMap<>();
    root.propertyNames().forEach(name -> out.put(name, Body.text(root, name)));
    return out;
  }

  private static void requireShape(JsonNode call) {
    if (!call.isObject()) {
      throw Body.malformed("invalid type in `verification_requests`: expected an object");
    }
    Body.text(call, "tee");
    Body.text(call, "evidence");
    if (Body.given(call, "runtime_data_hash_algorithm")) {
      Body.text(call, "runtime_data_hash_algorithm");
    }
    requireVariant(call, "runtime_data", "raw", "structured");
    requireVariant(call, "init_data", "init_data_digest", "init_data_toml");
  }

  private static void requireVariant(JsonNode call, String member, String one, String other) {
    if (!Body.given(call, member)) {
      return;
    }
    JsonNode value = call.path(member);
    if (!value.isObject() || value.size() != 1 || !(value.has(one) || value.has(other))) {
      throw Body.malformed("`" + member + "` needs either `" + one + "` or `" + other + "`");
    }
    if (!value.has("structured")) {
      Body.text(value, value.has(one) ? one : other);
    }
  }

  /** The policies asked for; {@code default} where none is. */
  public List<String> policyIds() {
    return policyIds.isEmpty() ? List.of(AttestationService.DEFAULT_POLICY) : policyIds;
  }

  /**
   * What is to be judged.
   *
   * @throws BrokerException HANDSHAKE or UNSUPPORTED_TEE with upstream's texts
   */
  public List<VerificationRequest> requests() {
    return calls.stream().map(AttestationCall::request).toList();
  }

  private static VerificationRequest request(JsonNode call) {
    byte[] evidence = Body.decoded(Body.text(call, "evidence"), "base64 decode evidence");
    JsonNode json;
    try {
      json = JsonMapper.shared().readTree(evidence);
    } catch (JacksonException e) {
      throw new BrokerException(
          Reason.HANDSHAKE,
          "failed to parse evidence as JSON",
          new BrokerException(Reason.HANDSHAKE, String.valueOf(e.getOriginalMessage())));
    }
    return new VerificationRequest(
        RestfulTees.of(Body.text(call, "tee")), json, runtimeData(call), initData(call));
  }

  private static Optional<RuntimeInput> runtimeData(JsonNode call) {
    HashAlgorithm hash = hash(call);
    JsonNode data = call.path("runtime_data");
    if (!data.isObject()) {
      return Optional.empty();
    }
    if (data.has("structured")) {
      return Optional.of(new RuntimeInput.Structured(data.get("structured"), hash));
    }
    return Optional.of(
        new RuntimeInput.Raw(
            of(
                "decode given Runtime Data",
                Body.text(data, "raw"),
                "base64 decode raw runtime data")));
  }

  private static HashAlgorithm hash(JsonNode call) {
    if (!Body.given(call, "runtime_data_hash_algorithm")) {
      return HashAlgorithm.SHA384;
    }
    try {
      return HashAlgorithm.ofRequest(Body.text(call, "runtime_data_hash_algorithm"));
    } catch (BrokerException e) {
      throw new BrokerException(Reason.HANDSHAKE, "parse runtime data HashAlgorithm failed", e);
    }
  }

  private static Optional<InitDataInput> initData(JsonNode call) {
    JsonNode data = call.path("init_data");
    if (!data.isObject()) {
      return Optional.empty();
    }
    if (data.has("init_data_toml")) {
      return Optional.of(new InitDataInput.Document(Body.text(data, "init_data_toml")));
    }
    return Optional.of(
        new InitDataInput.Digest(
            of(
                "decode given Init Data",
                Body.text(data, "init_data_digest"),
                "base64 decode raw init data")));
  }

  private static byte[] of(String outer, String base64url, String inner) {
    try {
      return Body.decoded(base64url, inner);
    } catch (BrokerException e) {
      throw new BrokerException(Reason.HANDSHAKE, outer, e);
    }
  }
}
