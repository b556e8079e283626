package dev.cocolab.apiserver.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * A place in a JSON document: a pointer (RFC 6901), whose segments may choose an element of a list
 * by a value in it, as in {@code /items[metadata.name=a]/data}.
 */
final class Place {
  private static final Pattern CHOICE = Pattern.compile("(.*?)\\[(.+)=(.*)]");

  private Place() {}

  /** The value there, or a missing node. */
  static JsonNode find(JsonNode document, String pointer) {
    JsonNode node = document;
    for (String segment : segments(pointer)) {
      Matcher choice = CHOICE.matcher(segment);
      node = choice.matches() ? choose(node, choice) : child(node, segment);
    }
    return node;
  }

  /** Slashes within brackets belong to a value. */
  private static List<String> segments(String pointer) {
    List<String> segments = new ArrayList<>();
    StringBuilder segment = new StringBuilder();
    int depth = 0;
    for (char c : pointer.substring(1).toCharArray()) {
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (c == '/' && depth == 0) {
        segments.add(segment.toString());
        segment.setLength(0);
      } else {
        segment.append(c);
      }
    }
    segments.add(segment.toString());
    return segments;
  }

  private static JsonNode choose(JsonNode node, Matcher choice) {
    JsonNode list = choice.group(1).isEmpty() ? node : child(node, choice.group(1));
    for (JsonNode element : list) {
      JsonNode value = element;
      for (String name : choice.group(2).split("\\.", -1)) {
        value = value.path(name);
      }
      if (value.asString("").equals(choice.group(3))) {
        return element;
      }
    }
    return MissingNode.getInstance();
  }

  private static JsonNode child(JsonNode node, String segment) {
    String name = segment.replace("~1", "/").replace("~0", "~");
    return node.isArray() && name.matches("[0-9]{1,6}")
        ? node.path(Integer.parseInt(name))
        : node.path(name);
  }
}
