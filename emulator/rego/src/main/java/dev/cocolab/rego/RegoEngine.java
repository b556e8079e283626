package dev.cocolab.rego;

import dev.cocolab.rego.plan.CompiledPolicy;
import dev.cocolab.rego.syntax.Module;
import dev.cocolab.rego.syntax.Parser;
import dev.cocolab.rego.syntax.Source;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * Compiled policies, ready to be asked. Immutable, and safe for use by several threads.
 *
 * <p>The language is Rego as the engines of Trustee and kata-agent read it. Where those differ from
 * other engines, this one follows them: {@code x in y} is false, not undefined, when one of the
 * sides is undefined or there is nothing to look in; sets come before objects in the order of
 * values; {@code count} of a string counts UTF-16 units.
 *
 * <p>Numbers are exact decimals of up to 10 000 digits. Values nest at most 512 collections, source
 * text at most 256 levels.
 */
public final class RegoEngine {

  /** Steps an evaluation may take unless the builder is told otherwise. */
  public static final long DEFAULT_BUDGET = 5_000_000;

  private final CompiledPolicy policy;

  private RegoEngine(CompiledPolicy policy) {
    this.policy = policy;
  }

  /** A builder for V1 modules, limits of Trustee, strict built-in errors and the default budget. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Evaluates one rule.
   *
   * @param rulePath path of the rule, for example {@code data.policy.allow}
   * @param input the document {@code input}; a missing node leaves it undefined
   * @param data the base documents under {@code data}, which rules of the same path hide
   * @return the value, with what was printed and traced
   * @throws RegoException with reason EVALUATION or BUDGET
   * @throws IllegalArgumentException if the path does not start with {@code data.}
   */
  public RegoResult evaluate(String rulePath, JsonNode input, JsonNode data) {
    return evaluate(rulePath, input, data, Map.of());
  }

  /**
   * Evaluates one rule with functions of the host for this evaluation alone, so that one engine
   * serves evaluations that look at different things.
   *
   * @param extensions by name, in the place of those the engine was built with; a name that it was
   *     not built with is not known to the policy, and changes nothing
   * @throws RegoException with reason EVALUATION or BUDGET
   * @throws IllegalArgumentException if the path does not start with {@code data.}
   */
  public RegoResult evaluate(
      String rulePath, JsonNode input, JsonNode data, Map<String, RegoExtension> extensions) {
    return evaluate(List.of(rulePath), input, data, extensions).get(rulePath);
  }

  /**
   * Evaluates several rules over the same documents, each by itself, as if each had been asked for
   * alone.
   *
   * @return a result for each rule, by its path, in the order asked for
   * @throws RegoException with reason EVALUATION or BUDGET, for the first rule that fails
   * @throws IllegalArgumentException if a path does not start with {@code data.}
   */
  public Map<String, RegoResult> evaluate(
      List<String> rulePaths,
      JsonNode input,
      JsonNode data,
      Map<String, RegoExtension> extensions) {
    List<List<String>> paths = rulePaths.stream().map(RegoEngine::path).toList();
    List<RegoResult> results = policy.evaluate(paths, input, data, Map.copyOf(extensions));
    Map<String, RegoResult> byPath = new LinkedHashMap<>();
    for (int i = 0; i < results.size(); i++) {
      byPath.put(rulePaths.get(i), results.get(i));
    }
    return byPath;
  }

  private static List<String> path(String rulePath) {
    List<String> path = List.of(rulePath.split("\\.", -1));
    if (path.size() < 2 || !path.get(0).equals("data") || path.contains("")) {
      throw new IllegalArgumentException("not a rule path: " + rulePath);
    }
    return path.subList(1, path.size());
  }

  /** Gathers modules and settings. Not safe for use by several threads. */
  public static final class Builder {

    private final CompiledPolicy.Sources sources = new CompiledPolicy.Sources();
    private RegoDialect dialect = RegoDialect.V1;
    private SourceLimits limits = SourceLimits.trustee();
    private long budget = DEFAULT_BUDGET;
    private boolean strict = true;
    private Clock clock = Clock.systemUTC();

    private Builder() {}

    /** The dialect of the modules added from now on. */
    public Builder dialect(RegoDialect dialect) {
      this.dialect = Objects.requireNonNull(dialect, "dialect");
      return this;
    }

    /** The limits on modules added from now on. */
    public Builder limits(SourceLimits limits) {
      this.limits = Objects.requireNonNull(limits, "limits");
      return this;
    }

    /**
     * Parses and adds a module.
     *
     * @param fileName name used in errors, prints and the trace
     * @throws RegoException with reason PARSE, line and column
     */
    public Builder module(String fileName, String source) {
      Module module = Parser.parse(Source.of(fileName, source, limits), dialect);
      sources.add(module, dialect);
      return this;
    }

    /**
     * Adds a function of the host. A module's own function of the same name takes precedence, and
     * this one takes precedence over the language's.
     */
    public Builder extension(String name, int arity, RegoExtension function) {
      if (arity < 0) {
        throw new IllegalArgumentException("arity must not be negative");
      }
      sources.add(name, arity, Objects.requireNonNull(function, "function"));
      return this;
    }

    /**
     * How much one evaluation may do: a step is an expression, a call, an iteration, or work on
     * about eight characters or one element.
     */
    public Builder budget(long steps) {
      if (steps < 1) {
        throw new IllegalArgumentException("budget must be positive");
      }
      this.budget = steps;
      return this;
    }

    /**
     * Whether a built-in function that cannot take its arguments ends the evaluation (as in
     * Trustee) or is undefined (as in kata-agent).
     */
    public Builder strictBuiltinErrors(boolean strict) {
      this.strict = strict;
      return this;
    }

    /** The clock of {@code time.now_ns}; the system's unless set. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Compiles the modules.
     *
     * @throws RegoException with reason COMPILE, line and column; an unknown function is named
     */
    public RegoEngine build() {
      return new RegoEngine(sources.compile(budget, strict, clock));
    }
  }
}
