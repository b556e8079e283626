package dev.cocolab.apiserver.table;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * The JSONPath of printer columns: {@code .a.b}, {@code ['a.b']}, {@code [0]}, {@code [*]} and
 * filters {@code [?(@.type=="Ready")]}. A path that uses anything else finds nothing.
 */
final class JsonPath {
  private static final Pattern STEP =
      Pattern.compile(
          "\\.((?:[A-Za-z0-9_$/-]|\\\\.)+)|\\['([^']*)'\\]|\\[\"([^\"]*)\"\\]|\\[(\\d{1,6}|\\*)\\]"
              + "|\\[\\?\\(@((?:\\.[A-Za-z0-9_-]+)+)\\s*==\\s*[\"']([^\"']*)[\"']\\s*\\)\\]");

  private final List<Step> steps;

  private JsonPath(List<Step> steps) {
    this.steps = steps;
  }

  private interface Step {
    void follow(JsonNode node, List<JsonNode> into);
  }

  static JsonPath parse(String text) {
    String bare =
        text.startsWith("{") && text.endsWith("}") ? text.substring(1, text.length() - 1) : text;
    bare = bare.startsWith("$") ? bare.substring(1) : bare;
    List<Step> steps = new ArrayList<>();
    Matcher matcher = STEP.matcher(bare);
    int at = 0;
    while (at < bare.length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        return new JsonPath(List.of((node, into) -> {}));
      }
      steps.add(step(matcher));
      at = matcher.end();
    }
    return new JsonPath(List.copyOf(steps));
  }

  private static Step step(Matcher matcher) {
    for (int group = 1; group <= 3; group++) {
      if (matcher.group(group) != null) {
        String name =
            group == 1 ? matcher.group(1).replaceAll("\\\\(.)", "$1") : matcher.group(group);
        return (node, into) -> add(node.path(name), into);
      }
    }
    String index = matcher.group(4);
    if (index != null) {
      return index.equals("*")
          ? (node, into) -> node.forEach(into::add)
          : (node, into) -> add(node.path(Integer.parseInt(index)), into);
    }
    JsonPath left = parse(matcher.group(5));
    String right = matcher.group(6);
    return (node, into) -> {
      for (JsonNode element : node) {
        if (left.find(element).stream().anyMatch(value -> value.asString("").equals(right))) {
          into.add(element);
        }
      }
    };
  }

  private static void add(JsonNode node, List<JsonNode> into) {
    if (!node.isMissingNode()) {
      into.add(node);
    }
  }

  List<JsonNode> find(JsonNode root) {
    List<JsonNode> here = List.of(root);
    for (Step step : steps) {
      List<JsonNode> next = new ArrayList<>();
      here.forEach(node -> step.follow(node, next));
      here = next;
    }
    return here;
  }
}
