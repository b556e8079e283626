package dev.cocolab.broker;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One reason for a decision.
 *
 * @param claim what was looked at, for instance {@code tpm.pcr08}
 * @param found the value that it had; {@code absent} when there is none
 * @param expected the values that would have been accepted; empty when nothing would
 * @param referenceValue name of the reference value that was asked for
 * @param policy file name of the policy; empty when no policy was involved
 * @param line line in that file, from 1; 0 when unknown
 * @param rule the rule, for instance {@code executables}; or the check of a verifier
 * @param remedy what the user would change
 */
public record Finding(
    String claim,
    String found,
    List<String> expected,
    Optional<String> referenceValue,
    String policy,
    int line,
    String rule,
    String remedy) {

  /** The text of {@link #found} for a claim that is not there. */
  public static final String ABSENT = "absent";

  /** Checks that nothing is missing. */
  public Finding {
    Objects.requireNonNull(claim, "claim");
    Objects.requireNonNull(found, "found");
    expected = List.copyOf(expected);
    Objects.requireNonNull(referenceValue, "referenceValue");
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(remedy, "remedy");
  }

  /** The finding on one line, for a terminal. */
  public String toLine() {
    StringBuilder out = new StringBuilder();
    out.append(claim).append(" is ").append(found);
    if (!expected.isEmpty()) {
      out.append(", expected ");
      out.append(expected.size() == 1 ? expected.get(0) : "one of " + String.join(", ", expected));
    }
    referenceValue.ifPresent(name -> out.append(" (reference value ").append(name).append(')'));
    if (!policy.isEmpty()) {
      out.append("; ").append(policy);
      if (line > 0) {
        out.append(" line ").append(line);
      }
      out.append(", rule ").append(rule);
    }
    return out.toString();
  }
}
