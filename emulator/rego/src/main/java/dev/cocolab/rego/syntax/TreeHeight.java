package dev.cocolab.rego.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Holds the height of syntax trees to {@link Parser#MAX_NESTING}.
 *
 * <p>The parser bounds its own recursion, but a chain such as {@code a + b + c + …} grows a tall
 * tree without any. What works on trees may recurse once this check has passed.
 */
final class TreeHeight {

  private record Entry(Term term, int height) {}

  private TreeHeight() {}

  static void check(Source source, Rule rule) {
    Deque<Entry> open = new ArrayDeque<>();
    List<Term> roots = new ArrayList<>(rule.path());
    roots.addAll(rule.args());
    rule.value().ifPresent(roots::add);
    roots.addAll(Terms.of(rule.body()));
    for (Rule.Else branch : rule.elses()) {
      branch.value().ifPresent(roots::add);
      roots.addAll(Terms.of(branch.body()));
    }
    roots.forEach(root -> open.push(new Entry(root, 1)));
    while (!open.isEmpty()) {
      Entry entry = open.pop();
      if (entry.height() > Parser.MAX_NESTING) {
        throw source.error(
            entry.term().span().start(),
            "expression nests more than " + Parser.MAX_NESTING + " levels");
      }
      for (Term child : Terms.children(entry.term())) {
        open.push(new Entry(child, entry.height() + 1));
      }
    }
  }
}
