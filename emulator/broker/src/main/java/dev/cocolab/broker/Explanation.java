package dev.cocolab.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Why a decision was made.
 *
 * @param decision one word: {@code affirming}, {@code warning}, {@code contraindicated}, {@code
 *     refused}, {@code granted}, {@code denied}
 * @param summary one sentence
 * @param findings the reasons, most telling first; empty when all is well
 */
public record Explanation(String decision, String summary, List<Finding> findings) {

  /** Checks that nothing is missing. */
  public Explanation {
    Objects.requireNonNull(decision, "decision");
    Objects.requireNonNull(summary, "summary");
    findings = List.copyOf(findings);
  }

  /** Plain text: the summary, then two lines for each finding. */
  public List<String> toLines() {
    List<String> out = new ArrayList<>();
    out.add(summary);
    for (Finding finding : findings) {
      out.add("  " + finding.toLine());
      out.add("    " + finding.remedy());
    }
    return out;
  }

  /** JSON: {@code decision}, {@code summary}, {@code findings}. */
  public ObjectNode toJson() {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("decision", decision);
    out.put("summary", summary);
    ArrayNode list = out.putArray("findings");
    for (Finding finding : findings) {
      ObjectNode entry = list.addObject();
      entry.put("claim", finding.claim());
      entry.put("found", finding.found());
      finding.expected().forEach(entry.putArray("expected")::add);
      finding.referenceValue().ifPresent(name -> entry.put("referenceValue", name));
      entry.put("policy", finding.policy());
      entry.put("line", finding.line());
      entry.put("rule", finding.rule());
      entry.put("remedy", finding.remedy());
    }
    return out;
  }
}
