package dev.cocolab.rego;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Which compliance cases use what this engine does not have, and how it says so. */
final class ComplianceRefusals {

  private ComplianceRefusals() {}

  static Optional<String> reason(JsonNode testCase) {
    return Optional.empty();
  }
}
