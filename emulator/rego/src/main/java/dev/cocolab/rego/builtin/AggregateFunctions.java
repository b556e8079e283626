package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.NumberValue;
import dev.cocolab.rego.value.ObjectValue;
import dev.cocolab.rego.value.SetValue;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Undefined;
import dev.cocolab.rego.value.Value;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Functions that make one value of many. */
final class AggregateFunctions {

  private AggregateFunctions() {}

  static List<Builtin> all() {
    return List.of(
        new Builtin("count", 1, (meter, args) -> count(args)),
        new Builtin("sum", 1, (meter, args) -> fold(meter, args, NumberValue.of(0), true)),
        new Builtin("product", 1, (meter, args) -> fold(meter, args, NumberValue.of(1), false)),
        new Builtin("max", 1, (meter, args) -> extreme(args, Comparator.naturalOrder())),
        new Builtin("min", 1, (meter, args) -> extreme(args, Comparator.reverseOrder())),
        new Builtin("sort", 1, AggregateFunctions::sort),
        new Builtin("union", 1, AggregateFunctions::union),
        new Builtin("intersection", 1, AggregateFunctions::intersection));
  }

  /** The length of a string is counted in UTF-16 units, as Trustee's engine does. */
  private static Value count(List<Value> args) {
    Value value = args.get(0);
    if (value instanceof StringValue string) {
      return NumberValue.of(string.value().length());
    } else if (value instanceof ArrayValue array) {
      return NumberValue.of(array.size());
    } else if (value instanceof SetValue set) {
      return NumberValue.of(set.size());
    } else if (value instanceof ObjectValue object) {
      return NumberValue.of(object.size());
    }
    throw Arguments.wrong(args, 0, "array, object, set or string");
  }

  private static Value fold(Meter meter, List<Value> args, NumberValue start, boolean sum) {
    NumberValue result = start;
    for (Value item : Arguments.list(args, 0)) {
      if (!(item instanceof NumberValue number)) {
        throw new BuiltinException("operand 1 must hold numbers, not " + item.typeName());
      }
      meter.charge(1 + result.decimal().precision() / 32);
      result = sum ? result.plus(number) : result.times(number);
    }
    return result;
  }

  private static Value extreme(List<Value> args, Comparator<Value> order) {
    List<Value> items = Arguments.list(args, 0);
    return items.isEmpty() ? Undefined.UNDEFINED : Collections.max(items, order);
  }

  private static Value sort(Meter meter, List<Value> args) {
    List<Value> items = Arguments.list(args, 0);
    meter.charge(items.size());
    return ArrayValue.of(items.stream().sorted().toList());
  }

  private static Value union(Meter meter, List<Value> args) {
    TreeSet<Value> all = new TreeSet<>();
    for (Value item : Arguments.set(args, 0).elements()) {
      all.addAll(set(item).elements());
      meter.charge(set(item).size());
    }
    return SetValue.of(all);
  }

  private static Value intersection(Meter meter, List<Value> args) {
    List<Value> sets = Arguments.set(args, 0).elements();
    TreeSet<Value> common = new TreeSet<>();
    for (int i = 0; i < sets.size(); i++) {
      SetValue set = set(sets.get(i));
      meter.charge(set.size());
      if (i == 0) {
        common.addAll(set.elements());
      } else {
        common.removeIf(each -> !set.contains(each));
      }
    }
    return SetValue.of(common);
  }

  private static SetValue set(Value value) {
    if (value instanceof SetValue set) {
      return set;
    }
    throw new BuiltinException("operand 1 must hold sets, not " + value.typeName());
  }
}
