package dev.cocolab.rego.syntax;

import java.util.List;

/**
 * A parsed module.
 *
 * @param packagePath names after {@code data}
 */
public record Module(
    Source source, List<String> packagePath, List<Import> imports, List<Rule> rules) {

  /**
   * An import of a document.
   *
   * @param path names, the first of them {@code data} or {@code input}
   * @param alias the name it has in the module
   */
  public record Import(List<String> path, String alias, Span span) {}
}
