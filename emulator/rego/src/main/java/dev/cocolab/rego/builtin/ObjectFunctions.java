package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.BooleanValue;
import dev.cocolab.rego.value.ObjectValue;
import dev.cocolab.rego.value.SetValue;
import dev.cocolab.rego.value.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** {@code object.*}. */
final class ObjectFunctions {

  private ObjectFunctions() {}

  static List<Builtin> all() {
    return List.of(
        new Builtin("object.get", 3, (meter, args) -> get(args)),
        new Builtin(
            "object.keys", 1, (meter, args) -> SetValue.of(Arguments.object(args, 0).keys())),
        new Builtin("object.remove", 2, (meter, args) -> select(meter, args, false)),
        new Builtin("object.filter", 2, (meter, args) -> select(meter, args, true)),
        new Builtin(
            "object.union",
            2,
            (meter, args) -> merge(meter, Arguments.object(args, 0), Arguments.object(args, 1))),
        new Builtin("object.union_n", 1, ObjectFunctions::unionN),
        new Builtin("object.subset", 2, (meter, args) -> BooleanValue.of(subset(meter, args))));
  }

  private static Value get(List<Value> args) {
    Value found = Arguments.object(args, 0);
    if (args.get(1) instanceof ArrayValue path) {
      for (Value key : path.items()) {
        found = found.get(key);
      }
    } else {
      found = found.get(args.get(1));
    }
    return found.isDefined() ? found : args.get(2);
  }

  private static Set<Value> keys(List<Value> args) {
    if (args.get(1) instanceof ObjectValue object) {
      return new TreeSet<>(object.keys());
    }
    return new TreeSet<>(Arguments.list(args, 1));
  }

  private static Value select(Meter meter, List<Value> args, boolean keep) {
    Set<Value> keys = keys(args);
    Map<Value, Value> members = Arguments.object(args, 0).toMap();
    meter.charge(members.size());
    members.keySet().removeIf(key -> keys.contains(key) != keep);
    return ObjectValue.of(members);
  }

  /** The right one wins; objects on both sides are merged. */
  private static ObjectValue merge(Meter meter, ObjectValue left, ObjectValue right) {
    Map<Value, Value> members = left.toMap();
    meter.charge(left.size() + right.size());
    for (Map.Entry<Value, Value> member : right.toMap().entrySet()) {
      members.merge(
          member.getKey(),
          member.getValue(),
          (a, b) ->
              a instanceof ObjectValue x && b instanceof ObjectValue y ? merge(meter, x, y) : b);
    }
    return ObjectValue.of(members);
  }

  private static Value unionN(Meter meter, List<Value> args) {
    ObjectValue result = ObjectValue.EMPTY;
    for (Value item : Arguments.array(args, 0).items()) {
      if (!(item instanceof ObjectValue object)) {
        throw new BuiltinException("operand 1 must hold objects, not " + item.typeName());
      }
      result = merge(meter, result, object);
    }
    return result;
  }

  private static boolean subset(Meter meter, List<Value> args) {
    return subset(meter, args.get(0), args.get(1))
        .orElseThrow(
            () ->
                new BuiltinException(
                    "both operands must be objects, arrays or sets, or an array and a set"));
  }

  /** Empty where the two are not comparable. */
  private static Optional<Boolean> subset(Meter meter, Value whole, Value part) {
    if (whole instanceof ObjectValue a && part instanceof ObjectValue b) {
      return Optional.of(contains(meter, a, b));
    } else if (whole instanceof SetValue a && part instanceof SetValue b) {
      meter.charge(b.size());
      return Optional.of(b.elements().stream().allMatch(a::contains));
    } else if (whole instanceof ArrayValue a && part instanceof ArrayValue b) {
      return Optional.of(contains(meter, a.items(), b.items()));
    } else if (whole instanceof ArrayValue a && part instanceof SetValue b) {
      meter.charge(b.size());
      return Optional.of(new TreeSet<>(a.items()).containsAll(b.elements()));
    }
    return Optional.empty();
  }

  private static boolean contains(Meter meter, ObjectValue whole, ObjectValue part) {
    meter.charge(part.size());
    return !part.visit((key, value) -> !agrees(meter, whole.get(key), value));
  }

  private static boolean agrees(Meter meter, Value whole, Value part) {
    return whole.isDefined()
        && (whole.compareTo(part) == 0
            || (whole.rank() == part.rank() && subset(meter, whole, part).orElse(false)));
  }

  private static boolean contains(Meter meter, List<Value> whole, List<Value> part) {
    for (int start = 0; start + part.size() <= whole.size(); start++) {
      meter.charge(part.size());
      if (whole.subList(start, start + part.size()).equals(part)) {
        return true;
      }
    }
    return false;
  }
}
