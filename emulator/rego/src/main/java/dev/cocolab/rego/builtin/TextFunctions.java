package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Joining, splitting, replacing and formatting of strings. */
final class TextFunctions {

  private TextFunctions() {}

  static List<Builtin> all() {
    return List.of(
        new Builtin("concat", 2, TextFunctions::concat),
        new Builtin("split", 2, TextFunctions::split),
        new Builtin("replace", 3, TextFunctions::replace),
        new Builtin("strings.replace_n", 2, TextFunctions::replaceAll),
        new Builtin("sprintf", 2, TextFunctions::sprintf));
  }

  private static Value concat(Meter meter, List<Value> args) {
    String delimiter = Arguments.string(args, 0);
    List<String> parts = Arguments.strings(args, 1);
    meter.charge(
        parts.stream().mapToLong(String::length).sum() / 8
            + (long) delimiter.length() * parts.size() / 8);
    return new StringValue(String.join(delimiter, parts));
  }

  /** An empty delimiter splits into code points. */
  private static Value split(Meter meter, List<Value> args) {
    String text = Arguments.string(args, 0);
    String delimiter = Arguments.string(args, 1);
    List<Value> parts = new ArrayList<>();
    if (delimiter.isEmpty()) {
      meter.charge(text.length());
      text.codePoints().forEach(point -> parts.add(new StringValue(Character.toString(point))));
      return ArrayValue.of(parts);
    }
    int from = 0;
    for (int at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, from)) {
      meter.charge(1);
      parts.add(new StringValue(text.substring(from, at)));
      from = at + delimiter.length();
    }
    parts.add(new StringValue(text.substring(from)));
    return ArrayValue.of(parts);
  }

  private static Value replace(Meter meter, List<Value> args) {
    String old = Arguments.string(args, 1);
    String other = Arguments.string(args, 2);
    return new StringValue(replace(meter, Arguments.string(args, 0), Map.of(old, other)));
  }

  private static Value replaceAll(Meter meter, List<Value> args) {
    Map<String, String> pairs = new TreeMap<>();
    Arguments.object(args, 0)
        .visit(
            (key, value) -> {
              if (!(key instanceof StringValue old) || !(value instanceof StringValue other)) {
                throw new BuiltinException("operand 1 must map strings to strings");
              }
              pairs.put(old.value(), other.value());
              return false;
            });
    return new StringValue(replace(meter, Arguments.string(args, 1), pairs));
  }

  /** At each position the first old text that matches, in order, is replaced. */
  private static String replace(Meter meter, String text, Map<String, String> pairs) {
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i <= text.length()) {
      meter.charge(1);
      int at = i;
      Map.Entry<String, String> match =
          pairs.entrySet().stream()
              .filter(pair -> text.startsWith(pair.getKey(), at))
              .findFirst()
              .orElse(Map.entry("", ""));
      meter.charge(match.getValue().length() / 8);
      out.append(match.getValue());
      if (match.getKey().isEmpty()) {
        if (i < text.length()) {
          out.appendCodePoint(text.codePointAt(i));
          i += Character.charCount(text.codePointAt(i));
        } else {
          i++;
        }
      } else {
        i += match.getKey().length();
      }
    }
    return out.toString();
  }

  private static Value sprintf(Meter meter, List<Value> args) {
    String text =
        new Formatter(Arguments.string(args, 0), Arguments.array(args, 1).items()).format(meter);
    return new StringValue(text);
  }
}
