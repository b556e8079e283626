package dev.cocolab.reports;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes the names of the machine and of its user out of texts, so that a report can be handed on.
 */
final class Redaction {

  private static final Pattern HOME = Pattern.compile("/(?:home|Users)/[\\w.-]+");
  private static final int SHORTEST_HOST = 4;

  private final List<Pattern> hosts = new ArrayList<>();

  Redaction(List<String> hostNames) {
    for (String host : hostNames) {
      if (host.length() >= SHORTEST_HOST && !host.equals("localhost")) {
        hosts.add(Pattern.compile("(?<![\\w-])" + Pattern.quote(host) + "(?![\\w-])"));
      }
    }
  }

  String of(String text) {
    String result = HOME.matcher(text).replaceAll("~");
    for (Pattern host : hosts) {
      result = host.matcher(result).replaceAll(Matcher.quoteReplacement("[host]"));
    }
    return result;
  }
}
