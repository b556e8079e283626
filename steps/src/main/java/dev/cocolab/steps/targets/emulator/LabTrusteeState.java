package dev.cocolab.steps.targets.emulator;

import dev.cocolab.broker.Access;
import dev.cocolab.broker.Appraisal;
import dev.cocolab.broker.Explain;
import dev.cocolab.broker.Explanation;
import dev.cocolab.lab.Lab;
import dev.cocolab.steps.targets.Denial;
import dev.cocolab.steps.targets.TrusteeState;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the journal of the lab's broker. */
record LabTrusteeState(Lab lab, Path hardware) implements TrusteeState {
  private static final String PLUGIN = "resource/";

  @Override
  public String guestUrl() {
    return lab.trusteeUrlForGuests();
  }

  @Override
  public URI url() {
    return lab.trusteeUrl();
  }

  @Override
  public String guestCertificate() {
    return lab.trusteeCertificate();
  }

  @Override
  public Optional<Path> emulatedHardware() {
    return Optional.of(hardware);
  }

  @Override
  public List<String> claims() {
    return lab.journal().appraisals().stream()
        .filter(Appraisal::accepted)
        .flatMap(appraisal -> appraisal.submods().stream())
        .map(submod -> submod.claims().toPrettyString())
        .toList();
  }

  @Override
  public List<Denial> denials() {
    Stream<Denial> evidence =
        lab.journal().appraisals().stream()
            .filter(appraisal -> !appraisal.accepted())
            .map(appraisal -> denial("", Explain.explain(appraisal)));
    Stream<Denial> resources =
        lab.journal().accesses().stream()
            .filter(access -> access.outcome().equals("PolicyDeny"))
            .map(LabTrusteeState::denied);
    return Stream.concat(evidence, resources).toList();
  }

  private static Denial denied(Access access) {
    String path = access.path();
    return denial(
        path.startsWith(PLUGIN) ? path.substring(PLUGIN.length()) : path, Explain.explain(access));
  }

  private static Denial denial(String resource, Explanation explanation) {
    List<Denial.Finding> findings =
        explanation.findings().stream()
            .map(
                finding ->
                    new Denial.Finding(
                        finding.claim(),
                        finding.found(),
                        finding.expected(),
                        finding.referenceValue().orElse(""),
                        "%s:%d %s".formatted(finding.policy(), finding.line(), finding.rule())))
            .toList();
    return new Denial(resource, findings, explanation.toJson().toPrettyString());
  }
}
