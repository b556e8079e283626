package dev.cocolab.rego.plan;

import dev.cocolab.rego.RegoException;
import dev.cocolab.rego.RegoExtension;
import dev.cocolab.rego.builtin.Meter;
import dev.cocolab.rego.value.Undefined;
import dev.cocolab.rego.value.Value;
import java.time.Clock;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One evaluation: its documents, the rules already evaluated, what it has spent, printed and
 * traced.
 *
 * <p>Under {@code with} a part of it runs with other documents and an empty memory, but shares the
 * rest.
 */
final class Evaluation implements Meter {

  /** How much weight can be looked at for one step. */
  private static final long LOOK = 64;

  private final Value input;
  private final Value data;
  private final Shared shared;
  private final IdentityHashMap<DocNode, Value> overrides;
  private final Map<String, Replacement> replacements;
  private final IdentityHashMap<DocNode, Value> known = new IdentityHashMap<>();
  private final Set<DocNode> active = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * What all parts of an evaluation share.
   *
   * @param bound functions of the host for this evaluation alone, by name
   */
  record Shared(
      Budget budget,
      Recorder recorder,
      Clock clock,
      boolean strict,
      Map<String, RegoExtension> bound) {}

  /** What is called in place of a function. */
  @FunctionalInterface
  interface Replacement {
    Value call(Evaluation evaluation, List<Value> arguments);
  }

  Evaluation(Value input, Value data, Shared shared) {
    this(input, data, shared, new IdentityHashMap<>(), Map.of());
  }

  private Evaluation(
      Value input,
      Value data,
      Shared shared,
      IdentityHashMap<DocNode, Value> overrides,
      Map<String, Replacement> replacements) {
    this.input = input;
    this.data = data;
    this.shared = shared;
    this.overrides = overrides;
    this.replacements = replacements;
  }

  /** An evaluation in which constants can be computed. */
  static Evaluation none() {
    Shared shared =
        new Shared(new Budget(Long.MAX_VALUE), new Recorder(), Clock.systemUTC(), true, Map.of());
    return new Evaluation(Undefined.UNDEFINED, Undefined.UNDEFINED, shared);
  }

  /** The same evaluation with other documents or functions. */
  Evaluation with(
      Value otherInput,
      Value otherData,
      IdentityHashMap<DocNode, Value> otherOverrides,
      Map<String, Replacement> otherReplacements) {
    return new Evaluation(otherInput, otherData, shared, otherOverrides, otherReplacements);
  }

  Value input() {
    return input;
  }

  Value data() {
    return data;
  }

  IdentityHashMap<DocNode, Value> overrides() {
    return overrides;
  }

  Map<String, Replacement> replacements() {
    return replacements;
  }

  Optional<Value> override(DocNode node) {
    return overrides.isEmpty() ? Optional.empty() : Optional.ofNullable(overrides.get(node));
  }

  boolean strict() {
    return shared.strict();
  }

  Recorder recorder() {
    return shared.recorder();
  }

  /** The function of the host that a name stands for in this evaluation. */
  RegoExtension extension(String name, RegoExtension compiled) {
    return shared.bound().getOrDefault(name, compiled);
  }

  @Override
  public void charge(long units) {
    shared.budget().charge(units);
  }

  @Override
  public Clock clock() {
    return shared.clock();
  }

  /** Charges for looking at all of a value, which is cheaper than making it. */
  void chargeFor(Value value) {
    long weight = value.weight();
    if (weight >= LOOK) {
      charge(weight / LOOK);
    }
  }

  void enter(int levels) {
    shared.budget().enter(levels);
  }

  void leave(int levels) {
    shared.budget().leave(levels);
  }

  /** The value of a rule, evaluated on first use. */
  Value once(DocNode node, Supplier<Value> rule) {
    Value value = known.get(node);
    if (value == null) {
      if (!active.add(node)) {
        throw new RegoException(
            RegoException.Reason.EVALUATION, "", 0, 0, "rule " + node.path() + " is recursive");
      }
      charge(1);
      enter(2);
      value = rule.get();
      leave(2);
      active.remove(node);
      known.put(node, value);
    }
    return value;
  }
}
