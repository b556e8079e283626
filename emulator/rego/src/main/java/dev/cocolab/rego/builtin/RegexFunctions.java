package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.BooleanValue;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/** {@code regex.*}, with the syntax of RE2. */
final class RegexFunctions {

  private RegexFunctions() {}

  static List<Builtin> all() {
    return List.of(
        new Builtin(
            "regex.match",
            2,
            (meter, args) ->
                BooleanValue.of(
                    Re2Pattern.find(
                        Re2Pattern.of(Arguments.string(args, 0))
                            .matcher(meter, Arguments.string(args, 1))))),
        new Builtin(
            "regex.is_valid",
            1,
            (meter, args) ->
                BooleanValue.of(
                    args.get(0) instanceof StringValue text && Re2Pattern.isValid(text.value()))),
        new Builtin("regex.split", 2, RegexFunctions::split),
        new Builtin("regex.replace", 3, RegexFunctions::replace),
        new Builtin("regex.find_n", 3, RegexFunctions::findN),
        new Builtin("regex.find_all_string_submatch_n", 3, RegexFunctions::findSubmatches));
  }

  private static Value split(Meter meter, List<Value> args) {
    String text = Arguments.string(args, 1);
    Matcher matcher = Re2Pattern.of(Arguments.string(args, 0)).matcher(meter, text);
    List<Value> parts = new ArrayList<>();
    int from = 0;
    while (Re2Pattern.find(matcher)) {
      if (matcher.end() > 0 && (matcher.start() < text.length() || matcher.end() > from)) {
        parts.add(new StringValue(text.substring(from, matcher.start())));
        from = matcher.end();
      }
    }
    parts.add(new StringValue(text.substring(from)));
    return ArrayValue.of(parts);
  }

  private static Value replace(Meter meter, List<Value> args) {
    String text = Arguments.string(args, 0);
    String replacement = Arguments.string(args, 2);
    Matcher matcher = Re2Pattern.of(Arguments.string(args, 1)).matcher(meter, text);
    StringBuilder out = new StringBuilder();
    int from = 0;
    while (Re2Pattern.find(matcher)) {
      out.append(text, from, matcher.start());
      Re2Pattern.expand(matcher, replacement, out);
      meter.charge(out.length() / 64 + 1);
      from = matcher.end();
    }
    return new StringValue(out.append(text.substring(from)).toString());
  }

  private static Value findN(Meter meter, List<Value> args) {
    Matcher matcher =
        Re2Pattern.of(Arguments.string(args, 0)).matcher(meter, Arguments.string(args, 1));
    int limit = Arguments.smallInteger(args, 2);
    List<Value> found = new ArrayList<>();
    while ((limit < 0 || found.size() < limit) && Re2Pattern.find(matcher)) {
      found.add(new StringValue(matcher.group()));
    }
    return ArrayValue.of(found);
  }

  private static Value findSubmatches(Meter meter, List<Value> args) {
    Matcher matcher =
        Re2Pattern.of(Arguments.string(args, 0)).matcher(meter, Arguments.string(args, 1));
    int limit = Arguments.smallInteger(args, 2);
    List<Value> found = new ArrayList<>();
    while ((limit < 0 || found.size() < limit) && Re2Pattern.find(matcher)) {
      List<Value> groups = new ArrayList<>();
      for (int i = 0; i <= matcher.groupCount(); i++) {
        groups.add(new StringValue(matcher.group(i) == null ? "" : matcher.group(i)));
      }
      found.add(ArrayValue.of(groups));
    }
    return ArrayValue.of(found);
  }
}
