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
import java.util.Optional;

/** Gathers prints and trace events. Events become JSON only when they are read. */
final class Recorder {

  /** Of all traced operands together; those beyond it are traced without their values. */
  private static final long MAX_WEIGHT = Value.MAX_WEIGHT;

  private final List<String> prints = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
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

  private record Event(Subject subject, Outcome outcome, List<Value> values) {

    TraceEvent toTraceEvent() {
      List<TraceEvent.Operand> operands = new ArrayList<>();
      for (int i = 0; i < values.size(); i++) {
        Optional<Value> value = Optional.of(values.get(i)).filter(Value::isDefined);
        operands.add(
            new TraceEvent.Operand(subject.operands().get(i), value.map(JsonValues::toJson)));
      }
      int offset = subject.span().start();
      return new TraceEvent(
          subject.source().fileName(),
          subject.source().line(offset),
          subject.source().column(offset),
          subject.rule(),
          outcome,
          subject.text(),
          operands);
    }
  }

  void record(Subject subject, Outcome outcome, Frame frame) {
    if (events.size() >= RegoResult.MAX_TRACE_EVENTS) {
      return;
    }
    List<Integer> slots = subject.slots();
    List<Value> values = new ArrayList<>(slots.size());
    for (int slot : slots) {
      Value value = frame.get(slot);
      weight += value.weight();
      values.add(weight > MAX_WEIGHT ? Undefined.UNDEFINED : value);
    }
    events.add(new Event(subject, outcome, values));
  }

  void print(String line) {
    prints.add(line);
  }

  List<String> prints() {
    return List.copyOf(prints);
  }

  List<TraceEvent> trace() {
    List<Event> recorded = List.copyOf(events);
    return new AbstractList<>() {
      @Override
      public TraceEvent get(int index) {
        return recorded.get(index).toTraceEvent();
      }

      @Override
      public int size() {
        return recorded.size();
      }
    };
  }
}
