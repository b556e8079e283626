package dev.cocolab.broker.lint;

import dev.cocolab.broker.lint.LintSubject.PolicyText;
import dev.cocolab.rego.PolicyReading;
import dev.cocolab.rego.PolicyReading.Clause;
import dev.cocolab.rego.RegoException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compares policies, reference values and initdata with each other. Pure: the same documents give
 * the same findings, sorted by document and line.
 *
 * <p>Its checks: {@code policy-unreadable}, {@code claim-unknown}, {@code reference-value-absent},
 * {@code reference-value-unused}, {@code reference-value-malformed}, {@code initdata-unregistered},
 * {@code initdata-resource-unserved}, {@code measurement-unknown}.
 */
public final class Lint {
  private static final String INPUT = "input";
  private static final String EXTENSIONS = "extensions";

  private final LintSubject subject;
  private final List<LintFinding> findings = new ArrayList<>();

  private Lint(LintSubject subject) {
    this.subject = subject;
  }

  /** Everything that does not fit; empty when all is well. */
  public static List<LintFinding> check(LintSubject subject) {
    Lint lint = new Lint(subject);
    Optional<List<Clause>> attestation = subject.attestationPolicy().flatMap(lint::read);
    Optional<List<Clause>> resource = subject.resourcePolicy().flatMap(lint::read);
    boolean extended =
        attestation.isEmpty()
            || attestation.get().stream().anyMatch(clause -> clause.rule().equals(EXTENSIONS));
    attestation.ifPresent(
        clauses ->
            lint.claims(
                subject.attestationPolicy().orElseThrow(), clauses, KnownClaims.ofEvidence()));
    resource.ifPresent(
        clauses ->
            lint.claims(
                subject.resourcePolicy().orElseThrow(), clauses, KnownClaims.ofToken(extended)));
    subject
        .referenceValues()
        .ifPresent(
            values -> {
              ReferenceValueChecks checks = new ReferenceValueChecks(values, lint.findings::add);
              attestation.ifPresent(
                  clauses ->
                      checks.against(subject.attestationPolicy().orElseThrow().file(), clauses));
              checks.shapes();
            });
    InitdataChecks initdata = new InitdataChecks(subject, lint.findings::add);
    initdata.registered();
    initdata.served();
    resource.ifPresent(
        clauses -> initdata.measured(subject.resourcePolicy().orElseThrow().file(), clauses));
    return lint.findings.stream()
        .sorted(Comparator.comparing(LintFinding::file).thenComparingInt(LintFinding::line))
        .toList();
  }

  private Optional<List<Clause>> read(PolicyText policy) {
    try {
      return Optional.of(PolicyReading.of(policy.file(), policy.rego(), subject.dialect()));
    } catch (RegoException e) {
      findings.add(
          new LintFinding(
              "policy-unreadable",
              policy.file(),
              e.line(),
              "the policy is no Rego: " + e.detail(),
              "Correct it: a policy that cannot be read refuses everything."));
      return Optional.empty();
    }
  }

  private void claims(PolicyText policy, List<Clause> clauses, KnownClaims known) {
    Set<String> told = new LinkedHashSet<>();
    for (Clause clause : clauses) {
      for (PolicyReading.Path path : clause.paths()) {
        if (!path.members().get(0).equals(INPUT)) {
          continue;
        }
        List<String> members = path.members().subList(1, path.members().size());
        known
            .unknown(members)
            .filter(unknown -> told.add(path.line() + "/" + String.join("/", members)))
            .ifPresent(unknown -> findings.add(unknownClaim(policy, path, members, unknown)));
      }
    }
  }

  private static LintFinding unknownClaim(
      PolicyText policy,
      PolicyReading.Path path,
      List<String> members,
      KnownClaims.Unknown unknown) {
    String where = members.subList(0, unknown.index()).stream().collect(Collectors.joining(" -> "));
    return new LintFinding(
        "claim-unknown",
        policy.file(),
        path.line(),
        "no guest has a claim '%s'%s"
            .formatted(members.get(unknown.index()), where.isEmpty() ? "" : " below " + where),
        unknown
            .nearest()
            .map(name -> "Did you mean '%s'?".formatted(name))
            .orElse("See './cocolab evidence show' for the claims there are."));
  }
}
