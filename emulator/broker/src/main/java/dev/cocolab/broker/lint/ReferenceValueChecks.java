package dev.cocolab.broker.lint;

import dev.cocolab.broker.policy.PolicyEngine;
import dev.cocolab.rego.PolicyReading.Call;
import dev.cocolab.rego.PolicyReading.Clause;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Reference values against the policy that asks for them, and against their own shape. */
final class ReferenceValueChecks {
  private static final String REGISTER =
      "Register it (ConfigMap trusteeconfig-rvps-reference-values), or take the condition out.";
  private static final Pattern REGISTER_NAME = Pattern.compile("(snp|tdx|tpm)_pcr\\d\\d");
  private static final Pattern PCR = Pattern.compile("[0-9a-f]{64}");

  private final Map<String, JsonNode> values;
  private final Consumer<LintFinding> findings;

  ReferenceValueChecks(Map<String, JsonNode> values, Consumer<LintFinding> findings) {
    this.values = values;
    this.findings = findings;
  }

  /**
   * What is asked for and not there, and the reverse. A definition none of whose values is there is
   * for a kind of TEE that nobody registered; only when no definition is complete does it count.
   */
  void against(String policy, List<Clause> clauses) {
    Set<String> used = new TreeSet<>();
    boolean complete = false;
    boolean asked = false;
    for (Clause clause : clauses) {
      List<Call> calls =
          clause.calls().stream()
              .filter(call -> call.function().equals(PolicyEngine.QUERY_REFERENCE_VALUE))
              .toList();
      calls.forEach(call -> used.add(call.arguments().get(0)));
      List<Call> absent =
          calls.stream().filter(call -> !values.containsKey(call.arguments().get(0))).toList();
      asked |= !calls.isEmpty();
      complete |= !calls.isEmpty() && absent.isEmpty();
      if (absent.size() < calls.size()) {
        absent.forEach(call -> absent(policy, clause, call));
      }
    }
    if (asked && !complete) {
      findings.accept(
          new LintFinding(
              "reference-value-absent",
              policy,
              0,
              "for no rule of the policy are all reference values registered, so no guest is recognised",
              REGISTER));
    }
    values.keySet().stream()
        .filter(name -> !used.contains(name))
        .sorted()
        .forEach(name -> unused(policy, name, used));
  }

  private void absent(String policy, Clause clause, Call call) {
    String name = call.arguments().get(0);
    findings.accept(
        new LintFinding(
            "reference-value-absent",
            policy,
            call.line(),
            "rule %s asks for reference value '%s', which nobody has registered"
                .formatted(clause.rule(), name),
            nearest(name, values.keySet())
                .map(known -> "Did you mean '%s'?".formatted(known))
                .orElse(REGISTER)));
  }

  private void unused(String policy, String name, Set<String> used) {
    findings.accept(
        new LintFinding(
            "reference-value-unused",
            LintSubject.REFERENCE_VALUES,
            0,
            "'%s' is registered, and %s never asks for it".formatted(name, policy),
            nearest(name, used)
                .map(known -> "Did you mean '%s'?".formatted(known))
                .orElse("Take it out, or compare a claim with it.")));
  }

  /** Only a name that is spelt almost alike, and is not registered itself, is a mistyped one. */
  private static Optional<String> nearest(String name, Set<String> known) {
    return known.stream()
        .filter(other -> !other.matches(".*\\d\\d") || !name.matches(".*\\d\\d"))
        .min(Comparator.comparingInt(other -> Distance.between(other, name)))
        .filter(other -> Distance.between(other, name) <= 2);
  }

  /** Registers are 64 digits of lower-case hex: anything else equals no measurement. */
  void shapes() {
    values.forEach(
        (name, value) -> {
          if (REGISTER_NAME.matcher(name).matches()) {
            Iterable<JsonNode> each = value.isArray() ? value : List.of(value);
            for (JsonNode one : each) {
              if (!PCR.matcher(one.asString("")).matches()) {
                findings.accept(malformed(name, one));
              }
            }
          }
        });
  }

  private static LintFinding malformed(String name, JsonNode value) {
    return new LintFinding(
        "reference-value-malformed",
        LintSubject.REFERENCE_VALUES,
        0,
        "%s of '%s' equals no register: a register is 64 digits of lower-case hex"
            .formatted(value, name),
        "Write the digits as 'cocolab initdata measure' prints them.");
  }
}
