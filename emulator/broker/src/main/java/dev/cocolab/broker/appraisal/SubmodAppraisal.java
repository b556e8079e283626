package dev.cocolab.broker.appraisal;

import dev.cocolab.broker.policy.Evaluation;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The appraisal of one TEE.
 *
 * @param name for instance {@code cpu0}
 * @param inputName key of its claims in the policy input
 * @param vector what the policy says of it
 * @param input the policy input
 * @param extensions further members of the submod, by name
 * @param evaluation what was evaluated
 */
public record SubmodAppraisal(
    String name,
    String inputName,
    TrustVector vector,
    JsonNode input,
    ObjectNode extensions,
    Evaluation evaluation) {
  /** Checks that nothing is missing. */
  public SubmodAppraisal {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(inputName, "inputName");
    Objects.requireNonNull(vector, "vector");
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(extensions, "extensions");
    Objects.requireNonNull(evaluation, "evaluation");
  }
}
