package dev.cocolab.broker.appraisal;

import dev.cocolab.evidence.Tee;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One piece of evidence to be judged.
 *
 * @param tee which verifier is asked
 * @param evidence the evidence as sent
 * @param runtimeData what it must be bound to; empty: its report data are not looked at
 * @param initData the initdata that it must be bound to; empty: not looked at
 */
public record VerificationRequest(
    Tee tee,
    JsonNode evidence,
    Optional<RuntimeInput> runtimeData,
    Optional<InitDataInput> initData) {
  /** Checks that nothing is missing. */
  public VerificationRequest {
    Objects.requireNonNull(tee, "tee");
    Objects.requireNonNull(evidence, "evidence");
    Objects.requireNonNull(runtimeData, "runtimeData");
    Objects.requireNonNull(initData, "initData");
  }
}
