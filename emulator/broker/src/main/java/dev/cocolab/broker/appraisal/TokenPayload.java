package dev.cocolab.broker.appraisal;

import dev.cocolab.broker.config.KbsConfig;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The payload of an attestation token: an Entity Attestation Result with upstream's members. */
public final class TokenPayload {
  /** The member that holds what is said of each TEE, by name. */
  public static final String SUBMODS = "submods";

  /** The member of such a part that holds the policy input. */
  public static final String EVIDENCE = "ear.veraison.annotated-evidence";

  private static final long SECONDS_PER_MINUTE = 60;

  private TokenPayload() {}

  static ObjectNode of(
      List<SubmodAppraisal> appraisals,
      String policyId,
      KbsConfig.Attestation config,
      boolean withIssuer,
      Instant now) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("eat_profile", config.profile());
    out.put("iat", now.getEpochSecond());
    out.putObject("ear.verifier-id")
        .put("build", config.build())
        .put("developer", config.developer());
    ObjectNode submods = out.putObject(SUBMODS);
    Map<String, SubmodAppraisal> sorted = new TreeMap<>();
    appraisals.forEach(appraisal -> sorted.put(appraisal.name(), appraisal));
    sorted.forEach((name, appraisal) -> submods.set(name, submod(appraisal, policyId)));
    out.put("exp", now.getEpochSecond() + SECONDS_PER_MINUTE * config.tokenMinutes());
    if (withIssuer) {
      out.put("iss", config.issuer());
    }
    return out;
  }

  private static ObjectNode submod(SubmodAppraisal appraisal, String policyId) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("ear.status", appraisal.vector().status().wireName());
    out.set("ear.trustworthiness-vector", appraisal.vector().toJson());
    out.put("ear.appraisal-policy-id", policyId);
    out.set(EVIDENCE, appraisal.input());
    appraisal.extensions().properties().forEach(e -> out.set(e.getKey(), e.getValue()));
    return out;
  }
}
