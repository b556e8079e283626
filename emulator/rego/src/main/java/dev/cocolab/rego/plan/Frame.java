package dev.cocolab.rego.plan;

import dev.cocolab.rego.value.Undefined;
import dev.cocolab.rego.value.Value;

/** The variables of one activation of a rule. A slot is read only after it was written. */
final class Frame {

  private final Value[] slots;
  private Evaluation evaluation;

  Frame(Evaluation evaluation, int size) {
    this.evaluation = evaluation;
    this.slots = new Value[size];
  }

  Value get(int slot) {
    Value value = slots[slot];
    return value == null ? Undefined.UNDEFINED : value;
  }

  void set(int slot, Value value) {
    slots[slot] = value;
  }

  Evaluation evaluation() {
    return evaluation;
  }

  /** Goes on under another evaluation; {@code with} does this. */
  void use(Evaluation other) {
    this.evaluation = other;
  }
}
