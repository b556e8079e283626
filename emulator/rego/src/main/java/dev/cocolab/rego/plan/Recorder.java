package dev.cocolab.rego.plan;

import dev.cocolab.rego.RegoResult;
import dev.cocolab.rego.TraceEvent;
import dev.cocolab.rego.TraceEvent.Outcome;
import dev.cocolab.rego.syntax.Source;
import dev.cocolab.rego.syntax.Span;
import dev.cocolab.rego.value.JsonValues;
import dev.cocolab.rego.value.Undefined;
import dev.cocolab.rego.value.Value;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Gathers prints and trace events. Events become JSON only when they are read. */
final class Recorder {

  /** Of all traced operands together; those beyond it are traced without their values. */
  private static final long MAX_WEIGHT = Value.MAX_WEIGHT;

  private final List<String> prints = new ArrayList<>();
  private final List<Subject> subjects = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();

  /** Of all events one after the other, as many as each has operands. */
  private final List<Value> values = new ArrayList<>();

  private long weight;

  /**
   * A traced expression.
   *
   * @param operands texts of its operands
   * @param slots where their values are when the expression has been checked
   * @param probes those of the slots that only checking fills
   */
  record Subject(
      Source source,
      Span span,
      String text,
      String rule,
      List<String> operands,
      List<Integer> slots,
      List<Integer> probes) {

    /** Forgets what an earlier check left. */
    void clear(Frame frame) {
      for (int slot : probes) {
        frame.set(slot, Undefined.UNDEFINED);
      }
    }
  }

  void record(Subject subject, Outcome outcome, Frame frame) {
    if (subjects.size() >= RegoResult.MAX_TRACE_EVENTS) {
      return;
    }
    for (int slot : subject.slots()) {
      Value value = frame.get(slot);
      weight += value.weight();
      values.add(weight > MAX_WEIGHT ? Undefined.UNDEFINED : value);
    }
    subjects.add(subject);
    outcomes.add(outcome);
  }

  void print(String line) {
    prints.add(line);
  }

  List<String> prints() {
    return List.copyOf(prints);
  }

  List<TraceEvent> trace() {
    return new Trace(subjects, outcomes, values);
  }

  /**
   * What was recorded, in a few arrays rather than an object an event: traces are kept by the
   * thousand and hardly ever read.
   */
  private static final class Trace extends AbstractList<TraceEvent> {
    private final Subject[] subjects;
    private final Outcome[] outcomes;
    private final Value[] values;

    /** Where the values of each event begin. */
    private final int[] starts;

    Trace(List<Subject> subjects, List<Outcome> outcomes, List<Value> values) {
      this.subjects = subjects.toArray(new Subject[0]);
      this.outcomes = outcomes.toArray(new Outcome[0]);
      this.values = values.toArray(new Value[0]);
      this.starts = new int[this.subjects.length];
      for (int i = 1; i < starts.length; i++) {
        starts[i] = starts[i - 1] + this.subjects[i - 1].slots().size();
      }
    }

    @Override
    public TraceEvent get(int index) {
      Subject subject = subjects[Objects.checkIndex(index, subjects.length)];
      List<TraceEvent.Operand> operands = new ArrayList<>();
      for (int i = 0; i < subject.slots().size(); i++) {
        Optional<Value> value = Optional.of(values[starts[index] + i]).filter(Value::isDefined);
        operands.add(
            new TraceEvent.Operand(subject.operands().get(i), value.map(JsonValues::toJson)));
      }
      int offset = subject.span().start();
      return new TraceEvent(
          subject.source().fileName(),
          subject.source().line(offset),
          subject.source().column(offset),
          subject.rule(),
          outcomes[index],
          subject.text(),
          operands);
    }

    @Override
    public int size() {
      return subjects.length;
    }
  }
}
