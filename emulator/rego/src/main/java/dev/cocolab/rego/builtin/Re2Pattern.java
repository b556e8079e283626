package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.ValueLimitException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression in RE2's syntax on the JDK's engine.
 *
 * <p>What RE2 does not know (look-around, back references, possessive quantifiers, atomic groups)
 * is refused. The JDK's engine backtracks, so every character it looks at is charged to the budget.
 */
final class Re2Pattern {

  private static final int MAX_LENGTH = 8_192;

  private final Pattern pattern;

  private Re2Pattern(Pattern pattern) {
    this.pattern = pattern;
  }

  static Re2Pattern of(String expression) {
    if (expression.length() > MAX_LENGTH) {
      throw new BuiltinException("expression exceeds " + MAX_LENGTH + " characters");
    }
    try {
      return new Re2Pattern(Pattern.compile(translate(expression)));
    } catch (PatternSyntaxException e) {
      throw new BuiltinException("error parsing regexp: " + e.getDescription());
    } catch (StackOverflowError e) {
      throw new BuiltinException("error parsing regexp: expression nests too deeply");
    }
  }

  static boolean isValid(String expression) {
    try {
      of(expression);
      return true;
    } catch (BuiltinException e) {
      return false;
    }
  }

  private static String translate(String expression) {
    StringBuilder out = new StringBuilder();
    boolean inClass = false;
    for (int i = 0; i < expression.length(); i++) {
      char c = expression.charAt(i);
      if (c == '\\' && i + 1 < expression.length()) {
        char next = expression.charAt(++i);
        if ((next >= '1' && next <= '9') || next == 'k' || next == 'G' || next == 'R') {
          throw new BuiltinException(
              "error parsing regexp: invalid escape sequence: `\\" + next + "`");
        }
        out.append('\\').append(next);
      } else if (inClass) {
        i = inClass(expression, i, out);
        inClass = c != ']';
      } else if (c == '[') {
        i = openClass(expression, i, out);
        inClass = true;
      } else if (c == '(' && expression.startsWith("?", i + 1)) {
        i = group(expression, i, out);
      } else {
        if (c == '+' && i > 0 && isQuantifierEnd(expression, i - 1)) {
          throw new BuiltinException("error parsing regexp: invalid nested repetition operator");
        }
        out.append(c);
      }
    }
    return out.toString();
  }

  private static boolean isQuantifierEnd(String expression, int i) {
    boolean escaped = i > 0 && expression.charAt(i - 1) == '\\';
    return !escaped && "*+?}".indexOf(expression.charAt(i)) >= 0;
  }

  private static int openClass(String expression, int start, StringBuilder out) {
    int i = start;
    out.append('[');
    if (expression.startsWith("^", i + 1)) {
      out.append('^');
      i++;
    }
    if (expression.startsWith("]", i + 1)) {
      out.append("\\]");
      i++;
    }
    return i;
  }

  /** Inside a class the JDK gives meaning to brackets and {@code &&} that RE2 does not. */
  private static int inClass(String expression, int i, StringBuilder out) {
    char c = expression.charAt(i);
    if (c == '[' && expression.startsWith("[:", i)) {
      int end = expression.indexOf(":]", i);
      if (end < 0) {
        throw new BuiltinException("error parsing regexp: missing closing ]");
      }
      out.append(posix(expression.substring(i + 2, end)));
      return end + 1;
    }
    if (c == '[' || c == '&') {
      out.append('\\');
    }
    out.append(c);
    return i;
  }

  private static String posix(String name) {
    boolean negated = name.startsWith("^");
    String property =
        switch (negated ? name.substring(1) : name) {
          case "alpha" -> "{Alpha}";
          case "digit" -> "{Digit}";
          case "alnum" -> "{Alnum}";
          case "upper" -> "{Upper}";
          case "lower" -> "{Lower}";
          case "punct" -> "{Punct}";
          case "space" -> "{Space}";
          case "xdigit" -> "{XDigit}";
          case "blank" -> "{Blank}";
          case "cntrl" -> "{Cntrl}";
          case "print" -> "{Print}";
          case "graph" -> "{Graph}";
          case "ascii" -> "{ASCII}";
          default ->
              throw new BuiltinException(
                  "error parsing regexp: invalid character class range: `[:" + name + ":]`");
        };
    return (negated ? "\\P" : "\\p") + property;
  }

  private static int group(String expression, int i, StringBuilder out) {
    String rest = expression.substring(i + 2);
    if (rest.startsWith("P<")) {
      out.append("(?<");
      return i + 3;
    }
    if (rest.startsWith("=")
        || rest.startsWith("!")
        || rest.startsWith(">")
        || rest.startsWith("<=")
        || rest.startsWith("<!")) {
      throw new BuiltinException(
          "error parsing regexp: invalid or unsupported Perl syntax: `(?" + rest.charAt(0) + "`");
    }
    out.append("(?");
    return i + 1;
  }

  Matcher matcher(Meter meter, String text) {
    return pattern.matcher(new Metered(meter, text));
  }

  /** {@link Matcher#find()}, whose recursion is bounded by nothing else. */
  static boolean find(Matcher matcher) {
    try {
      return matcher.find();
    } catch (StackOverflowError e) {
      throw new ValueLimitException("a regular expression backtracks too deeply");
    }
  }

  /** Appends a replacement, in which {@code $1} and {@code ${name}} stand for groups. */
  static void expand(Matcher matcher, String template, StringBuilder out) {
    Matcher reference = REFERENCE.matcher(template);
    int from = 0;
    while (reference.find()) {
      out.append(template, from, reference.start());
      from = reference.end();
      if (reference.group().equals("$$")) {
        out.append('$');
      } else {
        String name = reference.group(1) == null ? reference.group(2) : reference.group(1);
        out.append(group(matcher, name));
      }
    }
    out.append(template.substring(from));
  }

  private static final Pattern REFERENCE = Pattern.compile("\\$\\$|\\$\\{(\\w+)}|\\$(\\w+)");

  private static String group(Matcher matcher, String name) {
    try {
      String value =
          name.matches("\\d{1,4}")
              ? Integer.parseInt(name) <= matcher.groupCount()
                  ? matcher.group(Integer.parseInt(name))
                  : ""
              : matcher.group(name);
      return value == null ? "" : value;
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** Charges each character that is looked at. */
  private record Metered(Meter meter, String text) implements CharSequence {
    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      meter.charge(1);
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
