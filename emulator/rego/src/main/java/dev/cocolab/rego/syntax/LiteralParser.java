package dev.cocolab.rego.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parses bodies and their expressions. */
final class LiteralParser {

  private final TokenStream in;
  private final TermParser terms;

  LiteralParser(TokenStream in) {
    this.in = in;
    this.terms = new TermParser(in, this);
  }

  TermParser terms() {
    return terms;
  }

  /**
   * Expressions, separated by line ends or semicolons, up to but without one of the closing tokens.
   */
  List<Literal> body(String close, String alternativeClose) {
    in.enter();
    List<Literal> literals = new ArrayList<>();
    while (!in.at(close)) {
      literals.add(literal(!alternativeClose.equals(",")));
      if (in.at(close) || in.at(alternativeClose)) {
        break;
      }
      if (!in.takeIf(";") && !in.peek().newlineBefore()) {
        throw in.unexpected("`;`, a line end or `" + close + "`");
      }
    }
    if (literals.isEmpty()) {
      throw in.error("a body must not be empty");
    }
    in.leave();
    return List.copyOf(literals);
  }

  /** A body in braces. */
  List<Literal> block() {
    in.expect("{");
    List<Literal> body = body("}", "}");
    in.expect("}");
    return body;
  }

  Literal literal() {
    return literal(true);
  }

  /**
   * Parses an expression.
   *
   * @param pairs whether {@code key, value in collection} may stand without parentheses
   */
  private Literal literal(boolean pairs) {
    Span start = in.peek().span();
    boolean negated = in.takeKeyword("not");
    Literal.Form form = form(negated, pairs);
    List<Literal.With> withs = new ArrayList<>();
    while (in.takeKeyword("with")) {
      Term target = terms.term(TermParser.RELATION, true);
      if (!in.takeKeyword("as")) {
        throw in.unexpected("`as`");
      }
      withs.add(new Literal.With(target, terms.term()));
    }
    return new Literal(form, negated, List.copyOf(withs), start.to(in.previous()));
  }

  private Literal.Form form(boolean negated, boolean pairs) {
    if (!negated && in.takeKeyword("some")) {
      return some();
    }
    if (!negated && in.takeKeyword("every")) {
      return every();
    }
    Term left = terms.term();
    if (pairs) {
      left = terms.pairOrTerm(left);
    }
    if (in.takeIf(":=")) {
      return new Literal.Assign(left, terms.term());
    }
    return in.takeIf("=") ? new Literal.Unify(left, terms.term()) : new Literal.Test(left);
  }

  private Literal.Form some() {
    int start = in.peek().span().start();
    List<Term> names = new ArrayList<>();
    do {
      names.add(terms.term(TermParser.RELATION, true));
    } while (in.takeIf(","));
    if (in.takeKeyword("in")) {
      if (names.size() > 2) {
        throw in.source().error(start, "`some … in` takes one or two names");
      }
      Optional<Term> key = names.size() == 2 ? Optional.of(names.get(0)) : Optional.empty();
      return new Literal.SomeIn(
          key, names.get(names.size() - 1), terms.term(TermParser.RELATION, true));
    }
    List<Term.Var> variables = new ArrayList<>();
    for (Term name : names) {
      if (!(name instanceof Term.Var variable)) {
        throw in.source().error(name.span().start(), "`some` declares names");
      }
      variables.add(variable);
    }
    return new Literal.SomeDeclaration(List.copyOf(variables));
  }

  private Literal.Form every() {
    Term.Var first = variable();
    Optional<Term.Var> key = Optional.empty();
    Term.Var value = first;
    if (in.takeIf(",")) {
      key = Optional.of(first);
      value = variable();
    }
    if (!in.takeKeyword("in")) {
      throw in.unexpected("`in`");
    }
    Term collection = terms.term(TermParser.RELATION, true);
    return new Literal.Every(key, value, collection, block());
  }

  private Term.Var variable() {
    if (in.isKeyword(0)) {
      throw in.unexpected("a name");
    }
    Token name = in.expectWord("a name");
    return new Term.Var(name.text(), name.span());
  }
}
