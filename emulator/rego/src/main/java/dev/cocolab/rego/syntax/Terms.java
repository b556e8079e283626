package dev.cocolab.rego.syntax;

import java.util.ArrayList;
import java.util.List;

/** The parts that terms and bodies are made of. */
public final class Terms {

  private Terms() {}

  /** The terms directly inside a term, from left to right, bodies of comprehensions included. */
  public static List<Term> children(Term term) {
    List<Term> children = new ArrayList<>();
    if (term instanceof Term.Ref ref) {
      children.add(ref.head());
      children.addAll(ref.args());
    } else if (term instanceof Term.Call call) {
      children.addAll(call.args());
    } else if (term instanceof Term.Membership m) {
      m.key().ifPresent(children::add);
      children.add(m.value());
      children.add(m.collection());
    } else if (term instanceof Term.ArrayLiteral array) {
      children.addAll(array.items());
    } else if (term instanceof Term.SetLiteral set) {
      children.addAll(set.items());
    } else if (term instanceof Term.ObjectLiteral object) {
      for (Term.Member member : object.members()) {
        children.add(member.key());
        children.add(member.value());
      }
    } else if (term instanceof Term.Comprehension c) {
      c.key().ifPresent(children::add);
      children.add(c.value());
      children.addAll(of(c.body()));
    } else if (term instanceof Term.Template template) {
      children.addAll(template.parts());
    }
    return children;
  }

  /** The terms directly inside the expressions of a body, bodies of {@code every} included. */
  public static List<Term> of(List<Literal> body) {
    List<Term> terms = new ArrayList<>();
    for (Literal literal : body) {
      terms.addAll(of(literal.form()));
      for (Literal.With with : literal.withs()) {
        terms.add(with.target());
        terms.add(with.value());
      }
    }
    return terms;
  }

  private static List<Term> of(Literal.Form form) {
    List<Term> terms = new ArrayList<>();
    if (form instanceof Literal.Test test) {
      terms.add(test.term());
    } else if (form instanceof Literal.Assign assign) {
      terms.add(assign.left());
      terms.add(assign.right());
    } else if (form instanceof Literal.Unify unify) {
      terms.add(unify.left());
      terms.add(unify.right());
    } else if (form instanceof Literal.SomeDeclaration some) {
      terms.addAll(some.names());
    } else if (form instanceof Literal.SomeIn some) {
      some.key().ifPresent(terms::add);
      terms.add(some.value());
      terms.add(some.collection());
    } else if (form instanceof Literal.Every every) {
      every.key().ifPresent(terms::add);
      terms.add(every.value());
      terms.add(every.collection());
      terms.addAll(of(every.body()));
    }
    return terms;
  }
}
