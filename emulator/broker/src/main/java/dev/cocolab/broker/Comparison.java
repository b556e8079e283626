package dev.cocolab.broker;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The source text of a policy condition that compares two things.
 *
 * @param left what stands on the left
 * @param operator {@code in}, {@code ==}, {@code =}, {@code !=}, {@code <}, {@code <=}, {@code >},
 *     {@code >=}, or one of them after {@code not}
 * @param right what stands on the right
 */
record Comparison(String left, String operator, String right) {
  private static final Pattern FORM =
      Pattern.compile("(not\\s+)?(.+?)\\s+(in|==|=|!=|<=|>=|<|>)\\s+(.+)");
  private static final Pattern REFERENCE_VALUE =
      Pattern.compile("query_reference_value\\(\\s*\"([^\"]*)\"\\s*\\)");

  static Optional<Comparison> parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String operator = (matcher.group(1) == null ? "" : "not ") + matcher.group(3);
    return Optional.of(new Comparison(matcher.group(2), operator, matcher.group(4)));
  }

  /** The reference value that the right side asks for. */
  Optional<String> referenceValue() {
    Matcher matcher = REFERENCE_VALUE.matcher(right);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
