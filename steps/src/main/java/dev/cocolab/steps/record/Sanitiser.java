package dev.cocolab.steps.record;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes out of a text what belongs to one run, one cluster or one account: times, identifiers,
 * addresses, digests, tokens. What stays is what two targets can be compared by. Masks stand in
 * angle brackets. A text that has been through here goes through unchanged.
 */
public final class Sanitiser {
  private record Rule(Pattern pattern, String mask) {
    Rule(String pattern, String mask) {
      this(Pattern.compile(pattern), mask);
    }
  }

  /** In this order: the longest and most telling first. */
  private static final List<Rule> RULES =
      List.of(
          new Rule("\u001b\\[[0-9;]*m", ""),
          new Rule("-----BEGIN [A-Z ]+-----[\\s\\S]*?(-----END [A-Z ]+-----|$)", "<pem>"),
          // not in the middle of a word, which may be a secret whose beginning would stay
          new Rule("(?<![A-Za-z0-9+/_-])eyJ[A-Za-z0-9_-]{8,}(\\.[A-Za-z0-9_-]*)*", "<token>"),
          new Rule("sha256~[A-Za-z0-9_-]{8,}", "<token>"),
          new Rule("(?i)\\b(bearer|basic) +(?!<)[A-Za-z0-9+/=._~-]{8,}", "$1 <token>"),
          new Rule(
              "(?i)([?&](sig|se|st|spr|sv|sr|sp|skoid|sktid|ske|skt|sks|skv)=)(?!<)[^&\\s\"']+",
              "$1<sas>"),
          new Rule("(?i)/subscriptions/(?!<)[^\\s\"',]+", "/subscriptions/<azure id>"),
          new Rule("\\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\b", "<uuid>"),
          new Rule(
              "\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:?\\d{2})?",
              "<time>"),
          new Rule("\\d{1,2}/[A-Z][a-z]{2}/\\d{4}:\\d{2}:\\d{2}:\\d{2} [+-]\\d{4}", "<time>"),
          new Rule("\\b(\\d{1,3}\\.){3}\\d{1,3}(:\\d{1,5})?\\b", "<address>"),
          new Rule("\\b(podvm-[a-z0-9.-]*?)-[0-9a-f]{8}\\b", "$1-<id>"),
          new Rule("\\b([a-z0-9][a-z0-9-]*)-[a-f0-9]{8,10}-[a-z0-9]{5}\\b", "$1-<id>"),
          new Rule(
              "\\b[a-z0-9.-]+\\.(aroapp\\.io|openshiftapps\\.com|cloudapp\\.azure\\.com)\\b",
              "<cluster>"),
          new Rule("\\b[a-z0-9]{3,24}\\.blob\\.core\\.windows\\.net\\b", "<account>"),
          new Rule("\\b[0-9a-fA-F]{16,}\\b", "<hex>"),
          // a path of an image is as long, but has no capital letters
          new Rule("(?=[a-z0-9+/_-]*[A-Z])[A-Za-z0-9+/_-]{40,}={0,2}", "<base64>"),
          new Rule("(?<![\\w.])\\d+(\\.\\d+)?(ns|µs|us|ms|s|m|h)\\b", "<duration>"),
          new Rule("\\b\\d+\\.\\d{6}\\b", "<duration>"));

  private static final int MOST_ROUNDS = 8;
  private static final Pattern SIZE = Pattern.compile("(?<=HTTP/1\\.[01]\" \\d{3} )\\d+(?= )");
  private static final Pattern DIGEST = Pattern.compile("\\b[0-9a-fA-F]{40,128}\\b");

  private Sanitiser() {}

  /** The text with masks. */
  public static String of(String text) {
    String before = text;
    String after = once(before);
    for (int round = 1; round < MOST_ROUNDS && !after.equals(before); round++) {
      before = after;
      after = once(before);
    }
    return after;
  }

  /** A mask may be the boundary that another rule waits for. */
  private static String once(String text) {
    String result = text;
    for (Rule rule : RULES) {
      result = rule.pattern().matcher(result).replaceAll(rule.mask());
    }
    return SIZE.matcher(result).replaceAll("<size>");
  }

  /** The text with masks, where a value that is nothing but a digest in hex stays. */
  static String keepingDigest(String value) {
    return DIGEST.matcher(value).matches() ? value : of(value);
  }
}
