package dev.cocolab.rego;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyntaxErrorTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'allow if {\\n  input.x ==\\n}'     | 4 | 1  | expected a term, found `}`",
        "'allow { true }'                    | 2 | 7  | `if` keyword is required before rule body",
        "'s[x] { x := 1 }'                   | 2 | 6  | `if` keyword is required before rule body",
        "'s[\"a\"]'                          | 2 | 1  | `contains` keyword is required for partial set rules",
        "'allow := \"abc'                    | 2 | 10 | unterminated string",
        "'allow := \"a\\qb\"'              | 2 | 12 | invalid escape sequence in string",
        "'allow := 1 2'                      | 2 | 12 | expected a line end",
        "'allow := 007'                      | 2 | 10 | a number must not start with 0",
        "'allow := @'                        | 2 | 10 | illegal character `@`",
        "'allow if { x := 1 y := 2 }'        | 2 | 19 | expected `;`, a line end or `}`, found `y`",
        "'allow if {}'                       | 2 | 11 | a body must not be empty",
        "'allow'                             | 2 | 1  | a rule needs a value or a body",
        "'allow := [1, 2'                    | 2 | 15 | expected `,`, found end of file",
        "'import foo.bar'                    | 2 | 8  | an import must start with",
        "'import future.keywords.or'         | 2 | 8  | unknown import",
        "'import rego.v1\\nimport future.keywords.if' | 3 | 8 | `rego.v1` implies",
        "'ééé := 1'                          | 2 | 1  | illegal character `é`",
        "'a := \"ééé\" @'                    | 2 | 12 | illegal character `@`",
      })
  void parseErrorsNameLineAndColumn(String text, int line, int column, String message) {
    String source = "package policy\n" + text.replace("\\n", "\n");

    assertThatExceptionOfType(RegoException.class)
        .isThrownBy(() -> Policies.engine(source))
        .withMessageStartingWith("test.rego:" + line + ":" + column + ": ")
        .withMessageContaining(message)
        .matches(e -> e.reason() == RegoException.Reason.PARSE)
        .matches(e -> e.line() == line && e.column() == column);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'r := http.send({})'                | 2 | 6  | could not find function http.send",
        "'r if { x := nope(1); x }'          | 2 | 13 | could not find function nope",
        "'r if { nope(1, x) }'               | 2 | 8  | could not find function nope",
        "'r := count(1, 2, 3)'               | 2 | 6  | function `count` takes 1 argument, not 3",
        "'f(x) := x\\nr := f(1, 2, 3)'       | 3 | 6  | function `f` takes 1 argument, not 3",
        "'r if { y == 1 }'                   | 2 | 8  | variable `y` is unsafe",
        "'r := y'                            | 2 | 1  | variable `y` is unsafe",
        "'r if { x := 1; x := 2 }'           | 2 | 16 | variable `x` is declared twice",
        "'input := 1'                        | 2 | 1  | `input` must not be redefined",
        "'r if { data := 1 }'                | 2 | 8  | `data` must not be redefined",
        "'a := b\\nb := a'                   | 2 | 1  | rule data.policy.a is recursive",
        "'f(x) := f(x)'                      | 2 | 1  | rule data.policy.f is recursive",
        "'r := 1\\nr(x) := x'                | 3 | 1  | is defined in conflicting ways",
        "'f(x) := 1\\nf(x, y) := 2'          | 3 | 1  | is defined with different parameters",
        "'default r := 1\\ndefault r := 2'   | 3 | 1  | has more than one default",
        "'default r := input.x'              | 2 | 14 | a default value must not contain variables",
        "'r := {}\\nr.a := 1'                | 2 | 1  | conflicts with rules below it",
      })
  void compileErrorsNameLineAndColumn(String text, int line, int column, String message) {
    String source = "package policy\n" + text.replace("\\n", "\n");

    assertThatExceptionOfType(RegoException.class)
        .isThrownBy(() -> Policies.engine(source))
        .withMessageStartingWith("test.rego:" + line + ":" + column + ": ")
        .withMessageContaining(message)
        .matches(e -> e.reason() == RegoException.Reason.COMPILE);
  }

  @Test
  void limitsOfTrusteeAreThoseOfItsEngine() {
    String wide = "package p\n# " + "x".repeat(1023);
    String fits = "package p\n# " + "é".repeat(1022);
    String tall = "package p\n" + "\n".repeat(20_000);
    String large = ("# " + "x".repeat(1000) + "\n").repeat(1100);

    assertThat(Policies.engine(fits)).isNotNull();
    for (String text : new String[] {wide, tall, large}) {
      assertThatExceptionOfType(RegoException.class)
          .isThrownBy(() -> Policies.engine(text))
          .withMessageContaining("exceeds")
          .matches(e -> e.reason() == RegoException.Reason.PARSE);
    }
    assertThat(
            RegoEngine.builder()
                .limits(SourceLimits.kataAgent())
                .module("wide", wide)
                .module("tall", tall)
                .build())
        .isNotNull();
  }

  @Test
  void windowsLineEndsAndBlankLinesAreFine() {
    String source =
        "\r\n\r\npackage t\r\n\r\n# c\r\nr := 1 if {\r\n\r\n true\r\n}\r\n\r\nelse := 2\r\n";

    assertThat(
            Policies.engine(source)
                .evaluate("data.t.r", Policies.NOTHING, Policies.NOTHING)
                .value())
        .contains(Policies.json("1"));
  }
}
