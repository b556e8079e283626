package dev.cocolab.rego.syntax;

import dev.cocolab.rego.RegoDialect;
import dev.cocolab.rego.RegoException;
import java.util.ArrayList;
import java.util.List;

/** Parses a module: package, imports, rules. */
public final class Parser {

  /** Levels of nested terms, bodies and templates that are read. */
  public static final int MAX_NESTING = 256;

  private static final List<String> FUTURE = List.of("if", "contains", "in", "every");

  private final TokenStream in;
  private final LiteralParser literals;
  private final RegoDialect dialect;
  private final List<Module.Import> imports = new ArrayList<>();
  private boolean regoV1;

  private Parser(Source source, RegoDialect dialect) {
    this.in = new TokenStream(source);
    this.literals = new LiteralParser(in);
    this.dialect = dialect;
    if (dialect == RegoDialect.V1) {
      FUTURE.forEach(in::enable);
    }
  }

  /**
   * Parses a module.
   *
   * @throws RegoException with reason PARSE, line and column
   */
  public static Module parse(Source source, RegoDialect dialect) {
    return new Parser(source, dialect).module();
  }

  private Module module() {
    if (!in.takeKeyword("package")) {
      throw in.unexpected("`package`");
    }
    List<String> packagePath = path("a package name");
    while (in.takeKeyword("import")) {
      readImport();
    }
    List<Rule> rules = new ArrayList<>();
    RuleParser parser = new RuleParser(in, literals, regoV1 || dialect == RegoDialect.V1);
    while (in.peek().kind() != Token.Kind.END) {
      if (in.atKeyword("import")) {
        in.take();
        readImport();
      } else if (!in.takeIf(";")) {
        rules.addAll(parser.rules());
      }
    }
    rules.forEach(rule -> TreeHeight.check(in.source(), rule));
    return new Module(in.source(), packagePath, List.copyOf(imports), List.copyOf(rules));
  }

  private List<String> path(String what) {
    if (in.isKeyword(0)) {
      throw in.unexpected(what);
    }
    List<String> path = new ArrayList<>(List.of(in.expectWord(what).text()));
    while (true) {
      if (in.atAdjacent(".")) {
        in.take();
        path.add(in.expectWord("a name after `.`").text());
      } else if (in.atAdjacent("[")) {
        in.take();
        if (in.peek().kind() != Token.Kind.STRING) {
          throw in.unexpected("a string");
        }
        path.add(in.take().text());
        in.expect("]");
      } else {
        return List.copyOf(path);
      }
    }
  }

  private void readImport() {
    Span start = in.peek().span();
    List<String> path = path("a path to import");
    String alias = path.get(path.size() - 1);
    boolean aliased = in.takeKeyword("as");
    if (aliased) {
      alias = in.expectWord("a name").text();
    }
    Span span = start.to(in.previous());
    switch (path.get(0)) {
      case "rego" -> languageImport(path, span);
      case "future" -> futureImport(path, span);
      case "data", "input" -> {
        if (path.size() > 1 || aliased) {
          imports.add(new Module.Import(path, alias, span));
        }
      }
      default ->
          throw in.source()
              .error(span.start(), "an import must start with `data`, `input`, `rego` or `future`");
    }
  }

  private void languageImport(List<String> path, Span span) {
    if (!path.equals(List.of("rego", "v1"))) {
      throw unknownImport(path, span);
    }
    regoV1 = true;
    FUTURE.forEach(in::enable);
  }

  private void futureImport(List<String> path, Span span) {
    if (regoV1) {
      throw in.source()
          .error(span.start(), "`rego.v1` implies the `future.keywords` imports; remove this one");
    }
    if (path.size() < 2 || path.size() > 3 || !path.get(1).equals("keywords")) {
      throw unknownImport(path, span);
    }
    if (path.size() == 2) {
      FUTURE.forEach(in::enable);
      return;
    }
    if (!FUTURE.contains(path.get(2))) {
      throw unknownImport(path, span);
    }
    in.enable(path.get(2));
    if (path.get(2).equals("every")) {
      in.enable("in");
    }
  }

  private RegoException unknownImport(List<String> path, Span span) {
    return in.source().error(span.start(), "unknown import `" + String.join(".", path) + "`");
  }
}
