package dev.cocolab.rego.syntax;

import dev.cocolab.rego.value.StringValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parses rule definitions. */
final class RuleParser {

  private final TokenStream in;
  private final LiteralParser literals;
  private final TermParser terms;
  private final boolean strict;

  /**
   * Makes a parser.
   *
   * @param strict whether {@code if} and {@code contains} are required
   */
  RuleParser(TokenStream in, LiteralParser literals, boolean strict) {
    this.in = in;
    this.literals = literals;
    this.terms = literals.terms();
    this.strict = strict;
  }

  /** What was read of a head. */
  private record Head(List<Term> path, boolean bracket, boolean function, List<Term> args) {}

  /** The next definition; several where the older syntax chains bodies. */
  List<Rule> rules() {
    Span start = in.peek().span();
    if (!in.peek().newlineBefore() && in.previous().start() < start.start() && !afterSeparator()) {
      throw in.unexpected("a line end");
    }
    return in.takeKeyword("default") ? List.of(defaultRule(start)) : definition(start);
  }

  private boolean afterSeparator() {
    int end = in.previous().end();
    return end > 0 && in.source().text().charAt(end - 1) == ';';
  }

  private Rule defaultRule(Span start) {
    Head head = head();
    if (!in.takeIf(":=") && !in.takeIf("=")) {
      throw in.unexpected("`:=`");
    }
    Term value = terms.term();
    Rule.Kind kind = head.function() ? Rule.Kind.FUNCTION : Rule.Kind.VALUE;
    return new Rule(
        kind,
        true,
        head.path(),
        head.args(),
        Optional.of(value),
        List.of(),
        List.of(),
        start.to(in.previous()));
  }

  private Head head() {
    if (in.isKeyword(0)) {
      throw in.unexpected("a rule");
    }
    Token name = in.expectWord("a rule");
    List<Term> path = new ArrayList<>();
    path.add(new Term.Var(name.text(), name.span()));
    boolean bracket = false;
    while (true) {
      if (in.atAdjacent(".")) {
        in.take();
        Token part = in.expectWord("a name after `.`");
        path.add(new Term.Scalar(new StringValue(part.text()), part.span()));
        bracket = false;
      } else if (in.atAdjacent("[")) {
        in.take();
        path.add(terms.term());
        in.expect("]");
        bracket = true;
      } else {
        break;
      }
    }
    boolean function = in.atAdjacent("(");
    if (function) {
      in.take();
    }
    return new Head(List.copyOf(path), bracket, function, function ? terms.arguments() : List.of());
  }

  private List<Rule> definition(Span start) {
    Head head = head();
    Rule.Kind kind = head.function() ? Rule.Kind.FUNCTION : Rule.Kind.VALUE;
    Optional<Term> value = Optional.empty();
    List<Term> path = head.path();
    boolean explicit = true;
    if (!head.function() && in.takeKeyword("contains")) {
      kind = Rule.Kind.SET;
      value = Optional.of(terms.term());
    } else if (in.takeIf(":=") || in.takeIf("=")) {
      value = Optional.of(terms.term());
    } else {
      explicit = false;
    }
    boolean hasIf = in.atKeyword("if");
    Optional<List<Literal>> body = body();
    if (!explicit && !hasIf && !strict && head.bracket() && path.size() == 2) {
      kind = Rule.Kind.SET;
      value = Optional.of(path.get(1));
      path = path.subList(0, 1);
      explicit = true;
    }
    if (!explicit && body.isEmpty()) {
      throw in.source()
          .error(
              start.start(),
              strict && head.bracket()
                  ? "`contains` keyword is required for partial set rules"
                  : "a rule needs a value or a body");
    }
    List<Rule.Else> elses = elses(kind);
    List<Rule> rules = new ArrayList<>();
    Span span = start.to(in.previous());
    rules.add(new Rule(kind, false, path, head.args(), value, body.orElse(List.of()), elses, span));
    while (body.isPresent() && !strict && elses.isEmpty() && in.at("{")) {
      rules.add(
          new Rule(
              kind,
              false,
              path,
              head.args(),
              value,
              literals.block(),
              List.of(),
              start.to(in.previous())));
    }
    return rules;
  }

  private Optional<List<Literal>> body() {
    if (in.takeKeyword("if")) {
      return Optional.of(in.at("{") ? literals.block() : List.of(literals.literal()));
    }
    if (!in.at("{")) {
      return Optional.empty();
    }
    if (strict) {
      throw in.error("`if` keyword is required before rule body");
    }
    return Optional.of(literals.block());
  }

  private List<Rule.Else> elses(Rule.Kind kind) {
    List<Rule.Else> elses = new ArrayList<>();
    while (in.atKeyword("else")) {
      Span start = in.take().span();
      if (kind == Rule.Kind.SET) {
        throw in.source().error(start.start(), "`else` must not follow a partial set rule");
      }
      Optional<Term> value = Optional.empty();
      if (in.takeIf(":=") || in.takeIf("=")) {
        value = Optional.of(terms.term());
      }
      Optional<List<Literal>> body = body();
      if (value.isEmpty() && body.isEmpty()) {
        throw in.unexpected("a value or a body after `else`");
      }
      elses.add(new Rule.Else(value, body.orElse(List.of()), start.to(in.previous())));
    }
    return List.copyOf(elses);
  }
}
