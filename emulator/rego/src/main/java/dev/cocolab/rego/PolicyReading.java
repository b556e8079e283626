package dev.cocolab.rego;

import dev.cocolab.rego.syntax.Literal;
import dev.cocolab.rego.syntax.Module;
import dev.cocolab.rego.syntax.Parser;
import dev.cocolab.rego.syntax.Rule;
import dev.cocolab.rego.syntax.Source;
import dev.cocolab.rego.syntax.Term;
import dev.cocolab.rego.syntax.Terms;
import dev.cocolab.rego.value.StringValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a module reads, without evaluating it: paths below {@code input} and {@code data}, calls
 * with constant arguments, texts that something is compared with. Names that are bound to a path
 * ({@code x := input.a}, {@code some x in input.a}, a rule whose value is a path) are followed;
 * what is computed is not.
 */
public final class PolicyReading {
  /** The part of a path that is not a constant. */
  public static final String ANY = "*";

  private final Source source;
  private final Map<String, List<String>> rules = new HashMap<>();
  private final Map<String, List<String>> bound = new HashMap<>();
  private List<Path> paths = new ArrayList<>();
  private List<Call> calls = new ArrayList<>();
  private List<Text> texts = new ArrayList<>();

  private PolicyReading(Source source) {
    this.source = source;
  }

  /**
   * One definition of a rule, or one of its {@code else} branches.
   *
   * @param rule name of the rule
   * @param line where it starts, from 1
   * @param paths what it reads
   * @param calls what it calls with constant texts only
   * @param texts constant texts in it, also those that are arguments
   */
  public record Clause(
      String rule, int line, List<Path> paths, List<Call> calls, List<Text> texts) {
    /** Copies the lists. */
    public Clause {
      Objects.requireNonNull(rule, "rule");
      paths = List.copyOf(paths);
      calls = List.copyOf(calls);
      texts = List.copyOf(texts);
    }
  }

  /**
   * A path that is read.
   *
   * @param members the first is {@code input} or {@code data}; {@link #ANY} for a member that is
   *     iterated or computed
   * @param line where it is read, from 1
   */
  public record Path(List<String> members, int line) {
    /** Copies the list. */
    public Path {
      members = List.copyOf(members);
    }
  }

  /**
   * A call whose arguments are all constant texts.
   *
   * @param function dotted name
   * @param line where it is, from 1
   */
  public record Call(String function, List<String> arguments, int line) {
    /** Copies the list. */
    public Call {
      Objects.requireNonNull(function, "function");
      arguments = List.copyOf(arguments);
    }
  }

  /**
   * A constant text.
   *
   * @param line where it is, from 1
   */
  public record Text(String value, int line) {
    /** Checks that nothing is missing. */
    public Text {
      Objects.requireNonNull(value, "value");
    }
  }

  /**
   * Reads a module.
   *
   * @param fileName name used in errors
   * @return its definitions in order
   * @throws RegoException with reason PARSE, line and column
   */
  public static List<Clause> of(String fileName, String text, RegoDialect dialect) {
    Source source = Source.of(fileName, text, SourceLimits.trustee());
    Module module = Parser.parse(source, dialect);
    PolicyReading reading = new PolicyReading(source);
    module.imports().forEach(one -> reading.rules.put(one.alias(), one.path()));
    // A rule may use one that is defined after it: two rounds follow a chain of two.
    for (int round = 0; round < 2; round++) {
      module.rules().forEach(reading::nameOf);
    }
    List<Clause> clauses = new ArrayList<>();
    module.rules().forEach(rule -> reading.clauses(rule, clauses));
    return List.copyOf(clauses);
  }

  /** A rule without conditions whose value is a path is another name of it. */
  private void nameOf(Rule rule) {
    if (rule.kind() == Rule.Kind.VALUE && rule.path().size() == 1 && rule.body().isEmpty()) {
      rule.value().flatMap(this::path).ifPresent(path -> rules.put(rule.name(), path));
    }
  }

  private void clauses(Rule rule, List<Clause> out) {
    List<Term> head = new ArrayList<>(rule.path().subList(1, rule.path().size()));
    head.addAll(rule.args());
    rule.value().ifPresent(head::add);
    out.add(clause(rule.name(), rule.span().start(), head, rule.body()));
    for (Rule.Else branch : rule.elses()) {
      out.add(
          clause(
              rule.name(),
              branch.span().start(),
              branch.value().map(List::of).orElse(List.of()),
              branch.body()));
    }
  }

  private Clause clause(String rule, int start, List<Term> head, List<Literal> body) {
    paths = new ArrayList<>();
    calls = new ArrayList<>();
    texts = new ArrayList<>();
    bound.clear();
    body(body);
    head.forEach(this::read);
    return new Clause(rule, source.line(start), paths, calls, texts);
  }

  private void body(List<Literal> body) {
    for (Literal literal : body) {
      Literal.Form form = literal.form();
      if (form instanceof Literal.SomeIn some) {
        bindMember(some.value(), some.collection());
      } else if (form instanceof Literal.Every every) {
        read(every.collection());
        bindMember(every.value(), every.collection());
        body(every.body());
        continue;
      } else if (form instanceof Literal.Assign assign) {
        bind(assign.left(), path(assign.right()));
      } else if (form instanceof Literal.Unify unify) {
        bind(unify.left(), path(unify.right()));
      }
      Terms.of(List.of(literal)).forEach(this::read);
    }
  }

  private void bindMember(Term value, Term collection) {
    bind(
        value,
        path(collection)
            .map(
                path -> {
                  List<String> member = new ArrayList<>(path);
                  member.add(ANY);
                  return member;
                }));
  }

  private void bind(Term name, Optional<List<String>> path) {
    if (name instanceof Term.Var variable && !variable.isWildcard()) {
      path.ifPresent(value -> bound.put(variable.name(), value));
    }
  }

  private void read(Term term) {
    Optional<List<String>> path = path(term);
    int line = source.line(term.span().start());
    path.filter(found -> found.size() > 1).ifPresent(found -> paths.add(new Path(found, line)));
    if (term instanceof Term.Scalar scalar && scalar.value() instanceof StringValue text) {
      texts.add(new Text(text.value(), line));
    }
    if (term instanceof Term.Call call && !call.infix()) {
      List<String> arguments = new ArrayList<>();
      for (Term argument : call.args()) {
        text(argument).ifPresent(arguments::add);
      }
      if (arguments.size() == call.args().size()) {
        calls.add(new Call(call.name(), arguments, line));
      }
    }
    if (term instanceof Term.Comprehension comprehension) {
      body(comprehension.body());
      comprehension.key().ifPresent(this::read);
      read(comprehension.value());
      return;
    }
    List<Term> children = Terms.children(term);
    if (term instanceof Term.Ref ref && path.isPresent()) {
      // The members of a path are no texts that something is compared with.
      children =
          ref.args().stream().filter(argument -> !(argument instanceof Term.Scalar)).toList();
    }
    children.forEach(this::read);
  }

  private Optional<List<String>> path(Term term) {
    if (term instanceof Term.Var variable) {
      return head(variable);
    }
    if (!(term instanceof Term.Ref ref) || !(ref.head() instanceof Term.Var variable)) {
      return Optional.empty();
    }
    return head(variable)
        .map(
            start -> {
              List<String> path = new ArrayList<>(start);
              ref.args().forEach(argument -> path.add(text(argument).orElse(ANY)));
              return path;
            });
  }

  private Optional<List<String>> head(Term.Var variable) {
    String name = variable.name();
    if (name.equals("input") || name.equals("data")) {
      return Optional.of(List.of(name));
    }
    List<String> local = bound.get(name);
    return Optional.ofNullable(local != null ? local : rules.get(name));
  }

  private static Optional<String> text(Term term) {
    return term instanceof Term.Scalar scalar && scalar.value() instanceof StringValue text
        ? Optional.of(text.value())
        : Optional.empty();
  }
}
