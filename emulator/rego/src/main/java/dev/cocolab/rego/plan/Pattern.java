package dev.cocolab.rego.plan;

import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.ObjectValue;
import dev.cocolab.rego.value.Value;
import java.util.List;

/** What a value is unified with: binds variables, or compares. */
interface Pattern {

  boolean match(Frame frame, Value value);

  /** The wildcard. */
  record Any() implements Pattern {
    @Override
    public boolean match(Frame frame, Value value) {
      return true;
    }
  }

  /** The first occurrence of a variable. */
  record Bind(int slot) implements Pattern {
    @Override
    public boolean match(Frame frame, Value value) {
      frame.set(slot, value);
      return true;
    }
  }

  /** A term without unbound variables. */
  record Equal(Node node) implements Pattern {
    @Override
    public boolean match(Frame frame, Value value) {
      Value expected = node.eval(frame);
      frame.evaluation().chargeFor(expected);
      return expected.isDefined() && expected.compareTo(value) == 0;
    }
  }

  /** An array of as many items. */
  record Items(List<Pattern> items) implements Pattern {
    @Override
    public boolean match(Frame frame, Value value) {
      if (!(value instanceof ArrayValue array) || array.size() != items.size()) {
        return false;
      }
      for (int i = 0; i < items.size(); i++) {
        if (!items.get(i).match(frame, array.at(i))) {
          return false;
        }
      }
      return true;
    }
  }

  /** An object with exactly these keys. */
  record Members(List<Node> keys, List<Pattern> values) implements Pattern {
    @Override
    public boolean match(Frame frame, Value value) {
      if (!(value instanceof ObjectValue object) || object.size() != keys.size()) {
        return false;
      }
      for (int i = 0; i < keys.size(); i++) {
        Value key = keys.get(i).eval(frame);
        Value member = key.isDefined() ? object.get(key) : key;
        if (!member.isDefined() || !values.get(i).match(frame, member)) {
          return false;
        }
      }
      return true;
    }
  }
}
