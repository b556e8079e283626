package dev.cocolab.broker.lint;

import dev.cocolab.protocol.Initdata;
import dev.cocolab.rego.RegoDialect;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Documents that have to fit each other. What is absent is not looked at.
 *
 * @param attestationPolicy policy of the attestation service
 * @param resourcePolicy policy of the key broker
 * @param referenceValues by name, as {@code query_reference_value} gives them; absent: unknown
 * @param initdata documents that guests boot with, by the name they are shown under
 * @param resources paths that Trustee serves, {@code repository/type/tag}; absent: unknown
 * @param dialect of the policies
 */
public record LintSubject(
    Optional<PolicyText> attestationPolicy,
    Optional<PolicyText> resourcePolicy,
    Optional<Map<String, JsonNode>> referenceValues,
    Map<String, Initdata> initdata,
    Optional<Set<String>> resources,
    RegoDialect dialect) {
  /** Name under which reference values are shown. */
  public static final String REFERENCE_VALUES = "reference values";

  /** Copies the collections. */
  public LintSubject {
    Objects.requireNonNull(attestationPolicy, "attestationPolicy");
    Objects.requireNonNull(resourcePolicy, "resourcePolicy");
    referenceValues = referenceValues.map(Map::copyOf);
    initdata = Map.copyOf(initdata);
    resources = resources.map(Set::copyOf);
    Objects.requireNonNull(dialect, "dialect");
  }

  /** The policies there are. */
  List<PolicyText> policies() {
    return Stream.of(attestationPolicy, resourcePolicy).flatMap(Optional::stream).toList();
  }

  /**
   * A policy.
   *
   * @param file name in findings
   * @param rego its text
   */
  public record PolicyText(String file, String rego) {
    /** Checks that nothing is missing. */
    public PolicyText {
      Objects.requireNonNull(file, "file");
      Objects.requireNonNull(rego, "rego");
    }
  }
}
