package dev.cocolab.broker;

import dev.cocolab.broker.appraisal.TrustVector;
import dev.cocolab.broker.appraisal.TrustVector.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Turns what the journal recorded into reasons. Pure: the same record gives the same answer. */
public final class Explain {
  private Explain() {}

  /** Why evidence was refused, or which claims keep an appraisal from being affirming. */
  public static Explanation explain(Appraisal appraisal) {
    if (appraisal.refusal().isPresent()) {
      return refused(appraisal.refusal().get());
    }
    List<Finding> findings = new ArrayList<>();
    appraisal.submods().forEach(submod -> findings.addAll(of(submod, appraisal)));
    String status = worst(appraisal);
    String summary =
        findings.isEmpty()
            ? "The evidence is genuine and its appraisal is " + status + "."
            : "The evidence is genuine, but its appraisal is " + status + ".";
    return new Explanation(status, summary, findings);
  }

  private static String worst(Appraisal appraisal) {
    Tier worst = Tier.NONE;
    for (Appraisal.Submod submod : appraisal.submods()) {
      for (Tier tier : Tier.values()) {
        if (tier.wireName().equals(submod.status()) && tier.compareTo(worst) > 0) {
          worst = tier;
        }
      }
    }
    return worst.wireName();
  }

  private static List<Finding> of(Appraisal.Submod submod, Appraisal appraisal) {
    List<Finding> out = new ArrayList<>();
    for (String claim : TrustVector.NAMES) {
      Integer value = submod.trustVector().get(claim);
      if (value == null || Tier.of(value).compareTo(Tier.AFFIRMING) <= 0) {
        continue;
      }
      List<Finding> reasons =
          PolicyFindings.of(
              submod.policy(),
              claim.replace('-', '_'),
              submod.claims(),
              submod.inputName(),
              appraisal.referenceValues());
      out.addAll(reasons);
      if (reasons.isEmpty()) {
        out.add(
            new Finding(
                claim,
                String.valueOf(value),
                List.of(),
                Optional.empty(),
                submod.policy().file(),
                0,
                claim.replace('-', '_'),
                "No rule of this policy vouches for " + claim + " of " + submod.inputName() + "."));
      }
    }
    return out;
  }

  private static Explanation refused(Appraisal.Refusal refusal) {
    String summary = "No token was issued: " + refusal.text();
    Optional<Finding> policy = refusal.policy().flatMap(PolicyFindings::ofError);
    if (policy.isPresent()) {
      return new Explanation("refused", summary, List.of(policy.get()));
    }
    Finding finding =
        new Finding(
            refusal.mismatch().map(Appraisal.Mismatch::field).orElse(label(refusal)),
            refusal.mismatch().map(Appraisal.Mismatch::found).orElse(refusal.text()),
            refusal.mismatch().map(m -> List.of(m.expected())).orElse(List.of()),
            Optional.empty(),
            refusal.policy().map(PolicyRun::file).orElse(""),
            0,
            refusal.reason(),
            Remedies.ofRefusal(refusal.kind(), refusal.reason()));
    return new Explanation("refused", summary, List.of(finding));
  }

  private static String label(Appraisal.Refusal refusal) {
    return refusal.kind().equals("EVIDENCE") ? "evidence" : "request";
  }

  /** Why a request for a resource was granted or denied. */
  public static Explanation explain(Access access) {
    String path = access.path();
    if (access.granted()) {
      return new Explanation("granted", path + " was handed out.", List.of());
    }
    return switch (access.outcome()) {
      case "PolicyDeny" -> denied(access);
      case "PolicyEngineError" ->
          denied(
              path + " was denied: the resource policy cannot be evaluated.",
              access.policy().flatMap(PolicyFindings::ofError).stream().toList());
      case "TokenNotFound" ->
          single(
              access,
              "attestation token",
              Finding.ABSENT,
              "The guest attests after this answer; nothing needs to be changed.");
      case "TokenVerifierError" ->
          single(
              access,
              "attestation token",
              access.cause(),
              "Attest again; when that does not help, compare [attestation_token] of the"
                  + " configuration with the key that signs tokens.");
      case "PluginInternalError" ->
          single(
              access,
              "resource",
              Finding.ABSENT,
              "List the Secret in kbsSecretResources of the KbsConfig, check the key's name, and"
                  + " restart Trustee.");
      default -> single(access, "request", access.cause(), "See the log of the broker.");
    };
  }

  /** What the attestation lacks comes first: it is what the policy's conditions look at. */
  private static Explanation denied(Access access) {
    List<Finding> findings = new ArrayList<>();
    access.appraisal().ifPresent(appraisal -> findings.addAll(explain(appraisal).findings()));
    PolicyRun run = access.policy().orElseThrow();
    JsonNode claims = access.claims().orElseThrow();
    findings.addAll(PolicyFindings.of(run, "allow", claims, "", Map.of()));
    return denied(access.path() + " was denied by the resource policy.", findings);
  }

  private static Explanation denied(String summary, List<Finding> findings) {
    return new Explanation("denied", summary, findings);
  }

  private static Explanation single(Access access, String claim, String found, String remedy) {
    Finding finding =
        new Finding(claim, found, List.of(), Optional.empty(), "", 0, access.outcome(), remedy);
    return denied(access.path() + " was denied: " + access.outcome() + ".", List.of(finding));
  }
}
