package dev.cocolab.rego.syntax;

import dev.cocolab.rego.RegoException;
import dev.cocolab.rego.SourceLimits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The text of one module, and where its lines start. */
public final class Source {

  private final String fileName;
  private final String text;
  private final int[] lineStarts;

  private Source(String fileName, String text, int[] lineStarts) {
    this.fileName = fileName;
    this.text = text;
    this.lineStarts = lineStarts;
  }

  /**
   * Takes a text that stays within the limits.
   *
   * @throws RegoException with reason PARSE otherwise
   */
  public static Source of(String fileName, String text, SourceLimits limits) {
    // A UTF-16 unit is at most three bytes of UTF-8, so short texts need not be encoded to be
    // counted.
    if (text.length() > limits.bytes() / 3
        && text.getBytes(StandardCharsets.UTF_8).length > limits.bytes()) {
      throw new RegoException(
          RegoException.Reason.PARSE,
          fileName,
          1,
          1,
          "module exceeds " + limits.bytes() + " bytes");
    }
    int[] starts = new int[16];
    int count = 1;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\n') {
        if (count == starts.length) {
          starts = Arrays.copyOf(starts, count * 2);
        }
        starts[count++] = i + 1;
      }
    }
    Source source = new Source(fileName, text, Arrays.copyOf(starts, count));
    source.check(limits);
    return source;
  }

  private void check(SourceLimits limits) {
    int lines = lineStarts.length;
    if (lineStarts[lines - 1] == text.length() && lines > 1) {
      lines--;
    }
    if (lines > limits.lines()) {
      throw error(lineStarts[limits.lines()], "module exceeds " + limits.lines() + " lines");
    }
    for (int line = 0; line < lineStarts.length; line++) {
      int start = lineStarts[line];
      int end = line + 1 < lineStarts.length ? lineStarts[line + 1] - 1 : text.length();
      if (end - start > limits.columns() && text.codePointCount(start, end) > limits.columns()) {
        int tooFar = text.offsetByCodePoints(start, limits.columns());
        throw error(tooFar, "line exceeds " + limits.columns() + " columns");
      }
    }
  }

  public String fileName() {
    return fileName;
  }

  public String text() {
    return text;
  }

  /** Line of an offset, from 1. */
  public int line(int offset) {
    int found = Arrays.binarySearch(lineStarts, offset);
    return found >= 0 ? found + 1 : -found - 1;
  }

  /** Column of an offset in code points, from 1. */
  public int column(int offset) {
    return text.codePointCount(lineStarts[line(offset) - 1], offset) + 1;
  }

  /** The text of a span with runs of white space as one blank. */
  public String excerpt(Span span) {
    return text.substring(span.start(), span.end()).strip().replaceAll("\\s+", " ");
  }

  /** A PARSE error at an offset. */
  public RegoException error(int offset, String message) {
    return error(RegoException.Reason.PARSE, offset, message);
  }

  /** An error at an offset. */
  public RegoException error(RegoException.Reason reason, int offset, String message) {
    return new RegoException(reason, fileName, line(offset), column(offset), message);
  }
}
