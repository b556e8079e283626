package dev.cocolab.rego.plan;

import dev.cocolab.rego.syntax.Source;
import dev.cocolab.rego.syntax.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The operands of a traced expression, gathered while it is planned. */
final class Operands {

  private record Operand(Span span, int slot, boolean probe) {}

  private final List<Operand> operands = new ArrayList<>();

  /** An operand whose value a source or a variable provides. */
  void provided(Span span, int slot) {
    add(span, slot, false);
  }

  /** An operand whose value is kept in a slot of its own while the expression is checked. */
  void probed(Span span, int slot) {
    add(span, slot, true);
  }

  private void add(Span span, int slot, boolean probe) {
    if (operands.stream().noneMatch(known -> known.span().equals(span))) {
      operands.add(new Operand(span, slot, probe));
    }
  }

  Recorder.Subject subject(Source source, Span span, String rule) {
    List<Operand> ordered =
        operands.stream()
            .sorted(
                (a, b) ->
                    a.span().start() != b.span().start()
                        ? Integer.compare(a.span().start(), b.span().start())
                        : Integer.compare(b.span().end(), a.span().end()))
            .toList();
    return new Recorder.Subject(
        source,
        span,
        source.excerpt(span),
        rule,
        ordered.stream().map(operand -> source.excerpt(operand.span())).toList(),
        slots(ordered.stream().mapToInt(Operand::slot)),
        slots(ordered.stream().filter(Operand::probe).mapToInt(Operand::slot)));
  }

  private static List<Integer> slots(IntStream slots) {
    return slots.boxed().toList();
  }
}
