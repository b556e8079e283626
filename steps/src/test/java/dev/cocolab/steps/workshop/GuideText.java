package dev.cocolab.steps.workshop;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text of the guide in which a name in braces stands for what differs from run to run: {@code
 * {id}}, {@code {time}} and the like. Everything else must be there letter by letter.
 */
final class GuideText {
  private static final Map<String, String> MASKS = masks();
  private static final Pattern MASK = Pattern.compile("\\{([a-z]+)}");

  private final List<String> lines;

  GuideText(String text) {
    this.lines = text.lines().toList();
  }

  private static Map<String, String> masks() {
    Map<String, String> masks = new LinkedHashMap<>();
    masks.put("id", "[0-9a-f]{64}");
    masks.put("time", "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z");
    masks.put("date", "[A-Z][a-z]{2} [ 0-9]\\d \\d{2}:\\d{2}");
    masks.put("age", "\\d+s");
    masks.put("bytes", "\\d+");
    masks.put("seconds", "\\d+\\.\\d{6}");
    masks.put("rows", "\\d+");
    masks.put("garbage", "[^\n]{0,12}(\\.\\.\\.)?");
    return masks;
  }

  /** One pattern a line. */
  List<Pattern> patterns() {
    return lines.stream().map(GuideText::pattern).toList();
  }

  private static Pattern pattern(String line) {
    StringBuilder regex = new StringBuilder();
    Matcher mask = MASK.matcher(line);
    int end = 0;
    while (mask.find()) {
      String known = MASKS.get(mask.group(1));
      if (known == null) {
        continue;
      }
      regex.append(Pattern.quote(line.substring(end, mask.start()))).append(known);
      end = mask.end();
    }
    return Pattern.compile(regex.append(Pattern.quote(line.substring(end))).toString());
  }
}
