package dev.cocolab.operators;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Replaces what differs between two runs against the same server: ages, uids, resource versions,
 * times, generated suffixes, ports and addresses. Everything else is compared as it is, except that
 * the width of a column is not.
 */
final class Masks {
  private static final String SUFFIX = "[bcdfghjklmnpqrstvwxz2456789]";
  private static final Map<Pattern, String> MASKS = masks();

  private Masks() {}

  private static Map<Pattern, String> masks() {
    Map<Pattern, String> masks = new LinkedHashMap<>();
    // whether kubectl logs it depends on which of its two deadlines comes first
    put(
        masks,
        "(?m)^E\\d{4} [\\d:.]+ +\\d+ reflector\\.go:\\d+\\] .*context deadline exceeded\"?\\n",
        "");
    put(masks, "\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b", "UID");
    put(masks, "(?<=resourceVersion.{0,2}: ?.{0,2}|Resource Version: {1,8})\\d+", "VERSION");
    put(masks, "\\b20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ", "TIME");
    put(
        masks,
        "\\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d [A-Z][a-z]{2} 20\\d\\d \\d\\d:\\d\\d:\\d\\d [+-]\\d{4}",
        "TIME");
    // deployment, hash of its template and, for a pod, a random part
    put(masks, "(?<=-)" + SUFFIX + "{8,10}-" + SUFFIX + "{5}\\b", "HASH-RANDOM");
    put(masks, "(?<=-)(?=[a-z]*\\d)" + SUFFIX + "{8,10}\\b", "HASH");
    put(masks, "(?<=pod-template-hash[=:]\"?)" + SUFFIX + "{8,10}\\b", "HASH");
    put(masks, "\\b127\\.0\\.0\\.1:\\d+\\b", "127.0.0.1:PORT");
    put(masks, "(?<=:)3[0-2]\\d{3}(?=/TCP)", "NODE-PORT");
    put(masks, "\\b10\\.96\\.\\d{1,3}\\.\\d{1,3}\\b", "CLUSTER-IP");
    // an age is a cell of its own
    put(masks, "(?<= {2})\\d{1,3}(m?s|m\\d{1,2}s|m|h|d)(?= {2}|$|\\n)", "AGE");
    put(masks, "(?<=\\S) {2,}(?=\\S)", "   ");
    put(masks, " +(?=\\n)", "");
    return masks;
  }

  private static void put(Map<Pattern, String> masks, String pattern, String replacement) {
    masks.put(Pattern.compile(pattern), replacement);
  }

  static String apply(String text) {
    String masked = text;
    for (Map.Entry<Pattern, String> mask : MASKS.entrySet()) {
      masked = mask.getKey().matcher(masked).replaceAll(mask.getValue());
    }
    return masked;
  }
}
