package dev.cocolab.rego.plan;

import dev.cocolab.rego.RegoDialect;
import dev.cocolab.rego.syntax.Literal;
import dev.cocolab.rego.syntax.Module;
import dev.cocolab.rego.syntax.Rule;
import dev.cocolab.rego.syntax.Term;
import dev.cocolab.rego.syntax.Terms;
import dev.cocolab.rego.value.BooleanValue;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Undefined;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compiles modules into the tree of rules that evaluations walk. */
final class Compiler {

  private static final Node UNDEFINED = new Node.Constant(Undefined.UNDEFINED);
  private static final Node TRUE = new Node.Constant(BooleanValue.TRUE);

  private final Program program;

  private Compiler(Program program) {
    this.program = program;
  }

  /** A module and the dialect it was read in. */
  record Unit(Module module, RegoDialect dialect) {}

  static DocNode compile(List<Unit> units, Map<String, Program.ExtensionPoint> extensions) {
    Compiler compiler = new Compiler(new Program(extensions));
    compiler.index(units);
    compiler.program.groups().values().forEach(compiler::checkPlace);
    compiler.program.groups().values().forEach(compiler::define);
    compiler.program.checkRecursion();
    return compiler.program.root();
  }

  private void index(List<Unit> units) {
    Map<List<String>, Set<String>> names = new HashMap<>();
    for (Unit unit : units) {
      Set<String> known =
          names.computeIfAbsent(unit.module().packagePath(), path -> new HashSet<>());
      unit.module().rules().forEach(rule -> known.add(rule.name()));
    }
    for (Unit unit : units) {
      Module module = unit.module();
      ModuleNames scope = new ModuleNames(module, unit.dialect(), names.get(module.packagePath()));
      program.make(module.packagePath());
      for (Rule rule : module.rules()) {
        scope.checkDeclarable(rule.name(), rule.span().start());
        index(rule, scope);
      }
    }
  }

  private void index(Rule rule, ModuleNames names) {
    List<String> path = new ArrayList<>(names.inPackage(List.of(rule.name())));
    path.remove(0);
    int constant = 1;
    while (constant < rule.path().size()
        && rule.path().get(constant) instanceof Term.Scalar scalar
        && scalar.value() instanceof StringValue name) {
      path.add(name.value());
      constant++;
    }
    List<Term> tail = rule.path().subList(constant, rule.path().size());
    if (!tail.isEmpty() && (rule.kind() == Rule.Kind.FUNCTION || rule.isDefault())) {
      throw names.error(
          tail.get(0).span().start(), "the name of this rule must consist of strings");
    }
    program.group(program.make(path)).add(new RuleGroup.Definition(rule, tail, names));
  }

  private void checkPlace(RuleGroup group) {
    if (!group.isPartial() && !group.node().children().isEmpty()) {
      RuleGroup.Definition first = group.definitions().get(0);
      throw first
          .names()
          .error(
              first.rule().span().start(),
              "rule " + group.node().path() + " conflicts with rules below it");
    }
  }

  private void define(RuleGroup group) {
    if (group.isPartial()) {
      group
          .node()
          .define(
              new PartialRule(
                  group.clauses().stream().map(each -> contribution(group, each)).toList()));
      return;
    }
    List<Clause> clauses = group.clauses().stream().map(each -> clause(group, each)).toList();
    Node fallback = group.fallback().map(each -> fallback(group, each)).orElse(UNDEFINED);
    group
        .node()
        .define(
            group.isFunction()
                ? new FunctionRule(group.arity(), clauses, fallback)
                : new ValueRule(clauses, fallback));
  }

  private PartialRule.Contribution contribution(RuleGroup group, RuleGroup.Definition definition) {
    Rule rule = definition.rule();
    Resolution resolution = new Resolution();
    Planner planner = new Planner(program, definition.names(), resolution, group.node());
    List<Term> heads = new ArrayList<>(definition.tail());
    rule.value().ifPresent(heads::add);
    new Resolver(definition.names(), resolution, planner::isFunction)
        .body(rule.body(), heads, Scope.outermost());
    if (!rule.elses().isEmpty()) {
      throw definition
          .names()
          .error(rule.elses().get(0).span().start(), "`else` must not follow a partial rule");
    }
    int offset = rule.span().start();
    Planner.Solved solved = planner.solve(rule.body(), heads, new BitSet(), offset);
    int keys = definition.tail().size();
    return new PartialRule.Contribution(
        definition.names().source(),
        offset,
        solved.body(),
        solved.heads().subList(0, keys),
        rule.value().isPresent() ? solved.heads().get(keys) : TRUE,
        rule.kind() == Rule.Kind.SET,
        resolution.size(),
        weight(rule));
  }

  private Clause clause(RuleGroup group, RuleGroup.Definition definition) {
    Rule rule = definition.rule();
    ModuleNames names = definition.names();
    Resolution resolution = new Resolution();
    Planner planner = new Planner(program, names, resolution, group.node());
    Resolver resolver = new Resolver(names, resolution, planner::isFunction);
    Scope scope = Scope.outermost();
    resolver.parameters(rule.args(), scope);
    Attempt parameters = new Attempt(planner, new BitSet(), new Operands());
    List<Pattern> patterns = rule.args().stream().map(parameters::pattern).toList();
    List<Clause.Branch> branches = new ArrayList<>();
    branches.add(
        branch(
            rule.value().stream().toList(),
            rule.body(),
            rule,
            resolver,
            planner,
            scope,
            parameters));
    for (Rule.Else each : rule.elses()) {
      branches.add(
          branch(
              each.value().stream().toList(),
              each.body(),
              rule,
              resolver,
              planner,
              scope,
              parameters));
    }
    return new Clause(
        names.source(),
        rule.span().start(),
        patterns,
        List.copyOf(branches),
        resolution.size(),
        weight(rule),
        group.isFunction()
            ? "functions must not produce multiple outputs for same inputs"
            : "complete rules must not produce multiple outputs");
  }

  private static Clause.Branch branch(
      List<Term> value,
      List<Literal> body,
      Rule rule,
      Resolver resolver,
      Planner planner,
      Scope scope,
      Attempt parameters) {
    resolver.body(body, value, scope.inner());
    Planner.Solved solved = planner.solve(body, value, parameters.bound(), rule.span().start());
    return new Clause.Branch(solved.body(), value.isEmpty() ? TRUE : solved.heads().get(0));
  }

  private Node fallback(RuleGroup group, RuleGroup.Definition definition) {
    Rule rule = definition.rule();
    Term value = rule.value().orElseThrow();
    Resolution resolution = new Resolution();
    Planner planner = new Planner(program, definition.names(), resolution, group.node());
    new Resolver(definition.names(), resolution, planner::isFunction)
        .body(List.of(), List.of(value), Scope.outermost());
    if (!isFixed(value)) {
      throw definition
          .names()
          .error(value.span().start(), "a default value must not contain variables or calls");
    }
    Node node =
        planner.solve(List.of(), List.of(value), new BitSet(), rule.span().start()).heads().get(0);
    int size = resolution.size();
    return node instanceof Node.Constant
        ? node
        : frame -> node.eval(new Frame(frame.evaluation(), size));
  }

  private static boolean isFixed(Term value) {
    boolean open =
        value instanceof Term.Var || value instanceof Term.Ref || value instanceof Term.Call;
    return !open
        && (value instanceof Term.Comprehension
            || Terms.children(value).stream().allMatch(Compiler::isFixed));
  }

  private static int weight(Rule rule) {
    List<Term> terms = new ArrayList<>(Terms.of(rule.body()));
    rule.value().ifPresent(terms::add);
    terms.addAll(rule.path());
    for (Rule.Else each : rule.elses()) {
      terms.addAll(Terms.of(each.body()));
      each.value().ifPresent(terms::add);
    }
    return terms.stream().mapToInt(Compiler::height).max().orElse(0);
  }

  private static int height(Term term) {
    return 1 + Terms.children(term).stream().mapToInt(Compiler::height).max().orElse(0);
  }
}
