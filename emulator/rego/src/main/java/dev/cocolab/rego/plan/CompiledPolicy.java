package dev.cocolab.rego.plan;

import dev.cocolab.rego.RegoDialect;
import dev.cocolab.rego.RegoException;
import dev.cocolab.rego.RegoExtension;
import dev.cocolab.rego.RegoResult;
import dev.cocolab.rego.syntax.Module;
import dev.cocolab.rego.value.JsonValues;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Value;
import dev.cocolab.rego.value.ValueLimitException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Modules compiled together. Immutable. */
public final class CompiledPolicy {

  private final DocNode root;
  private final long budget;
  private final boolean strict;
  private final Clock clock;

  private CompiledPolicy(DocNode root, long budget, boolean strict, Clock clock) {
    this.root = root;
    this.budget = budget;
    this.strict = strict;
    this.clock = clock;
  }

  /** Gathers what a policy is compiled from. */
  public static final class Sources {
    private final List<Compiler.Unit> units = new ArrayList<>();
    private final Map<String, Program.ExtensionPoint> extensions = new LinkedHashMap<>();

    public void add(Module module, RegoDialect dialect) {
      units.add(new Compiler.Unit(module, dialect));
    }

    public void add(String name, int arity, RegoExtension function) {
      extensions.put(name, new Program.ExtensionPoint(arity, function));
    }

    /**
     * Compiles.
     *
     * @throws RegoException with reason COMPILE
     */
    public CompiledPolicy compile(long budget, boolean strict, Clock clock) {
      return new CompiledPolicy(Compiler.compile(units, extensions), budget, strict, clock);
    }
  }

  /**
   * Evaluates what paths of names below {@code data} lead to, each by itself: with a budget, a
   * trace and prints of its own.
   *
   * @param bound what functions of the host do in this evaluation; others do as when compiled
   * @return a result for each path, in order
   * @throws RegoException with reason EVALUATION or BUDGET
   */
  public List<RegoResult> evaluate(
      List<List<String>> paths, JsonNode input, JsonNode data, Map<String, RegoExtension> bound) {
    try {
      Value in = JsonValues.fromJson(input);
      Value base = JsonValues.fromJson(data);
      List<RegoResult> results = new ArrayList<>();
      for (List<String> path : paths) {
        results.add(evaluate(path, in, base, bound));
      }
      return results;
    } catch (ValueLimitException e) {
      throw Budget.exceeded(e.getMessage());
    } catch (StackOverflowError e) {
      // The limit on depth assumes a usual stack; a caller near the end of its own gets this.
      throw Budget.exceeded("evaluation nests too deeply for this thread's stack");
    }
  }

  private RegoResult evaluate(
      List<String> path, Value input, Value data, Map<String, RegoExtension> bound) {
    DocNode node = root;
    for (String name : path) {
      Optional<DocNode> child = node.child(name);
      if (child.isEmpty()) {
        return new RegoResult(Optional.empty(), false, List.of(), List.of());
      }
      node = child.get();
    }
    if (node.definition().isEmpty() || node.definition().get() instanceof FunctionRule) {
      return new RegoResult(Optional.empty(), false, List.of(), List.of());
    }
    Recorder recorder = new Recorder();
    Evaluation.Shared shared =
        new Evaluation.Shared(new Budget(budget), recorder, clock, strict, bound);
    List<Node> keys =
        path.stream().map(name -> (Node) new Node.Constant(new StringValue(name))).toList();
    Value value =
        new DataReference(root, keys).eval(new Frame(new Evaluation(input, data, shared), 0));
    Optional<JsonNode> json =
        value.isDefined() ? Optional.of(JsonValues.toJson(value)) : Optional.empty();
    return new RegoResult(json, true, recorder.prints(), recorder.trace());
  }
}
