package dev.cocolab.rego.syntax;

import dev.cocolab.rego.value.BooleanValue;
import dev.cocolab.rego.value.NullValue;
import dev.cocolab.rego.value.NumberValue;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.ValueLimitException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Parses terms, by precedence climbing. */
final class TermParser {

  /** Binds loosest. */
  static final int MEMBERSHIP = 1;

  static final int RELATION = 2;
  private static final int OR = 3;

  private record Operator(String function, int precedence) {}

  private static final Map<String, Operator> OPERATORS =
      Map.ofEntries(
          Map.entry("==", new Operator("equal", RELATION)),
          Map.entry("!=", new Operator("neq", RELATION)),
          Map.entry("<", new Operator("lt", RELATION)),
          Map.entry("<=", new Operator("lte", RELATION)),
          Map.entry(">", new Operator("gt", RELATION)),
          Map.entry(">=", new Operator("gte", RELATION)),
          Map.entry("|", new Operator("or", OR)),
          Map.entry("&", new Operator("and", 4)),
          Map.entry("+", new Operator("plus", 5)),
          Map.entry("-", new Operator("minus", 5)),
          Map.entry("*", new Operator("mul", 6)),
          Map.entry("/", new Operator("div", 6)),
          Map.entry("%", new Operator("rem", 6)));

  private final TokenStream in;
  private final CollectionParser collections;

  TermParser(TokenStream in, LiteralParser literals) {
    this.in = in;
    this.collections = new CollectionParser(in, this, literals);
  }

  Term term() {
    return term(MEMBERSHIP, true);
  }

  /**
   * Parses a term.
   *
   * @param floor operators that bind looser end the term
   * @param or false where {@code |} introduces the body of a comprehension
   */
  Term term(int floor, boolean or) {
    in.enter();
    Term left = operand();
    while (true) {
      Token token = in.peek();
      if (floor <= MEMBERSHIP && in.atKeyword("in")) {
        in.take();
        Term collection = term(RELATION, or);
        left =
            new Term.Membership(
                Optional.empty(), left, collection, left.span().to(collection.span()));
        continue;
      }
      Operator operator =
          token.kind() == Token.Kind.PUNCTUATION ? OPERATORS.get(token.text()) : null;
      if (operator == null
          || operator.precedence() < floor
          || (operator.precedence() == OR && !or)) {
        in.leave();
        return left;
      }
      in.take();
      Term right = term(operator.precedence() + 1, or);
      left =
          new Term.Call(
              List.of(operator.function()),
              List.of(left, right),
              true,
              left.span().to(right.span()));
    }
  }

  private Term operand() {
    Term primary = primary();
    List<Term> args = new ArrayList<>();
    Term head = primary;
    while (true) {
      if (in.atAdjacent(".")) {
        in.take();
        Token name = in.expectWord("a name after `.`");
        args.add(new Term.Scalar(new StringValue(name.text()), name.span()));
      } else if (in.atAdjacent("[")) {
        in.take();
        args.add(term());
        in.expect("]");
      } else if (in.atAdjacent("(") && head instanceof Term.Var function && isPath(args)) {
        List<String> path = new ArrayList<>(List.of(function.name()));
        args.forEach(arg -> path.add(((StringValue) ((Term.Scalar) arg).value()).value()));
        in.take();
        List<Term> parameters = arguments();
        head = new Term.Call(path, parameters, false, primary.span().to(in.previous()));
        args = new ArrayList<>();
      } else if (args.isEmpty()) {
        return head;
      } else {
        return new Term.Ref(head, List.copyOf(args), primary.span().to(in.previous()));
      }
    }
  }

  private static boolean isPath(List<Term> args) {
    return args.stream()
        .allMatch(arg -> arg instanceof Term.Scalar s && s.value() instanceof StringValue);
  }

  /** Arguments up to and including the closing parenthesis; a trailing comma is allowed. */
  List<Term> arguments() {
    List<Term> arguments = new ArrayList<>();
    while (!in.takeIf(")")) {
      arguments.add(term());
      if (!in.at(")")) {
        in.expect(",");
      }
    }
    return List.copyOf(arguments);
  }

  private Term primary() {
    Token token = in.peek();
    return switch (token.kind()) {
      case NUMBER -> number(in.take(), false);
      case STRING -> new Term.Scalar(new StringValue(token.text()), in.take().span());
      case WORD -> word();
      case TEMPLATE_START -> template();
      case PUNCTUATION -> punctuation(token);
      default -> throw in.unexpected("a term");
    };
  }

  private Term word() {
    if (in.isKeyword(0)) {
      Token token = in.peek();
      return switch (token.text()) {
        case "true", "false" ->
            new Term.Scalar(BooleanValue.of(token.text().equals("true")), in.take().span());
        case "null" -> new Term.Scalar(NullValue.NULL, in.take().span());
        default -> throw in.error("unexpected keyword `" + token.text() + "`");
      };
    }
    Token name = in.take();
    if (name.text().equals("set") && in.atAdjacent("(") && in.peek(1).is(")")) {
      in.take();
      in.take();
      return new Term.SetLiteral(List.of(), name.span().to(in.previous()));
    }
    return new Term.Var(name.text(), name.span());
  }

  private Term number(Token token, boolean negative) {
    try {
      NumberValue value = NumberValue.parse(negative ? "-" + token.text() : token.text());
      return new Term.Scalar(value, token.span());
    } catch (ValueLimitException | ArithmeticException | NumberFormatException e) {
      throw in.source().error(token.span().start(), "number has too many digits");
    }
  }

  private Term punctuation(Token token) {
    return switch (token.text()) {
      case "[" -> collections.array();
      case "{" -> collections.braces();
      case "(" -> parenthesised();
      case "-" -> negative();
      default -> throw in.unexpected("a term");
    };
  }

  private Term negative() {
    Span minus = in.take().span();
    if (in.peek().kind() == Token.Kind.NUMBER && !in.peek().spaceBefore()) {
      Term.Scalar number = (Term.Scalar) number(in.take(), true);
      return new Term.Scalar(number.value(), minus.to(number.span()));
    }
    in.enter();
    Term operand = operand();
    in.leave();
    return new Term.Call(
        List.of("minus"),
        List.of(new Term.Scalar(NumberValue.of(0), minus), operand),
        true,
        minus.to(operand.span()));
  }

  private Term parenthesised() {
    in.expect("(");
    Term inner = pairOrTerm(term());
    in.expect(")");
    return inner;
  }

  /** Completes {@code key, value in collection} whose key has just been read. */
  Term pairOrTerm(Term first) {
    if (!in.at(",")) {
      return first;
    }
    in.take();
    Token place = in.peek();
    if (term() instanceof Term.Membership m && m.key().isEmpty()) {
      return new Term.Membership(
          Optional.of(first), m.value(), m.collection(), first.span().to(m.span()));
    }
    throw in.source().error(place.span().start(), "expected `value in collection` after the comma");
  }

  private Term template() {
    Span start = in.take().span();
    List<Term> parts = new ArrayList<>();
    while (in.peek().kind() != Token.Kind.TEMPLATE_END) {
      Token token = in.take();
      if (token.kind() == Token.Kind.TEMPLATE_TEXT) {
        parts.add(new Term.Scalar(new StringValue(token.text()), token.span()));
      } else {
        parts.add(term());
        if (in.peek().kind() != Token.Kind.TEMPLATE_CLOSE) {
          throw in.unexpected("`}`");
        }
        in.take();
      }
    }
    return new Term.Template(List.copyOf(parts), start.to(in.take().span()));
  }
}
