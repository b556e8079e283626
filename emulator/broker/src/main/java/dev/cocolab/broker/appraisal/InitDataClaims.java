package dev.cocolab.broker.appraisal;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.protocol.InitdataException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * Initdata of an attestation message: the digest that the hardware must show, and the document as
 * claims. {@code aa.toml} and {@code cdh.toml} become JSON where they are TOML; an agent policy
 * that ends in {@code policy_data := {…}} with strict JSON is replaced by that JSON.
 *
 * @param digest the document's digest; empty when none was sent
 * @param claims the claims; null node when no document was sent
 */
record InitDataClaims(Optional<byte[]> digest, JsonNode claims) {
  private static final String POLICY_DATA = "policy_data := {";
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  static InitDataClaims of(Optional<InitDataInput> sent) {
    if (sent.isEmpty()) {
      return new InitDataClaims(Optional.empty(), JsonNodeFactory.instance.nullNode());
    }
    if (sent.get() instanceof InitDataInput.Digest only) {
      return new InitDataClaims(Optional.of(only.digest()), JsonNodeFactory.instance.nullNode());
    }
    String toml = ((InitDataInput.Document) sent.get()).toml();
    try {
      Initdata document = Initdata.parseAnyVersion(toml.getBytes(StandardCharsets.UTF_8));
      return new InitDataClaims(Optional.of(document.digest()), claims(document));
    } catch (InitdataException e) {
      throw new BrokerException(
          Reason.INIT_DATA,
          "parse init data",
          new BrokerException(Reason.INIT_DATA, "parse TOML structured data", e));
    }
  }

  private static ObjectNode claims(Initdata document) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    document.data().forEach(out::put);
    for (String key : new String[] {"cdh.toml", "aa.toml"}) {
      toml(out.path(key)).ifPresent(tree -> out.set(key, tree));
    }
    policyData(out.path("policy.rego"))
        .ifPresent(
            data -> {
              out.remove("policy.rego");
              out.set("agent_policy_claims", data);
            });
    return out;
  }

  private static Optional<JsonNode> toml(JsonNode text) {
    if (!text.isString()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new TomlMapper().readTree(text.asString()));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static Optional<JsonNode> policyData(JsonNode policy) {
    int start = policy.isString() ? policy.asString().indexOf(POLICY_DATA) : -1;
    if (start < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          JSON.readTree(policy.asString().substring(start + POLICY_DATA.length() - 1)));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
