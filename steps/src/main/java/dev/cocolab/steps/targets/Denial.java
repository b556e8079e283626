package dev.cocolab.steps.targets;

import java.util.List;

/**
 * One refusal, explained.
 *
 * @param resource path of the resource that was withheld, {@code default/<secret>/<key>}; empty
 *     when the evidence itself was refused
 * @param findings each claim that did not match
 * @param json the explanation as the report shows it
 */
public record Denial(String resource, List<Finding> findings, String json) {
  public Denial {
    findings = List.copyOf(findings);
  }

  /**
   * One claim that did not match.
   *
   * @param claim path of the claim, {@code tpm.pcr08}
   * @param found its value in the evidence
   * @param expected the registered values
   * @param referenceValue name under which they are registered
   * @param rule the policy's file, line and rule that compares them
   */
  public record Finding(
      String claim, String found, List<String> expected, String referenceValue, String rule) {
    public Finding {
      expected = List.copyOf(expected);
    }
  }
}
