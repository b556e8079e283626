package dev.cocolab.operators.workload;

import java.util.Collection;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text form of {@code status.completedIndexes}: decimal numbers, ascending, separated by
 * commas; three or more in a row are written as first and last with a dash, two as two numbers.
 *
 * <p>Source: batch/v1 JobStatus and the job controller of Kubernetes 1.32.
 */
final class CompletedIndexes {
  private static final Pattern INTERVAL = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

  private CompletedIndexes() {}

  /**
   * Reads the text; parts that are no interval, or lie beyond {@code completions}, are left out.
   */
  static NavigableSet<Integer> parse(String text, int completions) {
    NavigableSet<Integer> out = new TreeSet<>();
    if (text == null) {
      return out;
    }
    for (String part : text.split(",", -1)) {
      Matcher interval = INTERVAL.matcher(part.strip());
      if (interval.matches()) {
        int first = Integer.parseInt(interval.group(1));
        int last = interval.group(2) == null ? first : Integer.parseInt(interval.group(2));
        for (int i = first; i <= last && i < completions; i++) {
          out.add(i);
        }
      }
    }
    return out;
  }

  static String format(Collection<Integer> indexes) {
    StringBuilder out = new StringBuilder();
    Integer first = null;
    Integer last = null;
    for (int index : new TreeSet<>(indexes)) {
      if (last != null && index == last + 1) {
        last = index;
        continue;
      }
      append(out, first, last);
      first = index;
      last = index;
    }
    append(out, first, last);
    return out.toString();
  }

  private static void append(StringBuilder out, Integer first, Integer last) {
    if (first == null) {
      return;
    }
    out.append(out.isEmpty() ? "" : ",").append(first);
    if (last > first) {
      out.append(last == first + 1 ? "," : "-").append(last);
    }
  }
}
