package dev.cocolab.broker.appraisal;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * An AR4SI trustworthiness vector: claims that were set, in the order of the standard.
 *
 * @param claims values from -128 to 127 by claim name
 */
public record TrustVector(Map<String, Integer> claims) {
  /** The claims of the vector, in the order in which they are written. */
  public static final List<String> NAMES =
      List.of(
          "instance-identity",
          "configuration",
          "executables",
          "file-system",
          "hardware",
          "runtime-opaque",
          "storage-opaque",
          "sourced-data");

  /** Trustworthiness tiers, best first; the worst of all claims is the status. */
  public enum Tier {
    /** No statement. */
    NONE,
    /** As expected. */
    AFFIRMING,
    /** Not as expected, without proof of harm. */
    WARNING,
    /** Not to be trusted. */
    CONTRAINDICATED;

    /** The name in tokens. */
    public String wireName() {
      return switch (this) {
        case NONE -> "none";
        case AFFIRMING -> "affirming";
        case WARNING -> "warning";
        case CONTRAINDICATED -> "contraindicated";
      };
    }

    /** The tier of a claim's value. */
    public static Tier of(int value) {
      if (value >= -1 && value <= 1) {
        return NONE;
      }
      if (value >= -32 && value <= 31) {
        return AFFIRMING;
      }
      return value >= -96 && value <= 95 ? WARNING : CONTRAINDICATED;
    }
  }

  /** Copies the claims in the order of the standard. */
  public TrustVector {
    Map<String, Integer> ordered = new LinkedHashMap<>();
    for (String name : NAMES) {
      if (claims.containsKey(name)) {
        ordered.put(name, claims.get(name));
      }
    }
    claims = Collections.unmodifiableMap(ordered);
  }

  /** All eight claims at zero, for policies that define no trust claims. */
  static TrustVector zero() {
    Map<String, Integer> out = new LinkedHashMap<>();
    NAMES.forEach(name -> out.put(name, 0));
    return new TrustVector(out);
  }

  /**
   * Reads what a policy gave; values beyond 8 bits wrap, as upstream's do.
   *
   * @throws BrokerException POLICY_EVALUATION with upstream's text
   */
  static TrustVector of(JsonNode trustClaims) {
    if (!trustClaims.isObject()) {
      throw failed("Trust claims is not an object");
    }
    Map<String, Integer> out = new LinkedHashMap<>();
    for (var entry : trustClaims.properties()) {
      if (!entry.getValue().isIntegralNumber()) {
        throw failed("Trust claim value not number");
      }
      if (!NAMES.contains(entry.getKey())) {
        throw failed("`" + entry.getKey() + "` is not a claim of the trustworthiness vector");
      }
      out.put(entry.getKey(), (int) (byte) entry.getValue().longValue());
    }
    if (out.isEmpty()) {
      throw failed("At least one policy claim must be set.");
    }
    return new TrustVector(out);
  }

  /** The worst tier of all claims. */
  public Tier status() {
    Tier worst = Tier.NONE;
    for (int value : claims.values()) {
      Tier tier = Tier.of(value);
      worst = tier.compareTo(worst) > 0 ? tier : worst;
    }
    return worst;
  }

  ObjectNode toJson() {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    claims.forEach((name, value) -> out.put(name, value.intValue()));
    return out;
  }

  private static BrokerException failed(String text) {
    return new BrokerException(Reason.POLICY_EVALUATION, text);
  }
}
