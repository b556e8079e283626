package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.BooleanValue;
import dev.cocolab.rego.value.NumberValue;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

/** Searching and cutting of strings; positions count code points. */
final class StringFunctions {

  private StringFunctions() {}

  static List<Builtin> all() {
    return List.of(
        test("startswith", String::startsWith),
        test("endswith", String::endsWith),
        test("contains", String::contains),
        new Builtin("strings.any_prefix_match", 2, (m, args) -> any(m, args, String::startsWith)),
        new Builtin("strings.any_suffix_match", 2, (m, args) -> any(m, args, String::endsWith)),
        map("lower", text -> text.toLowerCase(Locale.ROOT)),
        map("upper", text -> text.toUpperCase(Locale.ROOT)),
        map("strings.reverse", text -> new StringBuilder(text).reverse().toString()),
        map("trim_space", String::strip),
        new Builtin("trim", 2, (m, args) -> trim(args, true, true)),
        new Builtin("trim_left", 2, (m, args) -> trim(args, true, false)),
        new Builtin("trim_right", 2, (m, args) -> trim(args, false, true)),
        new Builtin("trim_prefix", 2, (m, args) -> without(args, true)),
        new Builtin("trim_suffix", 2, (m, args) -> without(args, false)),
        new Builtin("indexof", 2, (m, args) -> indexOf(args)),
        new Builtin("indexof_n", 2, StringFunctions::indexOfAll),
        new Builtin("strings.count", 2, StringFunctions::count),
        new Builtin("substring", 3, StringFunctions::substring));
  }

  private static Builtin test(String name, BiPredicate<String, String> test) {
    return new Builtin(
        name,
        2,
        (meter, args) ->
            BooleanValue.of(test.test(Arguments.string(args, 0), Arguments.string(args, 1))));
  }

  private static Builtin map(String name, UnaryOperator<String> function) {
    return new Builtin(
        name,
        1,
        (meter, args) -> {
          String text = Arguments.string(args, 0);
          meter.charge(text.length() / 8);
          return new StringValue(function.apply(text));
        });
  }

  private static List<String> oneOrMore(List<Value> args, int index) {
    return args.get(index) instanceof StringValue string
        ? List.of(string.value())
        : Arguments.strings(args, index);
  }

  private static Value any(Meter meter, List<Value> args, BiPredicate<String, String> test) {
    List<String> texts = oneOrMore(args, 0);
    List<String> parts = oneOrMore(args, 1);
    meter.charge((long) texts.size() * parts.size());
    return BooleanValue.of(
        texts.stream().anyMatch(text -> parts.stream().anyMatch(part -> test.test(text, part))));
  }

  private static Value trim(List<Value> args, boolean left, boolean right) {
    int[] text = Arguments.string(args, 0).codePoints().toArray();
    String cut = Arguments.string(args, 1);
    int from = 0;
    int to = text.length;
    while (left && from < to && cut.indexOf(text[from]) >= 0) {
      from++;
    }
    while (right && to > from && cut.indexOf(text[to - 1]) >= 0) {
      to--;
    }
    return new StringValue(new String(text, from, to - from));
  }

  private static Value without(List<Value> args, boolean prefix) {
    String text = Arguments.string(args, 0);
    String part = Arguments.string(args, 1);
    if (prefix) {
      return new StringValue(text.startsWith(part) ? text.substring(part.length()) : text);
    }
    return new StringValue(
        text.endsWith(part) ? text.substring(0, text.length() - part.length()) : text);
  }

  private static String needle(List<Value> args) {
    String part = Arguments.string(args, 1);
    if (part.isEmpty()) {
      throw new BuiltinException("empty search character");
    }
    return part;
  }

  private static Value indexOf(List<Value> args) {
    String text = Arguments.string(args, 0);
    int index = text.indexOf(needle(args));
    return NumberValue.of(index < 0 ? -1 : text.codePointCount(0, index));
  }

  private static Value indexOfAll(Meter meter, List<Value> args) {
    String text = Arguments.string(args, 0);
    String part = needle(args);
    List<Value> found = new ArrayList<>();
    int points = 0;
    int from = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, from)) {
      meter.charge(1);
      points += text.codePointCount(from, at);
      found.add(NumberValue.of(points));
      points++;
      from = at + Character.charCount(text.codePointAt(at));
    }
    return ArrayValue.of(found);
  }

  private static Value count(Meter meter, List<Value> args) {
    String text = Arguments.string(args, 0);
    String part = Arguments.string(args, 1);
    meter.charge(text.length() / 8);
    if (part.isEmpty()) {
      return NumberValue.of(text.codePointCount(0, text.length()) + 1L);
    }
    long count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return NumberValue.of(count);
  }

  private static Value substring(Meter meter, List<Value> args) {
    int[] text = Arguments.string(args, 0).codePoints().toArray();
    int offset = Arguments.smallInteger(args, 1);
    int length = Arguments.smallInteger(args, 2);
    if (offset < 0) {
      throw new BuiltinException("negative offset");
    }
    meter.charge(text.length / 8);
    int from = Math.min(offset, text.length);
    int size = length < 0 ? text.length - from : Math.min(length, text.length - from);
    return new StringValue(new String(text, from, size));
  }
}
