package dev.cocolab.rego.syntax;

import dev.cocolab.rego.syntax.Term.Comprehension.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parses array, set and object literals and comprehensions. */
final class CollectionParser {

  private final TokenStream in;
  private final TermParser terms;
  private final LiteralParser literals;

  CollectionParser(TokenStream in, TermParser terms, LiteralParser literals) {
    this.in = in;
    this.terms = terms;
    this.literals = literals;
  }

  Term array() {
    Span start = in.expect("[").span();
    if (in.takeIf("]")) {
      return new Term.ArrayLiteral(List.of(), start.to(in.previous()));
    }
    return listOrComprehension(start, terms.term(TermParser.MEMBERSHIP, false), "]", Kind.ARRAY);
  }

  /** An object, a set, or a comprehension of either. */
  Term braces() {
    Span start = in.expect("{").span();
    if (in.takeIf("}")) {
      return new Term.ObjectLiteral(List.of(), start.to(in.previous()));
    }
    Term first = terms.term(TermParser.MEMBERSHIP, false);
    return in.takeIf(":") ? object(start, first) : listOrComprehension(start, first, "}", Kind.SET);
  }

  private Term listOrComprehension(Span start, Term first, String close, Kind kind) {
    Term head = first;
    if (in.takeIf("|")) {
      List<Literal> body = literals.body(close, ",");
      if (in.takeIf(close)) {
        return new Term.Comprehension(kind, Optional.empty(), first, body, start.to(in.previous()));
      }
      head = union(first, body);
    }
    List<Term> items = new ArrayList<>(List.of(head));
    while (!in.takeIf(close)) {
      in.expect(",");
      if (!in.at(close)) {
        items.add(terms.term());
      }
    }
    Span span = start.to(in.previous());
    return kind == Kind.ARRAY
        ? new Term.ArrayLiteral(List.copyOf(items), span)
        : new Term.SetLiteral(List.copyOf(items), span);
  }

  /** What looked like a comprehension was a list whose first item is a union. */
  private Term union(Term first, List<Literal> body) {
    boolean relation =
        first instanceof Term.Membership || (first instanceof Term.Call call && call.infix());
    if (!relation
        && body.size() == 1
        && !body.get(0).negated()
        && body.get(0).withs().isEmpty()
        && body.get(0).form() instanceof Literal.Test test) {
      return new Term.Call(
          List.of("or"), List.of(first, test.term()), true, first.span().to(test.term().span()));
    }
    throw in.error("a comprehension builds one item; put a union in parentheses");
  }

  private Term object(Span start, Term firstKey) {
    Term firstValue = terms.term(TermParser.MEMBERSHIP, false);
    if (in.takeIf("|")) {
      List<Literal> body = literals.body("}", ",");
      if (in.takeIf("}")) {
        return new Term.Comprehension(
            Kind.OBJECT, Optional.of(firstKey), firstValue, body, start.to(in.previous()));
      }
      firstValue = union(firstValue, body);
    }
    List<Term.Member> members = new ArrayList<>();
    members.add(new Term.Member(firstKey, firstValue));
    while (!in.takeIf("}")) {
      in.expect(",");
      if (!in.at("}")) {
        Term key = terms.term();
        in.expect(":");
        members.add(new Term.Member(key, terms.term()));
      }
    }
    return new Term.ObjectLiteral(List.copyOf(members), start.to(in.previous()));
  }
}
