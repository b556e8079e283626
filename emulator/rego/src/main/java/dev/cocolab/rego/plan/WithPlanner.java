package dev.cocolab.rego.plan;

import dev.cocolab.rego.RegoException;
import dev.cocolab.rego.syntax.Literal;
import dev.cocolab.rego.syntax.Term;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plans {@code with} modifiers. */
final class WithPlanner {

  private final Planner planner;
  private final ModuleNames names;

  WithPlanner(Planner planner, ModuleNames names) {
    this.planner = planner;
    this.names = names;
  }

  WithExpression.Modifier plan(Literal.With with, Attempt attempt) {
    int offset = with.target().span().start();
    List<String> written =
        path(with.target())
            .orElseThrow(() -> names.error(offset, "`with` replaces input, data or a function"));
    Optional<Program.Function> function = planner.program().function(names, written);
    if (function.isPresent()) {
      return function(function.get(), with, attempt);
    }
    List<String> full =
        names
            .lookup(written.get(0))
            .map(base -> concat(base, written))
            .orElseThrow(() -> unknown(offset, written));
    Node value = planner.terms().plan(with.value(), attempt);
    List<Value> keys = full.stream().skip(1).map(name -> (Value) new StringValue(name)).toList();
    if (full.get(0).equals("input")) {
      return new WithExpression.InputModifier(keys, value);
    }
    Optional<DocNode> node = planner.program().find(full.subList(1, full.size()));
    return node.isPresent()
        ? new WithExpression.RuleModifier(node.get(), value)
        : new WithExpression.DataModifier(keys, value);
  }

  private RegoException unknown(int offset, List<String> written) {
    return names.error(offset, "could not find function " + String.join(".", written));
  }

  private WithExpression.Modifier function(
      Program.Function target, Literal.With with, Attempt attempt) {
    Optional<Program.Function> other =
        path(with.value()).flatMap(path -> planner.program().function(names, path));
    if (other.isEmpty()) {
      Node value = planner.terms().plan(with.value(), attempt);
      return new WithExpression.FunctionValueModifier(target.identity(), value);
    }
    CallNode call =
        new CallNode(
            other.get().callable(),
            other.get().identity(),
            List.of(),
            names.source(),
            with.value().span().start());
    return new WithExpression.FunctionModifier(target.identity(), call);
  }

  /** The dotted path of a term that is a name or a reference by strings. */
  static Optional<List<String>> path(Term term) {
    if (term instanceof Term.Var variable) {
      return Optional.of(List.of(variable.name()));
    }
    if (!(term instanceof Term.Ref reference) || !(reference.head() instanceof Term.Var head)) {
      return Optional.empty();
    }
    List<String> path = new ArrayList<>(List.of(head.name()));
    for (Term arg : reference.args()) {
      if (!(arg instanceof Term.Scalar scalar) || !(scalar.value() instanceof StringValue name)) {
        return Optional.empty();
      }
      path.add(name.value());
    }
    return Optional.of(path);
  }

  private static List<String> concat(List<String> base, List<String> written) {
    List<String> full = new ArrayList<>(base);
    full.addAll(written.subList(1, written.size()));
    return full;
  }
}
