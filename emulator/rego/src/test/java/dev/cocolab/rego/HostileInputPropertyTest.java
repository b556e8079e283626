package dev.cocolab.rego;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the text, the answer is a result or a {@link RegoException}. */
class HostileInputPropertyTest {

  private static final List<String> TOKENS =
      List.of(
          "package",
          "t",
          "import",
          "rego.v1",
          "future.keywords",
          "r",
          "r",
          "r",
          "x",
          "y",
          "_",
          "input",
          "data",
          ".",
          ".a",
          "[",
          "]",
          "(",
          ")",
          "{",
          "}",
          ":",
          ":=",
          "=",
          "==",
          "!=",
          "<",
          "|",
          "&",
          "+",
          "-",
          "*",
          "/",
          "%",
          ",",
          ";",
          "\n",
          "\n",
          "if",
          "if {",
          "else",
          "default",
          "not",
          "some",
          "every",
          "in",
          "contains",
          "with",
          "as",
          "true",
          "false",
          "null",
          "set()",
          "1",
          "2.5",
          "1e9",
          "\"s\"",
          "`raw`",
          "$\"{x}\"",
          "count(",
          "walk(",
          "f(x)",
          "f(",
          "object.get(",
          "sprintf(",
          "#",
          "regex.match(",
          "numbers.range(",
          "json.unmarshal(",
          "[x | x = ",
          "{x: y | ",
          "{x | ",
          "@",
          "\"");

  @Property(tries = 1500)
  void randomTokens(@ForAll("programs") String body) {
    evaluate("package t\n" + body);
  }

  @Property(tries = 300)
  void randomText(@ForAll String text) {
    evaluate(text);
  }

  @Property(tries = 300)
  void damagedPolicies(@ForAll("damaged") String text) {
    evaluate(text);
  }

  @Provide
  Arbitrary<String> programs() {
    return Arbitraries.of(TOKENS).list().ofMaxSize(40).map(tokens -> String.join(" ", tokens));
  }

  @Provide
  Arbitrary<String> damaged() {
    String policy = Policies.text("resource-restrict-pods.rego");
    return Arbitraries.integers()
        .between(0, policy.length() - 1)
        .tuple3()
        .map(
            cut -> {
              int from = Math.min(cut.get1(), cut.get2());
              int to = Math.min(from + cut.get2() % 20, policy.length());
              return policy.substring(0, from)
                  + policy.substring(to, policy.length())
                  + policy.substring(cut.get3());
            });
  }

  private static void evaluate(String source) {
    for (RegoDialect dialect : RegoDialect.values()) {
      try {
        RegoEngine engine =
            RegoEngine.builder().dialect(dialect).budget(20_000).module("m", source).build();
        for (String rule : List.of("data.t.r", "data.policy.allow")) {
          RegoResult result =
              engine.evaluate(
                  rule, Policies.json("{'a': [1, {'b': null}]}"), Policies.json("{'a': {'k': 1}}"));
          assertThat(result.trace()).allMatch(event -> event.line() > 0 && event.column() > 0);
        }
      } catch (RegoException e) {
        assertThat(e.reason()).isNotNull();
        if (e.reason() == RegoException.Reason.PARSE) {
          assertThat(e.line()).isPositive();
          assertThat(e.column()).isPositive();
        }
      }
    }
  }
}
