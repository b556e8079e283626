package dev.cocolab.cli.evidence;

import dev.cocolab.cli.ExitCode;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Tee;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What came of a verification.
 *
 * @param tee kind of evidence
 * @param root whose root vouched for it: {@code emulated}, {@code AMD}, {@code Intel}, {@code
 *     NVIDIA}; empty where it was refused, and for kinds of evidence that no root vouches for
 * @param refusal why it was refused; empty where it was accepted
 * @param claims what it proves; without members where it was refused
 */
record Outcome(
    Tee tee, Optional<String> root, Optional<EvidenceException> refusal, ObjectNode claims) {

  static Outcome accepted(Tee tee, Optional<String> root, ObjectNode claims) {
    return new Outcome(tee, root, Optional.empty(), claims);
  }

  static Outcome refused(Tee tee, EvidenceException refusal) {
    return new Outcome(
        tee, Optional.empty(), Optional.of(refusal), JsonMapper.shared().createObjectNode());
  }

  ExitCode exitCode() {
    return refusal.isEmpty() ? ExitCode.OK : ExitCode.NOT_SO;
  }

  private String verdict() {
    return refusal.isEmpty() ? "accepted" : "refused";
  }

  /** The error chain of the verifier, then the two values that differ. */
  private static String reason(EvidenceException refusal) {
    return refusal.chain()
        + refusal
            .mismatch()
            .map(
                differ ->
                    " (%s: expected %s, found %s)"
                        .formatted(differ.field(), differ.expected(), differ.found()))
            .orElse("");
  }

  /** Always the same six members; what there is not is null. */
  String json() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("verdict", verdict());
    json.put("tee", tee.wireName());
    json.put("root", root.orElse(null));
    json.put("failed_check", refusal.map(why -> why.reason().name()).orElse(null));
    json.put("reason", refusal.map(Outcome::reason).orElse(null));
    json.set("claims", claims);
    return JsonMapper.shared().writeValueAsString(json);
  }

  /** The same for people, a line each. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: evidence of %s%s"
            .formatted(
                verdict(), tee.wireName(), root.map(who -> ", vouched for by " + who).orElse("")));
    refusal.ifPresent(
        why -> {
          lines.add(line("failed check", why.reason().name()));
          lines.add(line("reason", why.chain()));
          why.mismatch()
              .ifPresent(
                  differ -> {
                    lines.add(line("field", differ.field()));
                    lines.add(line("expected", differ.expected()));
                    lines.add(line("found", differ.found()));
                  });
        });
    if (!claims.isEmpty()) {
      Facts.lines(claims).forEach(claim -> lines.add("  " + claim));
    }
    return lines;
  }

  private static String line(String name, String value) {
    return "  " + Facts.line(name, value);
  }
}
