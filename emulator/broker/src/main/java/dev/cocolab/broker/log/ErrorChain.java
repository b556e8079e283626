package dev.cocolab.broker.log;

import java.util.ArrayList;
import java.util.List;

/** An error with its causes, laid out over several lines as Trustee's log has it. */
public final class ErrorChain {
  private ErrorChain() {}

  /** The text of the error, then {@code Caused by:} and the causes, numbered when several. */
  public static String of(String text, List<String> causes) {
    if (causes.isEmpty()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text).append("\n\nCaused by:");
    for (int i = 0; i < causes.size(); i++) {
      String number = causes.size() == 1 ? "    " : "    " + i + ": ";
      String indent = "\n" + " ".repeat(number.length());
      out.append('\n').append(number).append(causes.get(i).replace("\n", indent));
    }
    return out.toString();
  }

  /** The messages of an exception and its causes, outermost first. */
  public static List<String> messages(Throwable error) {
    List<String> out = new ArrayList<>();
    for (Throwable e = error; e != null; e = e.getCause()) {
      out.add(String.valueOf(e.getMessage()));
    }
    return out;
  }

  /** An exception and its causes. */
  public static String of(Throwable error) {
    List<String> messages = messages(error);
    return of(messages.get(0), messages.subList(1, messages.size()));
  }
}
