package dev.cocolab.reports;

import java.util.regex.Pattern;

/** Turns the message of an exception into a reason that a reader without Java understands. */
final class PlainReason {

  private static final Pattern EXCEPTION =
      Pattern.compile("^(?:[a-z_][\\w$]*\\.)+[A-Z][\\w$.]*:\\s+");
  private static final Pattern ASSUMPTION = Pattern.compile("^Assumption failed:\\s*");
  private static final Pattern STACK = Pattern.compile("\\n\\s*at [\\w$.]+[/(][\\s\\S]*$");
  private static final Pattern BLANK_LINES = Pattern.compile("\\n\\s*\\n+");

  private PlainReason() {}

  static String of(String message) {
    String text = message.replace("\r\n", "\n").strip();
    String before;
    do {
      before = text;
      text = EXCEPTION.matcher(text).replaceFirst("");
    } while (!text.equals(before));
    text = STACK.matcher(text).replaceFirst("");
    text = ASSUMPTION.matcher(text).replaceFirst("");
    text = BLANK_LINES.matcher(text).replaceAll("\n").strip();
    return text.isEmpty() ? "no reason was given" : text;
  }
}
