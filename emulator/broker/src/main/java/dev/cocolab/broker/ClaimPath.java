package dev.cocolab.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A reference into the policy input that names its members outright, such as {@code
 * input["az-snp-vtpm"].tpm.pcr08}.
 *
 * @param members the members after {@code input}
 */
record ClaimPath(List<String> members) {
  private static final Pattern MEMBER =
      Pattern.compile("\\.([A-Za-z_][A-Za-z0-9_]*)|\\[\"([^\"]*)\"]");

  ClaimPath {
    members = List.copyOf(members);
  }

  static Optional<ClaimPath> parse(String text) {
    if (!text.startsWith("input")) {
      return Optional.empty();
    }
    List<String> members = new ArrayList<>();
    Matcher matcher = MEMBER.matcher(text);
    int end = "input".length();
    while (end < text.length() && matcher.find(end) && matcher.start() == end) {
      members.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
      end = matcher.end();
    }
    return end == text.length() && !members.isEmpty()
        ? Optional.of(new ClaimPath(members))
        : Optional.empty();
  }

  Optional<JsonNode> in(JsonNode input) {
    JsonNode at = input;
    for (String member : members) {
      at = at.path(member);
    }
    return at.isMissingNode() ? Optional.empty() : Optional.of(at);
  }

  boolean isOf(String inputName) {
    return members.get(0).equals(inputName);
  }

  /** The claim without the name of its TEE, for instance {@code tpm.pcr08}. */
  String claim(String inputName) {
    boolean ofTee = isOf(inputName) && members.size() > 1;
    return String.join(".", ofTee ? members.subList(1, members.size()) : members);
  }
}
