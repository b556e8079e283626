package dev.cocolab.rego.plan;

import dev.cocolab.rego.RegoException;
import dev.cocolab.rego.syntax.Source;
import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.BooleanValue;
import dev.cocolab.rego.value.ObjectValue;
import dev.cocolab.rego.value.SetValue;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Undefined;
import dev.cocolab.rego.value.Value;
import dev.cocolab.rego.value.ValueText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Literals with variables, comprehensions, membership and templates. */
final class CollectionNodes {

  private CollectionNodes() {}

  /** An array or a set; undefined where an item is. */
  record Items(List<Node> items, boolean set) implements Node {
    @Override
    public Value eval(Frame frame) {
      List<Value> values = new ArrayList<>(items.size());
      for (Node item : items) {
        Value value = item.eval(frame);
        if (!value.isDefined()) {
          return value;
        }
        values.add(value);
      }
      return set ? SetValue.of(values) : ArrayValue.of(values);
    }
  }

  /** An object; undefined where a key or a value is. */
  record Members(List<Node> keys, List<Node> values, Source source, int offset) implements Node {
    @Override
    public Value eval(Frame frame) {
      TreeMap<Value, Value> members = new TreeMap<>();
      for (int i = 0; i < keys.size(); i++) {
        Value key = keys.get(i).eval(frame);
        Value value = key.isDefined() ? values.get(i).eval(frame) : key;
        if (!value.isDefined()) {
          return value;
        }
        put(members, key, value, source, offset);
      }
      return ObjectValue.of(members);
    }
  }

  private static void put(
      Map<Value, Value> members, Value key, Value value, Source source, int offset) {
    Value known = members.put(key, value);
    if (known != null && known.compareTo(value) != 0) {
      throw source.error(RegoException.Reason.EVALUATION, offset, "object keys must be unique");
    }
  }

  /** An array or set comprehension. */
  record Comprehension(Body body, Node head, boolean set) implements Node {
    @Override
    public Value eval(Frame frame) {
      List<Value> values = new ArrayList<>();
      frame.evaluation().enter(1);
      body.run(
          frame,
          solution -> {
            Value value = head.eval(solution);
            if (value.isDefined()) {
              solution.evaluation().charge(1);
              values.add(value);
            }
            return false;
          });
      frame.evaluation().leave(1);
      return set ? SetValue.of(values) : ArrayValue.of(values);
    }
  }

  /** An object comprehension. */
  record ObjectComprehension(Body body, Node key, Node value, Source source, int offset)
      implements Node {
    @Override
    public Value eval(Frame frame) {
      TreeMap<Value, Value> members = new TreeMap<>();
      frame.evaluation().enter(1);
      body.run(
          frame,
          solution -> {
            Value name = key.eval(solution);
            Value member = name.isDefined() ? value.eval(solution) : name;
            if (member.isDefined()) {
              solution.evaluation().charge(1);
              put(members, name, member, source, offset);
            }
            return false;
          });
      frame.evaluation().leave(1);
      return ObjectValue.of(members);
    }
  }

  /** {@code in}: false, never undefined, where there is nothing to look in or for. */
  record Membership(Optional<Node> key, Node value, Node collection) implements Node {
    @Override
    public Value eval(Frame frame) {
      Value name = key.isPresent() ? key.get().eval(frame) : Undefined.UNDEFINED;
      Value wanted = value.eval(frame);
      Value domain = collection.eval(frame);
      if (!wanted.isDefined() || !domain.isDefined()) {
        return BooleanValue.FALSE;
      }
      boolean scans = key.isEmpty() && !(domain instanceof SetValue);
      frame.evaluation().chargeFor(scans ? domain : wanted);
      if (key.isPresent()) {
        Value found = name.isDefined() ? domain.get(name) : name;
        return BooleanValue.of(found.isDefined() && found.compareTo(wanted) == 0);
      }
      return BooleanValue.of(
          domain instanceof SetValue set
              ? set.contains(wanted)
              : domain.visit((k, v) -> v.compareTo(wanted) == 0));
    }
  }

  /** A template string. */
  record Template(List<Node> parts) implements Node {
    @Override
    public Value eval(Frame frame) {
      StringBuilder out = new StringBuilder();
      for (Node part : parts) {
        String text = ValueText.plain(part.eval(frame));
        frame.evaluation().charge(text.length() / 8);
        out.append(text);
      }
      return new StringValue(out.toString());
    }
  }
}
