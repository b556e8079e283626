package dev.cocolab.rego.plan;

import dev.cocolab.rego.value.Value;
import java.util.List;

/** A term whose variables are bound whenever it is evaluated. */
interface Node {

  /** The value, or undefined. */
  Value eval(Frame frame);

  /** A literal or a part of one. */
  record Constant(Value value) implements Node {
    @Override
    public Value eval(Frame frame) {
      return value;
    }
  }

  /** A local variable. */
  record Local(int slot) implements Node {
    @Override
    public Value eval(Frame frame) {
      return frame.get(slot);
    }
  }

  /** The input document. */
  record Input() implements Node {
    @Override
    public Value eval(Frame frame) {
      return frame.evaluation().input();
    }
  }

  /** Evaluates a node and keeps the value for the trace. */
  record Probe(Node node, int slot) implements Node {
    @Override
    public Value eval(Frame frame) {
      Value value = node.eval(frame);
      frame.set(slot, value);
      return value;
    }
  }

  /** A reference into a value. */
  record Reference(Node base, List<Node> path) implements Node {
    @Override
    public Value eval(Frame frame) {
      Value value = base.eval(frame);
      for (int i = 0; i < path.size() && value.isDefined(); i++) {
        Value key = path.get(i).eval(frame);
        value = key.isDefined() ? value.get(key) : key;
      }
      return value;
    }
  }
}
