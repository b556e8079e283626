package dev.cocolab.broker.appraisal;

import dev.cocolab.evidence.Tee;
import dev.cocolab.protocol.Attestation.InitDataText;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One piece of evidence to be judged.
 *
 * @param tee which verifier is asked
 * @param evidence the evidence as sent
 * @param runtimeData what it must be bound to; its SHA-384 is the expected report data
 * @param initData the initdata that the guest declares
 */
public record VerificationRequest(
    Tee tee, JsonNode evidence, JsonNode runtimeData, Optional<InitDataText> initData) {
  /** Checks that nothing is missing. */
  public VerificationRequest {
    Objects.requireNonNull(tee, "tee");
    Objects.requireNonNull(evidence, "evidence");
    Objects.requireNonNull(runtimeData, "runtimeData");
    Objects.requireNonNull(initData, "initData");
  }
}
