package dev.cocolab.apiserver.selector;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.ApiException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A label selector as it stands in a query: {@code a=b,c!=d,e in (f,g),h notin (i),j,!k}.
 *
 * @param requirements all must hold
 */
public record LabelSelector(List<Requirement> requirements) {
  public static final LabelSelector EVERYTHING = new LabelSelector(List.of());

  private static final String KEY =
      "(?:[A-Za-z0-9.-]+/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?";
  private static final Pattern VALUE =
      Pattern.compile("(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)?");
  private static final Pattern SET =
      Pattern.compile("(" + KEY + ")\\s+(in|notin)\\s*\\(([^()]*)\\)");
  private static final Pattern EQUALITY =
      Pattern.compile("(" + KEY + ")\\s*(==|=|!=|>|<)\\s*(\\S*)");
  private static final Pattern SECOND_VALUE =
      Pattern.compile(KEY + "\\s*(?:==|=|!=)\\s*[^\\s()]+\\s+([^\\s()]+).*");
  private static final Pattern NO_PARENTHESIS =
      Pattern.compile(KEY + "\\s+(?:in|notin)\\s+([^\\s()]+).*");
  private static final Pattern EXISTS = Pattern.compile("(!?)\\s*(" + KEY + ")");

  /** How a label is compared. */
  public enum Operator {
    IN,
    NOT_IN,
    EXISTS,
    ABSENT,
    GREATER,
    LESS
  }

  /** One condition; values are empty for existence. */
  public record Requirement(String key, Operator operator, Set<String> values) {
    public Requirement {
      values = Set.copyOf(values);
    }

    boolean matches(JsonNode labels) {
      JsonNode value = labels.path(key);
      boolean there = value.isString();
      return switch (operator) {
        case EXISTS -> there;
        case ABSENT -> !there;
        case IN -> there && values.contains(value.stringValue());
        case NOT_IN -> !there || !values.contains(value.stringValue());
        case GREATER, LESS -> there && compares(value.stringValue());
      };
    }

    private boolean compares(String text) {
      try {
        int order = Long.compare(Long.parseLong(text), Long.parseLong(values.iterator().next()));
        return operator == Operator.GREATER ? order > 0 : order < 0;
      } catch (NumberFormatException noNumber) {
        return false;
      }
    }
  }

  public LabelSelector {
    requirements = List.copyOf(requirements);
  }

  /** Parses; throws {@link ApiException} 400 for anything that is no selector. */
  public static LabelSelector parse(String text) {
    List<Requirement> found = new ArrayList<>();
    for (String part : split(text)) {
      if (!part.isBlank()) {
        found.add(requirement(part.strip(), text));
      } else if (!text.isBlank()) {
        throw unparsable(text);
      }
    }
    return found.isEmpty() ? EVERYTHING : new LabelSelector(found);
  }

  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
      } else if (c == ',' && depth == 0) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static Requirement requirement(String part, String whole) {
    Matcher set = SET.matcher(part);
    if (set.matches()) {
      Set<String> values = new LinkedHashSet<>();
      for (String value : set.group(3).split(",", -1)) {
        values.add(checked(value.strip(), whole));
      }
      return new Requirement(
          set.group(1), set.group(2).equals("in") ? Operator.IN : Operator.NOT_IN, values);
    }
    Matcher equality = EQUALITY.matcher(part);
    if (equality.matches()) {
      Operator operator =
          switch (equality.group(2)) {
            case "!=" -> Operator.NOT_IN;
            case ">" -> Operator.GREATER;
            case "<" -> Operator.LESS;
            default -> Operator.IN;
          };
      return new Requirement(
          equality.group(1), operator, Set.of(checked(equality.group(3), whole)));
    }
    Matcher exists = EXISTS.matcher(part);
    if (exists.matches()) {
      return new Requirement(
          exists.group(2), exists.group(1).isEmpty() ? Operator.EXISTS : Operator.ABSENT, Set.of());
    }
    Matcher second = SECOND_VALUE.matcher(part);
    if (second.matches()) {
      throw ApiException.badRequest(
          "found '" + second.group(1) + "', expected: ',' or 'end of string'");
    }
    Matcher bare = NO_PARENTHESIS.matcher(part);
    if (bare.matches()) {
      throw ApiException.badRequest(
          "unable to parse requirement: found '" + bare.group(1) + "' expected: '('");
    }
    throw unparsable(whole);
  }

  private static String checked(String value, String whole) {
    if (value.length() > 63 || !VALUE.matcher(value).matches()) {
      throw unparsable(whole);
    }
    return value;
  }

  private static ApiException unparsable(String text) {
    return ApiException.badRequest(
        "unable to parse requirement: \"" + text + "\" is not a label selector");
  }

  public boolean matches(JsonNode object) {
    JsonNode labels = Trees.at(object, "metadata", "labels");
    for (Requirement requirement : requirements) {
      if (!requirement.matches(labels)) {
        return false;
      }
    }
    return true;
  }
}
