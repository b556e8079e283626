package dev.cocolab.broker.appraisal;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns a verifier's claims into the policy input, which is also the token's annotated evidence.
 */
final class PolicyInput {
  private PolicyInput() {}

  /**
   * Lifts {@code init_data} and {@code report_data} with their claims to the top and nests the rest
   * under the TEE's name.
   *
   * @param verified becomes part of the input
   */
  static ObjectNode of(
      ObjectNode verified,
      String inputName,
      JsonNode initDataClaims,
      JsonNode runtimeData,
      boolean verbose) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    JsonNode initData = verified.remove("init_data");
    JsonNode reportData = verified.remove("report_data");
    requireSignedRange(verified);
    out.set(inputName, verified);
    if (initData != null) {
      out.set("init_data", initData);
      out.set("init_data_claims", initDataClaims);
    }
    if (reportData != null) {
      JsonNode runtime = runtimeData.deepCopy();
      if (!verbose && runtime instanceof ObjectNode object) {
        object.remove("additional-evidence");
      }
      out.set("report_data", reportData);
      out.set("runtime_data_claims", runtime);
    }
    return out;
  }

  /** Tokens hold signed 64-bit integers only. */
  private static void requireSignedRange(JsonNode value) {
    if (value.isIntegralNumber() && !value.canConvertToLong()) {
      throw new BrokerException(
          Reason.EVIDENCE, "claim value " + value + " is beyond a signed 64-bit integer");
    }
    value.forEach(PolicyInput::requireSignedRange);
  }
}
