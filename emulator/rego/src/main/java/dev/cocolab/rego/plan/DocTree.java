package dev.cocolab.rego.plan;

import dev.cocolab.rego.RegoException;
import dev.cocolab.rego.syntax.Source;
import dev.cocolab.rego.value.ObjectValue;
import dev.cocolab.rego.value.SetValue;
import dev.cocolab.rego.value.Undefined;
import dev.cocolab.rego.value.Value;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A document under construction: an object whose members come from several rules, a set, or a
 * value.
 */
final class DocTree {

  private static final String CONFLICT = "object keys must be unique";

  private final TreeMap<Value, DocTree> members = new TreeMap<>();
  private final TreeSet<Value> elements = new TreeSet<>();
  private Value leaf = Undefined.UNDEFINED;
  private boolean set;

  /** Marks the document as a set, which it is even without elements. */
  void markSet() {
    set = true;
  }

  /** Adds what one solution of a rule yields. */
  void add(List<Value> path, Value value, boolean element, Source source, int offset) {
    DocTree tree = this;
    for (Value key : path) {
      if (tree.leaf.isDefined() || tree.set) {
        throw source.error(RegoException.Reason.EVALUATION, offset, CONFLICT);
      }
      tree = tree.members.computeIfAbsent(key, unused -> new DocTree());
    }
    if (element ? !tree.addElement(value) : !tree.setLeaf(value)) {
      throw source.error(RegoException.Reason.EVALUATION, offset, CONFLICT);
    }
  }

  private boolean addElement(Value element) {
    if (leaf.isDefined() || !members.isEmpty()) {
      return false;
    }
    set = true;
    elements.add(element);
    return true;
  }

  private boolean setLeaf(Value value) {
    if (set || !members.isEmpty() || (leaf.isDefined() && leaf.compareTo(value) != 0)) {
      return false;
    }
    leaf = value;
    return true;
  }

  /** The member at a key, made if absent; a value has no room for members. */
  DocTree member(Value key, String path) {
    if (leaf.isDefined() || set) {
      throw new RegoException(RegoException.Reason.EVALUATION, "", 0, 0, path + ": " + CONFLICT);
    }
    return member(key);
  }

  private DocTree member(Value key) {
    return members.computeIfAbsent(key, unused -> new DocTree());
  }

  /** Gives the document the value of a complete rule. */
  void value(Value value, String path) {
    if (!setLeaf(value)) {
      throw new RegoException(RegoException.Reason.EVALUATION, "", 0, 0, path + ": " + CONFLICT);
    }
  }

  /** Adds the members of a base document that no rule defines. */
  void underlay(Value base) {
    if (leaf.isDefined() || set || !(base instanceof ObjectValue)) {
      return;
    }
    base.visit(
        (key, value) -> {
          if (members.containsKey(key)) {
            members.get(key).underlay(value);
          } else {
            member(key).leaf = value;
          }
          return false;
        });
  }

  Value toValue() {
    if (leaf.isDefined()) {
      return leaf;
    }
    if (set) {
      return SetValue.of(elements);
    }
    TreeMap<Value, Value> values = new TreeMap<>();
    for (Map.Entry<Value, DocTree> member : members.entrySet()) {
      values.put(member.getKey(), member.getValue().toValue());
    }
    return ObjectValue.of(values);
  }
}
