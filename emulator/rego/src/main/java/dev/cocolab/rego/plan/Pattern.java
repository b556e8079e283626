package dev.cocolab.rego.plan;

import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.ObjectValue;
import dev.cocolab.rego.value.Value;

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
      return expected.isDefined() && expected.compareTo(value) == 0;
    }
  }

  /** An array of as many items. */
  record Items(Pattern[] items) implements Pattern {
    @Override
    public boolean match(Frame frame, Value value) {
      if (!(value instanceof ArrayValue array) || array.size() != items.length) {
        return false;
      }
      for (int i = 0; i < items.length; i++) {
        if (!items[i].match(frame, array.at(i))) {
          return false;
        }
      }
      return true;
    }
  }

  /** An object with exactly these keys. */
  record Members(Node[] keys, Pattern[] values) implements Pattern {
    @Override
    public boolean match(Frame frame, Value value) {
      if (!(value instanceof ObjectValue object) || object.size() != keys.length) {
        return false;
      }
      for (int i = 0; i < keys.length; i++) {
        Value key = keys[i].eval(frame);
        Value member = key.isDefined() ? object.get(key) : key;
        if (!member.isDefined() || !values[i].match(frame, member)) {
          return false;
        }
      }
      return true;
    }
  }
}
