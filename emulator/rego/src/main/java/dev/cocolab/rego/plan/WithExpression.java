package dev.cocolab.rego.plan;

import dev.cocolab.rego.TraceEvent.Outcome;
import dev.cocolab.rego.value.ObjectValue;
import dev.cocolab.rego.value.Value;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An expression that is evaluated under other documents or functions. */
record WithExpression(Recorder.Subject subject, List<Modifier> modifiers, Step inner)
    implements Step {

  /** One {@code with}. */
  sealed interface Modifier {}

  /** Replaces a part of the input; all of it where the path is empty. */
  record InputModifier(List<Value> path, Node value) implements Modifier {}

  /** Replaces a part of the base documents. */
  record DataModifier(List<Value> path, Node value) implements Modifier {}

  /** Replaces what rules define at a place and below it. */
  record RuleModifier(DocNode node, Node value) implements Modifier {}

  /** Replaces a function by a value. */
  record FunctionValueModifier(String identity, Node value) implements Modifier {}

  /** Replaces a function by another one. */
  record FunctionModifier(String identity, CallNode other) implements Modifier {}

  @Override
  public boolean run(Frame frame, Next next) {
    Evaluation outer = frame.evaluation();
    Evaluation changed = apply(frame, outer);
    if (changed == outer) {
      outer.recorder().record(subject, Outcome.UNDEFINED, frame);
      return false;
    }
    frame.use(changed);
    boolean stop =
        inner.run(
            frame,
            solution -> {
              solution.use(outer);
              boolean end = next.go(solution);
              solution.use(changed);
              return end;
            });
    frame.use(outer);
    return stop;
  }

  /** The changed evaluation; the same one where a replacement is undefined. */
  private Evaluation apply(Frame frame, Evaluation outer) {
    Value input = outer.input();
    Value data = outer.data();
    IdentityHashMap<DocNode, Value> overrides = new IdentityHashMap<>(outer.overrides());
    Map<String, Evaluation.Replacement> replacements = new HashMap<>(outer.replacements());
    for (Modifier modifier : modifiers) {
      if (modifier instanceof FunctionModifier function) {
        CallNode other = function.other();
        replacements.put(
            function.identity(), (inside, args) -> other.callable().call(inside, args, other));
        continue;
      }
      Node node = node(modifier);
      Value value = node.eval(frame);
      if (!value.isDefined()) {
        return outer;
      }
      if (modifier instanceof InputModifier change) {
        input = patch(input, change.path(), 0, value);
      } else if (modifier instanceof DataModifier change) {
        data = patch(data, change.path(), 0, value);
      } else if (modifier instanceof RuleModifier change) {
        overrides.put(change.node(), value);
      } else if (modifier instanceof FunctionValueModifier change) {
        replacements.put(change.identity(), (inside, args) -> value);
      }
    }
    return outer.with(input, data, overrides, replacements);
  }

  private static Node node(Modifier modifier) {
    if (modifier instanceof InputModifier change) {
      return change.value();
    } else if (modifier instanceof DataModifier change) {
      return change.value();
    } else if (modifier instanceof RuleModifier change) {
      return change.value();
    }
    return ((FunctionValueModifier) modifier).value();
  }

  private static Value patch(Value document, List<Value> path, int index, Value value) {
    if (index == path.size()) {
      return value;
    }
    Map<Value, Value> members =
        document instanceof ObjectValue object ? object.toMap() : new TreeMap<>();
    Value key = path.get(index);
    members.put(key, patch(document.get(key), path, index + 1, value));
    return ObjectValue.of(members);
  }
}
